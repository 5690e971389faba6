import type { PayoutBatchContent, PayoutFile } from '#connectors/contract/erp.ts';
import { ConnectorError, type RemoteFailure } from '#connectors/contract/failures.ts';
import { erpsOf } from '#connectors/contract/systems.ts';
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
import { payeeBlockers } from '#src/domain/payouts/payee.ts';
import { usableConnections, withErp } from '#src/operations/connections/use-connection.ts';

/** A batch is a draft until two people have approved it and it was released. */
const isDraft = ({ status }: Pick<PayoutBatch, 'status'>): boolean => status !== 'exported';

function contentOf(batch: PayoutBatch, items: readonly PayoutItem[]): PayoutBatchContent {
  return {
    key: batch.key,
    draft: isDraft(batch),
    payouts: items.map(({ key, period, partnerCode, partnerName, currency, amountMinor, lineCount }) => ({
      key,
      period,
      partnerCode: partnerCode ?? '',
      partnerName,
      currency,
      amountMinor,
      lineCount,
    })),
  };
}

/**
 * The payout file of a batch, for download. An ERP that exchanges files gets the same bytes.
 * @throws AppError when the batch does not exist or one of its payouts cannot be in the file
 */
export async function payoutFileOf(
  deps: Pick<Deps, 'db' | 'systems'>,
  { batchId }: { readonly batchId: string },
): Promise<PayoutFile> {
  const payoutFile = erpsOf(deps.systems).find((entry) => entry.payoutFile)?.payoutFile;
  if (!payoutFile) throw new Error('no connector of an ERP can make a payout file');
  const batch = await findBatch(deps.db, batchId);
  if (!batch) throw new AppError('not_found', 'There is no such payout batch.', { batchId });
  const items = await payoutItems(deps.db, [batch.id]);
  const blockers = payeeBlockers(items);
  if (blockers.length > 0) throw new AppError('conflict', blockers.join(' '), { batchId });
  try {
    return payoutFile(contentOf(batch, items));
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    throw new AppError('conflict', `${error.failure.message} ${error.failure.fix}`, { batchId }, error);
  }
}

/**
 * Delivers a batch to every connected ERP, and notes when all of them have the released batch: it is never
 * delivered again after that. A draft only goes to ERPs that accept drafts. An ERP's refusal is stored as a
 * problem of the batch.
 * @throws ConnectorError the first one, after all ERPs were tried
 */
export async function deliverPayoutBatch(
  deps: Deps,
  batch: PayoutBatch,
  items: readonly PayoutItem[],
): Promise<void> {
  if (batch.fileWrittenAt !== null) return;
  const recipients = await recipientsOf(deps, batch);
  const errors: ConnectorError[] = [];
  let delivered = 0;
  for (const connectionId of recipients) {
    try {
      const failures = await deliverTo(deps, connectionId, batch, items);
      await storeProblems(deps, connectionId, batch, failures);
      if (failures.length === 0) delivered += 1;
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      errors.push(error);
    }
  }
  if (!isDraft(batch) && recipients.length > 0 && delivered === recipients.length)
    await confirmFile(deps.db, batch.id, deps.clock());
  if (errors[0]) throw errors[0];
}

/** Ids of the connections that get this batch. */
async function recipientsOf(deps: Deps, batch: PayoutBatch): Promise<string[]> {
  const erps = erpsOf(deps.systems).filter((entry) => entry.acceptsDrafts || !isDraft(batch));
  const kinds = new Set(erps.map((entry) => entry.kind));
  return (await usableConnections(deps)).filter(({ kind }) => kinds.has(kind)).map(({ id }) => id);
}

async function deliverTo(
  deps: Deps,
  connectionId: string,
  batch: PayoutBatch,
  items: readonly PayoutItem[],
): Promise<RemoteFailure[]> {
  const blockers = payeeBlockers(items);
  if (blockers.length > 0) return [payeeUnknown(batch, blockers)];
  const outcomes = await withErp(deps, { connectionId, runId: null, about: 'payout files' }, (_, connector) =>
    connector.deliverPayouts(contentOf(batch, items)),
  );
  return outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.failure]));
}

function payeeUnknown({ key }: PayoutBatch, blockers: readonly string[]): RemoteFailure {
  return {
    class: 'validation',
    code: 'payee_unknown',
    message: `The payouts ${key} are not delivered until every payout has one partner to pay.`,
    fix: blockers.join(' '),
  };
}

/** A problem is about the whole batch, not about one payout, so the batch's key is its reference. */
async function storeProblems(
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
