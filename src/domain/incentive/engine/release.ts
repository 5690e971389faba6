import {
  addExact,
  divideExact,
  exact,
  exactOne,
  exactZero,
  largerExact,
  smallerExact,
  subtractExact,
  type Exact,
} from '#src/domain/exact.ts';
import type { IncentiveComponent } from '#src/domain/incentive/component.ts';
import { daysBetween } from '#src/domain/period.ts';
import type { LiveDocument } from './documents.ts';
import type { PaymentFact } from './facts.ts';

/** A part of a line that one event released. The parts of a fully released line add up to 1. */
export interface ReleasedPart {
  readonly date: string;
  /** Empty when the booking released it. */
  readonly payment: string;
  readonly share: Exact;
}

type ReleaseTerms = Pick<IncentiveComponent, 'release' | 'clawbackDays' | 'clawbackShare'>;

/** The parts of a document's lines that are released, by the component's rule. */
export function releasedParts(live: LiveDocument, terms: ReleaseTerms): readonly ReleasedPart[] {
  const { document, booking, payments } = live;
  const whole: ReleasedPart = { date: booking, payment: '', share: exactOne };
  if (document.type !== 'invoice' || terms.release === 'booking') return [whole];
  const due = dueOf(live);
  if (due <= 0n) {
    // A refund is a payment of its own. It does not undo that the customer has paid.
    const hasPayment = payments.some(({ amountMinor }) => amountMinor > 0n);
    return hasPayment || allMemosCount(live, terms) ? [whole] : [];
  }
  return terms.release === 'payment' ? partsByPayment(payments, due) : partWhenPaid(payments, due);
}

/** The amount that the customer owes: the document with tax, less its credit memos in full. */
function dueOf({ document, memos }: LiveDocument): bigint {
  const total = (lines: LiveDocument['document']['lines']) =>
    lines.reduce((sum, { netMinor, taxMinor }) => sum + netMinor + taxMinor, 0n);
  return memos.reduce((left, { memo }) => left - total(memo.lines), total(document.lines));
}

/** True when no memo is too late or counts only in part. */
function allMemosCount(
  { booking, memos }: LiveDocument,
  { clawbackDays, clawbackShare }: ReleaseTerms,
): boolean {
  const isWhole = clawbackShare[0] === clawbackShare[1];
  return memos.every(({ memo }) => isWhole && !isTooLate(memo.date, booking, clawbackDays));
}

/** True when a credit memo of this date takes nothing back any more. */
export function isTooLate(memoDate: string, booking: string, clawbackDays: number | null): boolean {
  return clawbackDays !== null && daysBetween(booking, memoDate) > clawbackDays;
}

function partsByPayment(payments: readonly PaymentFact[], due: bigint): readonly ReleasedPart[] {
  let paid = 0n;
  let before: Exact = exactZero;
  return payments.map(({ id, date, amountMinor }) => {
    paid += amountMinor;
    const after = smallerExact(exactOne, largerExact(exactZero, divideExact(exact(paid), exact(due))));
    const share = subtractExact(after, before);
    before = after;
    return { date, payment: id, share };
  });
}

function partWhenPaid(payments: readonly PaymentFact[], due: bigint): readonly ReleasedPart[] {
  let paid = 0n;
  let reachedBy: PaymentFact | null = null;
  for (const payment of payments) {
    const wasPaid = paid >= due;
    paid += payment.amountMinor;
    if (paid < due) reachedBy = null;
    else if (!wasPaid) reachedBy = payment;
  }
  return reachedBy === null ? [] : [{ date: reachedBy.date, payment: reachedBy.id, share: exactOne }];
}

/** The released part of the whole. */
export function releasedShare(parts: readonly ReleasedPart[]): Exact {
  return parts.reduce((sum, { share }) => addExact(sum, share), exactZero);
}
