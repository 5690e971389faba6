import { ConnectorError } from '#connectors/contract/failures.ts';
import { findJob, saveProgress, settleJob, startAttempt, type Job } from '#src/db/jobs/job-store.ts';
import { failRun } from '#src/db/runs/run-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError, safeErrorMessage } from '#src/domain/errors.ts';
import { longestQueueWaitMs, waitMs } from '#src/operations/connections/pause-connection.ts';
import { reportHealthOfAll } from '#src/operations/alerts/raise-alert.ts';
import { relaySoon } from '#src/operations/jobs/relay-jobs.ts';
import { advanceRun, toleratesFailure } from '#src/operations/runs/run-stages.ts';
import { JobRetry, type QueuedJob } from '#src/queue/backend.ts';
import { failsWithItsVendor, isJobName } from '#src/queue/jobs.ts';
import { processJob } from './registry.ts';

const heartbeatMs = 5_000;

/**
 * Makes one attempt at a job. The job's row, not the queue, says whether there is work to do: a job that is
 * delivered twice is already settled.
 *
 * @throws JobRetry when the queue should try again
 */
export async function runJob(deps: Deps, queued: QueuedJob): Promise<void> {
  const job = await findJob(deps.db, queued.id);
  if (!job || !isJobName(job.name) || job.status === 'done' || job.status === 'failed') return;
  await startAttempt(deps.db, job.id, deps.clock());
  let latest = job.progress ?? { label: job.name, done: 0, total: null };
  // A failed heartbeat is ignored, because the next one follows. `sweepJobs` finds jobs without a heartbeat.
  const heartbeat = setInterval(
    () => void saveProgress(deps.db, job.id, latest, deps.clock()).catch(() => {}),
    heartbeatMs,
  );
  const willRetry = !queued.lastAttempt && failsWithItsVendor(job.name);
  try {
    await processJob({ ...deps, willRetry }, job.name, job.payload, async (progress) => {
      latest = progress;
      await saveProgress(deps.db, job.id, progress, deps.clock());
    });
    await settle(deps, job, null);
  } catch (error) {
    const pauseMs = requestedPauseMs(error);
    if (!queued.lastAttempt && isTemporary(error) && (pauseMs ?? 0) <= longestQueueWaitMs) {
      deps.log.warn({ err: error, jobId: job.id, job: job.name }, 'job failed; will retry');
      throw new JobRetry(safeErrorMessage(error), pauseMs);
    }
    deps.log.error({ err: error, jobId: job.id, job: job.name }, 'job failed');
    await settle(deps, job, error);
  } finally {
    clearInterval(heartbeat);
  }
  await relaySoon(deps);
}

/** True for failures that may pass. Wrong credentials, a missing field or a wrong request fail every time. */
function isTemporary(error: unknown): boolean {
  if (error instanceof ConnectorError)
    return error.failure.class === 'retry' || error.failure.class === 'throttle';
  return !(error instanceof AppError);
}

/** The wait that a throttling vendor asks for; null when it gives none, and for other errors. */
function requestedPauseMs(error: unknown): number | null {
  return error instanceof ConnectorError && waitMs(error.failure) > 0 ? waitMs(error.failure) : null;
}

function failureMessage(error: unknown, at: Date): string {
  const pauseMs = requestedPauseMs(error);
  if (pauseMs === null || isPausedConnection(error)) return safeErrorMessage(error);
  return `${safeErrorMessage(error)} The CRM asks to wait until ${new Date(at.getTime() + pauseMs).toISOString()}. The next run after that tries again.`;
}

/** True for the failure of a paused connection. Its message already gives the end of the pause. */
function isPausedConnection(error: unknown): boolean {
  return error instanceof ConnectorError && error.failure.code === 'PAUSED';
}

/** Stores the outcome and advances or fails the run, in one transaction. */
async function settle(deps: Deps, job: Job, error: unknown): Promise<void> {
  const at = deps.clock();
  const message = error === null ? null : failureMessage(error, at);
  await deps.db.transaction(async (tx) => {
    // Two workers may have run the job, if one was slow and its job was given to another. The first outcome
    // counts.
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
