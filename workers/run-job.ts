import { ConnectorError } from '#connectors/connector.ts';
import { findJob, saveProgress, settleJob, startAttempt, type Job } from '#src/db/job-store.ts';
import { updateRun } from '#src/db/run-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { relayJobs } from '#src/operations/relay-jobs.ts';
import { advanceRun, toleratesFailure } from '#src/operations/run-stages.ts';
import type { QueuedJob } from '#src/queue/backend.ts';
import { isJobName } from '#src/queue/jobs.ts';
import { processJob } from './registry.ts';

const heartbeatMs = 5_000;

/**
 * One attempt at a job. The row, not the queue, says whether there is still something to do: a job delivered twice finds itself
 * settled. Throws when the queue should try again.
 */
export async function runJob(deps: Deps, queued: QueuedJob): Promise<void> {
  const job = await findJob(deps.db, queued.id);
  if (!job || !isJobName(job.name) || job.status === 'done' || job.status === 'failed') return;
  await startAttempt(deps.db, job.id, deps.clock());
  let latest = job.progress ?? { label: job.name, done: 0, total: null };
  const beat = setInterval(() => void saveProgress(deps.db, job.id, latest, deps.clock()).catch(() => {}), heartbeatMs);
  try {
    await processJob(deps, job.name, job.payload, async (progress) => {
      latest = progress;
      await saveProgress(deps.db, job.id, progress, deps.clock());
    });
    await settle(deps, job, null);
  } catch (error) {
    if (!queued.lastAttempt && mayPass(error)) throw error;
    deps.log.error({ err: error, jobId: job.id, job: job.name }, 'job failed');
    await settle(deps, job, error);
  } finally {
    clearInterval(beat);
  }
  await relayJobs(deps);
}

/** Trying again helps against weather, not against wrong credentials, a missing field or a bug in the request. */
function mayPass(error: unknown): boolean {
  if (error instanceof ConnectorError) return error.failure.class === 'retry' || error.failure.class === 'throttle';
  return !(error instanceof AppError);
}

/** The outcome and what it leads to, in one transaction. */
async function settle(deps: Deps, job: Job, error: unknown): Promise<void> {
  const at = deps.clock();
  const message = error === null ? null : error instanceof Error ? error.message : String(error);
  await deps.db.transaction(async (tx) => {
    await settleJob(tx, job.id, { status: message === null ? 'done' : 'failed', error: message }, at);
    if (job.runId === null) return;
    if (message !== null && !toleratesFailure.has(job.name))
      await updateRun(tx, job.runId, { status: 'failed', finishedAt: at, error: message });
    else await advanceRun(deps, tx, job.runId);
  });
}
