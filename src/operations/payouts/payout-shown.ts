import type { PayoutBatch, PayoutItem } from '#src/db/payouts/payout-store.ts';
import { formatMinor } from '#src/domain/money.ts';
import type { ShownContent } from '#src/domain/shown-content.ts';

/** The content of a batch that a step of a person is about: its status, its total, and each payee's amount. */
export function payoutShown(
  batch: Pick<PayoutBatch, 'status' | 'currency' | 'totalMinor' | 'submittedAt'>,
  items: readonly PayoutItem[],
): ShownContent {
  const since = batch.submittedAt === null ? '' : `, submitted ${batch.submittedAt.toISOString()}`;
  const lines = items.map((item): [string, string] => [
    item.id,
    `${item.partnerName} (${item.partnerCode ?? 'no partner code'}): ${amountText(item.amountMinor, item.currency)} for ${item.lineCount} entries`,
  ]);
  return {
    status: `Status: ${batch.status}${since}`,
    total: `Total: ${amountText(batch.totalMinor, batch.currency)} to ${items.length} partners`,
    ...Object.fromEntries(lines),
  };
}

function amountText(amountMinor: bigint, currency: string): string {
  return `${formatMinor(amountMinor, currency)} ${currency}`;
}
