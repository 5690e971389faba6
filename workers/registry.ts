import { accrueIncentives } from '#src/operations/incentive/accrue-incentives.ts';
import { assessTiers } from '#src/operations/program/assess-tiers.ts';
import { evaluateRegistrations } from '#src/operations/registrations/evaluate-registrations.ts';
import { runImport } from '#src/operations/registrations/import/run-import.ts';
import { draftPayouts } from '#src/operations/payouts/draft-payouts.ts';
import { runDuplicatesJob } from '#src/operations/duplicates/find-duplicates.ts';
import { followDecisions } from '#src/operations/refresh/follow-decisions.ts';
import { processHints } from '#src/operations/refresh/process-hints.ts';
import { placeRecords } from '#src/operations/place/place-records.ts';
import { backfillMapping } from '#src/operations/mappings/backfill/backfill-mapping.ts';
import { dryRunMapping } from '#src/operations/mappings/trial/dry-run-mapping.ts';
import { restoreWrites } from '#src/operations/mappings/restore/restore-writes.ts';
import { writeReceipts } from '#src/operations/place/write-receipts.ts';
import { planWrites } from '#src/operations/write/plan-writes.ts';
import type { ReportProgress } from '#src/operations/jobs/progress.ts';
import { pullConnection } from '#src/operations/pull/pull-connection.ts';
import { pushConnection } from '#src/operations/write/push-connection.ts';
import { reconcileObject } from '#src/operations/pull/reconcile-object.ts';
import { deliverWebhooks } from '#src/operations/notices/deliver-webhooks.ts';
import { sendMails } from '#src/operations/notices/send-mails.ts';
import { sendAlert } from '#src/operations/alerts/send-alert.ts';
import { writeBack } from '#src/operations/write/write-back.ts';
import type { Deps } from '#src/deps.ts';
import { jobs, type JobName, type JobPayload } from '#src/queue/jobs.ts';

/** Runs the operation of each job with the job's parsed payload. */
type Processors = {
  readonly [N in JobName]: (deps: Deps, payload: JobPayload<N>, progress: ReportProgress) => Promise<unknown>;
};

/** A job without an entry here does not compile. */
const processors: Processors = {
  pull: (deps, payload, progress) => pullConnection(deps, payload, progress),
  map: async (deps, { runId }, progress) => {
    await placeRecords(deps, runId, progress);
    await writeReceipts(deps);
  },
  decide: (deps, _, progress) => evaluateRegistrations(deps, progress),
  assess: (deps, _, progress) => assessTiers(deps, progress),
  accrue: (deps, { runId }, progress) => accrueIncentives(deps, runId, progress),
  payout: (deps, _, progress) => draftPayouts(deps, progress),
  plan: (deps, { runId }, progress) => planWrites(deps, { runId, scope: {} }, progress),
  push: async (deps, payload, progress) => {
    await followDecisions(deps, payload);
    await pushConnection(deps, payload, progress);
  },
  replay: (deps, { connectionId }, progress) => pushConnection(deps, { connectionId, runId: null }, progress),
  'write-back': (deps, payload, progress) => writeBack(deps, payload, progress),
  reconcile: (deps, payload, progress) => reconcileObject(deps, payload, progress),
  'dry-run-mapping': (deps, payload, progress) => dryRunMapping(deps, payload, progress),
  'backfill-mapping': (deps, payload, progress) => backfillMapping(deps, payload, progress),
  'restore-writes': (deps, payload, progress) => restoreWrites(deps, payload, progress),
  'find-duplicates': (deps, payload, progress) => runDuplicatesJob(deps, payload, progress),
  'import-registrations': (deps, payload, progress) => runImport(deps, payload, progress),
  'process-hints': (deps, payload, progress) => processHints(deps, payload, progress),
  alert: (deps, payload) => sendAlert(deps, payload),
  'send-mails': (deps) => sendMails(deps),
  'deliver-webhooks': (deps, payload) => deliverWebhooks(deps, payload),
};

/** Parses the payload of a job and runs its operation. */
export async function processJob<N extends JobName>(
  deps: Deps,
  name: N,
  payload: unknown,
  progress: ReportProgress,
): Promise<void> {
  await processors[name](deps, jobs[name].payload.parse(payload) as JobPayload<N>, progress);
}
