import { ConnectorError, type RemoteFailure, type RemoteWrite } from '#connectors/contract/crm.ts';
import { renderPayouts } from '#connectors/files/payout-outbox.ts';
import {
  confirmFile,
  findBatch,
  payoutItems,
  type PayoutBatch,
  type PayoutItem,
} from '#src/db/payouts/payout-store.ts';
import { reportProblems, resolveProblems } from '#src/db/sync/problem-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { formatMinor } from '#src/domain/money.ts';
import { payeeBlockers } from '#src/domain/payouts/payee.ts';
import { usableConnections, withConnection } from '#src/operations/connections/use-connection.ts';

/**
 * Until two people have agreed and it was released, a file says so in its name: nobody should pay a draft.
 */
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
  const items = await payoutItems(deps.db, [batch.id]);
  const blockers = payeeBlockers(items);
  if (blockers.length > 0) throw new AppError('conflict', blockers.join(' '), { batchId });
  const { csv, refused } = renderPayouts(toWrites(batch, items));
  const [first] = refused;
  if (first)
    throw new AppError('conflict', `${first.failure.message}. ${first.failure.fix}`, {
      batchId,
      refused: refused.length,
    });
  return { fileName: `payouts-${fileBatch(batch)}.csv`, csv };
}

/**
 * Puts the file of a batch, whole or not at all, into every drop folder finance collects from, and remembers
 * when a released one is there: from then on it is finance's, and is never written again. Why a file could
 * not be written is kept as a problem.
 *
 * Throws the first `ConnectorError` after all folders have been tried.
 */
export async function writePayoutFile(
  deps: Deps,
  batch: PayoutBatch,
  items: readonly PayoutItem[],
): Promise<void> {
  if (batch.fileWrittenAt !== null) return;
  const folders = (await usableConnections(deps)).filter((connection) => connection.kind === 'files');
  const errors: ConnectorError[] = [];
  let written = 0;
  for (const { id: connectionId } of folders) {
    try {
      const failures = await writeTo(deps, connectionId, batch, items);
      await keepProblems(deps, connectionId, batch, failures);
      if (failures.length === 0) written += 1;
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      errors.push(error);
    }
  }
  if (batch.status === 'exported' && folders.length > 0 && written === folders.length)
    await confirmFile(deps.db, batch.id, deps.clock());
  if (errors[0]) throw errors[0];
}

async function writeTo(
  deps: Deps,
  connectionId: string,
  batch: PayoutBatch,
  items: readonly PayoutItem[],
): Promise<RemoteFailure[]> {
  const blockers = payeeBlockers(items);
  if (blockers.length > 0) return [payeeUnknown(batch, blockers)];
  const outcomes = await withConnection(
    deps,
    { connectionId, runId: null, about: 'payout files' },
    (_, connector) =>
      connector.push({
        object: 'payout',
        operation: 'upsert',
        keyField: 'payout_key',
        writes: toWrites(batch, items),
      }),
  );
  return outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.failure]));
}

function payeeUnknown(batch: PayoutBatch, blockers: readonly string[]): RemoteFailure {
  const message = `payouts-${fileBatch(batch)}.csv is not written before finance can tell whom each row pays.`;
  return { class: 'validation', code: 'payee_unknown', message, fix: blockers.join(' ') };
}

/** Problems of a file, not of its rows: the batch is their reference. */
async function keepProblems(
  deps: Deps,
  connectionId: string,
  batch: PayoutBatch,
  failures: readonly RemoteFailure[],
): Promise<void> {
  const where = { source: 'write', connectionId, object: 'payout' } as const;
  const at = deps.clock();
  await deps.db.transaction(async (tx) => {
    await resolveProblems(tx, where, [batch.key], at);
    const problems = failures.map((failure) => ({ id: deps.ids(), ref: batch.key, failure }));
    await reportProblems(tx, where, problems, at);
  });
}
