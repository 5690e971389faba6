import { batchesByIds, payoutItems } from '#src/db/payouts/payout-store.ts';
import type { Deps } from '#src/deps.ts';
import { packFor, usableConnections } from '#src/operations/connections/use-connection.ts';
import { writePayoutFile } from '#src/operations/payouts/payout-file.ts';
import { planWrites } from './plan-writes.ts';
import type { ReportProgress } from '#src/operations/jobs/progress.ts';
import { pushConnection } from './push-connection.ts';

export interface WriteBackInput {
  readonly accountIds?: readonly string[];
  readonly opportunityIds?: readonly string[];
  readonly registrationIds: readonly string[];
  readonly payoutBatchIds: readonly string[];
  /** `hint` when it follows from a change in a CRM; else a person has decided it, and it goes first. */
  readonly lane?: 'interactive' | 'hint';
}

/**
 * Tells the CRMs, and finance's folder, about a decision without waiting for the next run. Each is told
 * whatever becomes of the others; if one could not be, the job fails and is tried again.
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
    await attempt(writePayoutFile(deps, batch, await payoutItems(deps.db, [batch.id])));
  }
  if (failures.length > 0) throw failures[0];
}
