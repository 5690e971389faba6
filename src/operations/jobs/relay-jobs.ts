import { requeueJob, silentJobs, lockWaitingJobs } from '#src/db/jobs/job-store.ts';
import type { Deps } from '#src/deps.ts';
import { isJobName } from '#src/queue/jobs.ts';

/**
 * Moves waiting jobs from the outbox to the queue. The rows are marked in a transaction that commits only
 * after the queue has them; a crash in between adds them twice, which the queue ignores because the job id is
 * the row's. Returns how many.
 */
export async function relayJobs(deps: Deps): Promise<number> {
  return deps.db.transaction(async (tx) => {
    const taken = await lockWaitingJobs(tx, 100, deps.clock());
    const known = taken.flatMap(({ id, name }) => (isJobName(name) ? [{ id, name }] : []));
    if (known.length > 0) await deps.queue.add(known);
    return known.length;
  });
}

/**
 * For callers whose work is committed: puts their jobs out at once if the queue can be reached. Never throws,
 * because their answer must not depend on the queue; a worker relays what is left within a second of being
 * able to.
 */
export async function relaySoon(deps: Deps): Promise<void> {
  try {
    await relayJobs(deps);
  } catch (error) {
    deps.log.warn({ err: error }, 'jobs stay in the outbox until the queue can be reached');
  }
}

/**
 * A job no worker has spoken of for this long is looked for on the queue. Longer than a killed worker's lock.
 */
const silenceMs = 15_000;

/**
 * Finds jobs the queue has lost — Redis flushed, a stale copy restored, a crash before settling — and puts
 * them out again.
 */
export async function sweepJobs(deps: Deps): Promise<number> {
  const silent = await silentJobs(deps.db, new Date(deps.clock().getTime() - silenceMs));
  let lost = 0;
  for (const { id, name } of silent) {
    if (await deps.queue.holds(id)) continue;
    await deps.queue.forget(id);
    await requeueJob(deps.db, id);
    deps.log.warn({ jobId: id, job: name }, 'job was lost by the queue and is put out again');
    lost += 1;
  }
  return lost;
}
