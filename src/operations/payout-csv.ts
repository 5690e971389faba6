import type { RemoteWrite } from '#connectors/connector.ts';
import { renderPayouts } from '#connectors/files/payout-outbox.ts';
import { findBatch, payoutItems, type PayoutBatch, type PayoutItem } from '#src/db/payout-store.ts';
import { reportProblems, resolveProblems } from '#src/db/problem-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { formatMinor } from '#src/domain/money.ts';
import { usableConnections, withConnection } from './connections.ts';

/** Until two people have agreed and it was released, a file says so in its name: nobody should pay a draft. */
function fileBatch(batch: Pick<PayoutBatch, 'key' | 'status'>): string {
  return batch.status === 'exported' ? batch.key : `${batch.key}.draft`;
}

function toWrites(batch: Pick<PayoutBatch, 'key' | 'status'>, items: readonly PayoutItem[]): RemoteWrite[] {
  return items.map((item) => ({
    id: item.id,
    extId: null,
    keyValue: item.key,
    fields: {
      batch: fileBatch(batch),
      period: item.period,
      partner_code: item.partnerCode ?? '',
      partner_name: item.partnerName,
      currency: item.currency,
      amount: formatMinor(item.amountMinor, item.currency),
      line_count: String(item.lineCount),
    },
  }));
}

/** The payout file of a batch, for download: the same bytes that are written to finance's folder. */
export async function payoutCsv(
  deps: Pick<Deps, 'db'>,
  { batchId }: { readonly batchId: string },
): Promise<{ readonly fileName: string; readonly csv: string }> {
  const batch = await findBatch(deps.db, batchId);
  if (!batch) throw new AppError('not_found', 'There is no such payout batch.', { batchId });
  const { csv, refused } = renderPayouts(toWrites(batch, await payoutItems(deps.db, [batch.id])));
  const [first] = refused;
  if (first) throw new AppError('conflict', `${first.failure.message}. ${first.failure.fix}`, { batchId, refused: refused.length });
  return { fileName: `payouts-${fileBatch(batch)}.csv`, csv };
}

/** Puts the file of a batch into every drop folder finance collects from. Writing the same batch again changes nothing. */
export async function writePayoutFile(deps: Deps, batch: PayoutBatch, items: readonly PayoutItem[]): Promise<void> {
  const folders = (await usableConnections(deps)).filter((connection) => connection.kind === 'files');
  for (const { id: connectionId } of folders) {
    const outcomes = await withConnection(deps, { connectionId, runId: null }, (_, connector) =>
      connector.push({ object: 'payout', operation: 'upsert', keyField: 'payout_key', writes: toWrites(batch, items) }),
    );
    const where = { source: 'write', connectionId, object: 'payout' } as const;
    const keyOf = new Map(items.map((item) => [item.id, item.key]));
    const failed = outcomes.flatMap((outcome) =>
      outcome.ok ? [] : [{ id: deps.ids(), ref: keyOf.get(outcome.id) ?? outcome.id, failure: outcome.failure }],
    );
    await resolveProblems(
      deps.db,
      where,
      outcomes.flatMap((outcome) => (outcome.ok ? (keyOf.get(outcome.id) ?? []) : [])),
      deps.clock(),
    );
    await reportProblems(deps.db, where, failed, deps.clock());
  }
}
