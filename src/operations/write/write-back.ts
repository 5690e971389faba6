import { batchesByIds, payoutItems } from '#src/db/payouts/payout-store.ts';
import type { Deps } from '#src/deps.ts';
import { packFor, usableConnections } from '#src/operations/connections/use-connection.ts';
import { deliverPayoutBatch } from '#src/operations/payouts/payout-file.ts';
import { planWrites } from './plan-writes.ts';
import type { ReportProgress } from '#src/operations/jobs/progress.ts';
import { pushConnection } from './push-connection.ts';

export interface WriteBackInput {
  readonly accountIds?: readonly string[];
  readonly opportunityIds?: readonly string[];
  readonly registrationIds: readonly string[];
  readonly payoutBatchIds: readonly string[];
  /** `hint` after a change in a CRM. Default: `interactive`, a person's decision, which is sent first. */
  readonly lane?: 'interactive' | 'hint';
}

/**
 * Writes a decision to the CRMs and to finance's folder without waiting for the next run. A failure of one
 * does not stop the others; it is thrown at the end, so that the job is tried again.
 */
export async function writeBack(deps: Deps, input: WriteBackInput, progress: ReportProgress): Promise<void> {
  const { lane = 'interactive', ...scope } = input;
  const failures: unknown[] = [];
  const attempt = (work: Promise<unknown>): Promise<unknown> =>
    work.catch((error: unknown) => failures.push(error));
  const planned = await planWrites(deps, { runId: null, scope, urgent: lane === 'interactive' }, progress);
  if (planned > 0) {
    const crms = (await usableConnections(deps)).filter((connection) =>
      packFor(deps, connection, 'registration'),
    );
    await Promise.all(
      crms.map(({ id }) => attempt(pushConnection(deps, { connectionId: id, runId: null, lane }, progress))),
    );
  }
  for (const batch of await batchesByIds(deps.db, input.payoutBatchIds)) {
    await attempt(deliverPayoutBatch(deps, batch, await payoutItems(deps.db, [batch.id])));
  }
  if (failures.length > 0) throw failures[0];
}
