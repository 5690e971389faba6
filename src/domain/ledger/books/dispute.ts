import type { BucketId } from '#src/domain/incentive/engine/bucket.ts';
import type { DesiredLine } from '#src/domain/incentive/engine/calculate.ts';
import type { Books } from './books.ts';

export interface DisputedLine {
  readonly id: string;
  readonly partner: string;
  readonly component: string;
  readonly document: string;
  readonly line: number | null;
}

/**
 * Holds a line out of payouts. Returns the reason when the partner, or what it became, had no such line with
 * a released part at the last close.
 */
export function openDispute(books: Books, disputed: DisputedLine, period: string): string | null {
  const { id, document, line } = disputed;
  if (books.disputes.has(id)) return `Dispute ${id} was opened before.`;
  const bucket = disputedBucket(books, disputed);
  if (bucket === null) return `${disputed.partner} has no earnings from ${document} that could be disputed.`;
  books.disputes.set(id, { bucket, document, line, openedIn: period, resolvedIn: null });
  return null;
}

function disputedBucket(books: Books, disputed: DisputedLine): BucketId | null {
  const isMeant = (line: DesiredLine) =>
    line.document === disputed.document && (disputed.line ?? line.line) === line.line;
  for (
    let payee: string | undefined = disputed.partner;
    payee !== undefined;
    payee = books.known.merges.get(payee)?.into
  ) {
    const found = books.lastBuckets.find(
      (bucket) =>
        bucket.component === disputed.component && bucket.payee === payee && bucket.lines.some(isMeant),
    );
    if (found !== undefined) {
      const { component, currency, window } = found;
      return { component, payee, currency, window };
    }
  }
  return null;
}

/** Ends a dispute and adds what it awards to the bucket of the line. Returns the reason when it is refused. */
export function resolveDispute(
  books: Books,
  { id, date, adjustMinor }: { readonly id: string; readonly date: string; readonly adjustMinor: bigint },
  period: string,
): string | null {
  const dispute = books.disputes.get(id);
  if (dispute === undefined) return `Dispute ${id} is not known.`;
  if (dispute.resolvedIn !== null) return `Dispute ${id} was resolved before.`;
  dispute.resolvedIn = period;
  if (adjustMinor !== 0n)
    books.known.adjustments.push({ bucket: dispute.bucket, date, amountMinor: adjustMinor });
  return null;
}
