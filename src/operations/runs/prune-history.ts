import { deleteOldAlerts } from '#src/db/alerts/alert-store.ts';
import { deleteDoneJobs, deleteOldJobs } from '#src/db/jobs/job-store.ts';
import { deleteOldMails } from '#src/db/notices/mail-store.ts';
import { deleteOldMessages } from '#src/db/notices/delivery-store.ts';
import { deleteOldImports } from '#src/db/registrations/import-store.ts';
import { deleteEndedAccess } from '#src/db/people/access-store.ts';
import { deleteOldChanges } from '#src/db/sync/remote-store.ts';
import { deleteOldRuns } from '#src/db/runs/run-store.ts';
import { deleteOldIntents } from '#src/db/sync/write-store.ts';
import type { Deps } from '#src/deps.ts';
import { sessionIdleMs } from '#src/operations/people/sign-in.ts';

/** Finished work can be looked up for this long. */
const historyMs = 90 * 24 * 3_600_000;
/**
 * The latest runs stay however old they are, so that an installation that was off for months still shows
 * them.
 */
const latestRuns = 100;
/** Jobs that process hints or deliver webhooks are many, and of no use after a day. */
const hintJobHistoryMs = 24 * 3_600_000;

/**
 * Deletes old rows: ended sign-in links and sessions, and old runs, jobs, writes, webhooks, alerts and
 * changes read from the CRMs. Decisions, the ledger and the audit trail are never deleted.
 */
export async function pruneHistory(deps: Pick<Deps, 'db' | 'clock' | 'log'>): Promise<void> {
  const now = deps.clock().getTime();
  const before = new Date(now - historyMs);
  const pruned = {
    access: await deleteEndedAccess(deps.db, new Date(now), new Date(now - sessionIdleMs)),
    runs: await deleteOldRuns(deps.db, before, latestRuns),
    jobs:
      (await deleteOldJobs(deps.db, before)) +
      (await deleteDoneJobs(deps.db, 'process-hints', new Date(now - hintJobHistoryMs))) +
      (await deleteDoneJobs(deps.db, 'deliver-webhooks', new Date(now - hintJobHistoryMs))) +
      (await deleteDoneJobs(deps.db, 'send-mails', new Date(now - hintJobHistoryMs))),
    writes: await deleteOldIntents(deps.db, before),
    changes: await deleteOldChanges(deps.db, before),
    webhooks: await deleteOldMessages(deps.db, before),
    mails: await deleteOldMails(deps.db, before),
    imports: await deleteOldImports(deps.db, before),
    alerts: await deleteOldAlerts(deps.db, before),
  };
  if (Object.values(pruned).some((count) => count > 0)) deps.log.info(pruned, 'old rows were deleted');
}
