import { ConnectorError } from '#connectors/contract/failures.ts';
import { findJob, saveProgress, settleJob, startAttempt, type Job } from '#src/db/jobs/job-store.ts';
import { failRun } from '#src/db/runs/run-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError, errorWords } from '#src/domain/errors.ts';
import { longestQueueWaitMs, waitMs } from '#src/operations/connections/pause-connection.ts';
import { reportHealthOfAll } from '#src/operations/alerts/raise-alert.ts';
import { relaySoon } from '#src/operations/jobs/relay-jobs.ts';
import { advanceRun, toleratesFailure } from '#src/operations/runs/run-stages.ts';
import { JobRetry, type QueuedJob } from '#src/queue/backend.ts';
import { failsWithItsVendor, isJobName } from '#src/queue/jobs.ts';
import { processJob } from './registry.ts';

const heartbeatMs = 5_000;

/**
 * One attempt at a job. The row, not the queue, says whether there is still something to do: a job delivered
 * twice finds itself settled. Throws `JobRetry` when the queue should try again.
 */
export async function runJob(deps: Deps, queued: QueuedJob): Promise<void> {
  const job = await findJob(deps.db, queued.id);
  if (!job || !isJobName(job.name) || job.status === 'done' || job.status === 'failed') return;
  await startAttempt(deps.db, job.id, deps.clock());
  let latest = job.progress ?? { label: job.name, done: 0, total: null };
  // A beat that is lost is followed by another; a job that goes silent is looked for by the sweeper.
  const beat = setInterval(
    () => void saveProgress(deps.db, job.id, latest, deps.clock()).catch(() => {}),
    heartbeatMs,
  );
  const mayTryAgain = !queued.lastAttempt && failsWithItsVendor(job.name);
  try {
    await processJob({ ...deps, mayTryAgain }, job.name, job.payload, async (progress) => {
      latest = progress;
      await saveProgress(deps.db, job.id, progress, deps.clock());
    });
    await settle(deps, job, null);
  } catch (error) {
    const pauseMs = pauseOf(error);
    if (!queued.lastAttempt && mayPass(error) && (pauseMs ?? 0) <= longestQueueWaitMs) {
      deps.log.warn({ err: error, jobId: job.id, job: job.name }, 'job is tried again');
      throw new JobRetry(errorWords(error), pauseMs);
    }
    deps.log.error({ err: error, jobId: job.id, job: job.name }, 'job failed');
    await settle(deps, job, error);
  } finally {
    clearInterval(beat);
  }
  await relaySoon(deps);
}

/**
 * Trying again helps against weather, not against wrong credentials, a missing field or a bug in the request.
 */
function mayPass(error: unknown): boolean {
  if (error instanceof ConnectorError)
    return error.failure.class === 'retry' || error.failure.class === 'throttle';
  return !(error instanceof AppError);
}

/** How long a throttling vendor asks us to wait; null when it does not say or the matter is another. */
function pauseOf(error: unknown): number | null {
  return error instanceof ConnectorError && waitMs(error.failure) > 0 ? waitMs(error.failure) : null;
}

function failureWords(error: unknown, at: Date): string {
  const pauseMs = pauseOf(error);
  if (pauseMs === null || isPause(error)) return errorWords(error);
  return `${errorWords(error)} To be left alone until ${new Date(at.getTime() + pauseMs).toISOString()}; a run after that takes it up.`;
}

/** It says by itself until when. */
function isPause(error: unknown): boolean {
  return error instanceof ConnectorError && error.failure.code === 'PAUSED';
}

/** The outcome and what it leads to, in one transaction. */
async function settle(deps: Deps, job: Job, error: unknown): Promise<void> {
  const at = deps.clock();
  const message = error === null ? null : failureWords(error, at);
  await deps.db.transaction(async (tx) => {
    // Two workers may have had it, when one was taken for dead: what the first made of it stands.
    const settled = await settleJob(
      tx,
      job.id,
      { status: message === null ? 'done' : 'failed', error: message },
      at,
    );
    if (!settled || job.runId === null) return;
    if (message === null || toleratesFailure.has(job.name)) return advanceRun(deps, tx, job.runId);
    await failRun(tx, job.runId, message, at);
    await reportHealthOfAll(deps, tx);
  });
}
