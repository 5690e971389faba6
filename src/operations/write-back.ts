import { batchesByIds, payoutItems } from '#src/db/payout-store.ts';
import type { Deps } from '#src/deps.ts';
import { packFor, usableConnections } from './connections.ts';
import { writePayoutFile } from './payout-csv.ts';
import { planWrites } from './plan-writes.ts';
import type { ReportProgress } from './progress.ts';
import { pushWrites } from './push-writes.ts';

export interface WriteBackInput {
  readonly registrationIds: readonly string[];
  readonly payoutBatchIds: readonly string[];
}

/** Tells the CRMs, and finance's folder, about a person's decision without waiting for the next run. */
export async function writeBack(deps: Deps, input: WriteBackInput, progress: ReportProgress): Promise<void> {
  for (const batch of await batchesByIds(deps.db, input.payoutBatchIds))
    await writePayoutFile(deps, batch, await payoutItems(deps.db, [batch.id]));
  const planned = await planWrites(deps, { runId: null, scope: input }, progress);
  if (planned === 0) return;
  for (const connection of await usableConnections(deps)) {
    if (packFor(deps, connection, 'registration')) await pushWrites(deps, { connectionId: connection.id, runId: null }, progress);
  }
}
