import { requeueJob, silentJobs, reserveWaitingJobs } from '#src/db/jobs/job-store.ts';
import type { Deps } from '#src/deps.ts';
import { isJobName } from '#src/queue/jobs.ts';

/**
 * Moves waiting jobs from the outbox to the queue. The transaction that marks the rows commits only after the
 * queue has accepted them. A crash in between adds jobs twice; the queue ignores the second, because a job
 * has the id of its row. Returns how many jobs were moved.
 */
export async function relayJobs(deps: Deps): Promise<number> {
  return deps.db.transaction(async (tx) => {
    const reserved = await reserveWaitingJobs(tx, 100, deps.clock());
    const known = reserved.flatMap(({ id, name }) => (isJobName(name) ? [{ id, name }] : []));
    if (known.length > 0) await deps.queue.add(known);
    return known.length;
  });
}

/**
 * Relays jobs after the caller has committed them. Never throws, because the caller's result must not depend
 * on the queue: when it cannot be reached, a worker relays the jobs within a second of its return.
 */
export async function relaySoon(deps: Deps): Promise<void> {
  try {
    await relayJobs(deps);
  } catch (error) {
    deps.log.warn({ err: error }, 'jobs stay in the outbox until the queue can be reached');
  }
}

/**
 * A job without a heartbeat for this long is looked up on the queue. Longer than the lock of a killed worker.
 */
const silenceMs = 15_000;

/**
 * Finds jobs that the queue has lost (Redis was flushed, an old copy was restored, a worker crashed before it
 * settled the job) and queues them again. Returns how many.
 */
export async function sweepJobs(deps: Deps): Promise<number> {
  const silent = await silentJobs(deps.db, new Date(deps.clock().getTime() - silenceMs));
  let lost = 0;
  for (const { id, name } of silent) {
    if (await deps.queue.holds(id)) continue;
    await deps.queue.forget(id);
    await requeueJob(deps.db, id);
    deps.log.warn({ jobId: id, job: name }, 'the queue lost a job; it is queued again');
    lost += 1;
  }
  return lost;
}
