import { deleteOldAlerts } from '#src/db/alerts/alert-store.ts';
import { deleteDoneJobs, deleteOldJobs } from '#src/db/jobs/job-store.ts';
import { deleteEndedAccess } from '#src/db/people/person-store.ts';
import { deleteOldChanges } from '#src/db/sync/remote-store.ts';
import { deleteOldRuns } from '#src/db/runs/run-store.ts';
import { deleteOldIntents } from '#src/db/sync/write-store.ts';
import type { Deps } from '#src/deps.ts';
import { sessionIdleMs } from '#src/operations/people/sign-in.ts';

/** How long finished work can be looked up … */
const workLifeMs = 90 * 24 * 3_600_000;
/**
 * … and how many runs are kept however old they are, so that a Fairway that rested for months still shows its
 * last ones.
 */
const keptRuns = 100;

/** Hints are served by the second, and nobody looks one of these jobs up a day later. */
const servedLifeMs = 24 * 3_600_000;

/**
 * Deletes what nobody will ask for again: ended links and sessions, old runs, jobs, writes and what changed
 * in the CRMs. Decisions, books and the audit trail stay.
 */
export async function pruneHistory(deps: Pick<Deps, 'db' | 'clock' | 'log'>): Promise<void> {
  const now = deps.clock().getTime();
  const before = new Date(now - workLifeMs);
  const pruned = {
    access: await deleteEndedAccess(deps.db, new Date(now), new Date(now - sessionIdleMs)),
    runs: await deleteOldRuns(deps.db, before, keptRuns),
    jobs:
      (await deleteOldJobs(deps.db, before)) +
      (await deleteDoneJobs(deps.db, 'freshen', new Date(now - servedLifeMs))),
    writes: await deleteOldIntents(deps.db, before),
    changes: await deleteOldChanges(deps.db, before),
    alerts: await deleteOldAlerts(deps.db, before),
  };
  if (Object.values(pruned).some((count) => count > 0)) deps.log.info(pruned, 'old rows were deleted');
}
