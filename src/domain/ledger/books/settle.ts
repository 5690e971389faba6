import { exact, multiplyExact, roundExact, type ExactRounding } from '#src/domain/exact.ts';
import type { IncentiveComponent } from '#src/domain/incentive/component.ts';
import { bucketKey, compareBuckets, type BucketId } from '#src/domain/incentive/engine/bucket.ts';
import { shiftMonth, windowAt } from '#src/domain/incentive/engine/windows.ts';
import { bucketGroups, balanceHolder, post, type Books, type BucketGroup, type Tranche } from './books.ts';
import { restoreExpired } from './mdf.ts';
import { transaction, transfer } from './transaction.ts';

/** Makes due what a closing period settles, bucket by bucket, and holds back what the rules say. */
export function settleBuckets(books: Books, period: string): void {
  for (const group of bucketGroups(books, books.live, period)) {
    const rules = books.rules.get(bucketKey(group.id));
    if (rules !== undefined && isSettledIn(books, group.id, rules, period))
      makeDue(books, group, rules, period);
  }
}

/** The last month of a settle period; and every month for windows that ended before it began. */
function isSettledIn(
  books: Books,
  { window }: BucketId,
  { settle }: IncentiveComponent,
  period: string,
): boolean {
  const span = windowAt(settle, period, books.known.program.settings.yearStartMonth);
  return period === span.last || window.last < span.first;
}

function makeDue(books: Books, group: BucketGroup, rules: IncentiveComponent, period: string): void {
  const { id, members } = group;
  // The account `accrued` holds what is earned and not due.
  const dueMinor = -members.reduce((sum, member) => sum + books.live.sum(member, 'accrued'), 0n);
  if (dueMinor === 0n) return;
  if (rules.kind === 'mdf') {
    post(books, transaction(period, 'due', id, transfer('accrued', 'mdf_available', dueMinor)));
    if (dueMinor < 0n) restoreExpired(books, id, period);
    return;
  }
  post(books, transaction(period, 'due', id, transfer('accrued', 'payable', dueMinor)));
  const rest = dueMinor - reverseWriteOff(books, group, dueMinor, period);
  if (rules.holdback === null) return;
  if (rest < 0n && rules.holdback.clawbackFrom === 'held_first') useHeld(books, id, -rest, period);
  else holdBack(books, id, rest, { rules, period });
}

/** Something written off that is earned again cancels the write-off first. Returns the amount. */
function reverseWriteOff(
  books: Books,
  { id, members }: BucketGroup,
  dueMinor: bigint,
  period: string,
): bigint {
  const writtenOff = -members.reduce(
    (sum, member) => sum + books.live.sum(member, 'payable', 'write_off'),
    0n,
  );
  const reversed = dueMinor < writtenOff ? dueMinor : writtenOff;
  if (reversed <= 0n) return 0n;
  post(books, transaction(period, 'write_off', id, transfer('payable', 'expense', reversed)));
  return reversed;
}

function holdBack(
  books: Books,
  bucket: BucketId,
  dueMinor: bigint,
  { rules, period }: { readonly rules: IncentiveComponent; readonly period: string },
): void {
  const { holdback } = rules;
  if (holdback === null) return;
  const rounding: ExactRounding = rules.rounding ?? books.known.program.settings.rounding;
  const amountMinor = roundExact(multiplyExact(exact(dueMinor), holdback.rate), rounding);
  if (amountMinor === 0n) return;
  post(books, transaction(period, 'holdback', bucket, transfer('payable', 'held', amountMinor)));
  const releasedIn = shiftMonth(period, holdback.months);
  books.tranches.push({ bucket, heldIn: period, releasedIn, amountMinor });
}

/** A clawback uses up what is held under the same component, the oldest first. The rest stays a debt. */
function useHeld(books: Books, bucket: BucketId, clawbackMinor: bigint, period: string): void {
  let left = clawbackMinor;
  for (const tranche of tranchesOf(
    books,
    bucket.component,
    balanceHolder(books, bucket.payee, period),
    period,
  )) {
    if (tranche.bucket.currency !== bucket.currency || tranche.amountMinor <= 0n) continue;
    const used = tranche.amountMinor < left ? tranche.amountMinor : left;
    if (used === 0n) break;
    tranche.amountMinor -= used;
    left -= used;
    post(books, transaction(period, 'holdback', bucket, transfer('held', 'payable', used)));
  }
}

/** The tranches of a component held for the partner that holds the balances, the oldest first. */
function tranchesOf(books: Books, component: string, holder: string, period: string): readonly Tranche[] {
  return books.tranches
    .filter(
      ({ bucket }) => bucket.component === component && balanceHolder(books, bucket.payee, period) === holder,
    )
    .toSorted((a, b) =>
      a.heldIn < b.heldIn ? -1 : a.heldIn > b.heldIn ? 1 : compareBuckets(a.bucket, b.bucket),
    );
}

/** Releases what was held back until the close of this period. */
export function releaseTranches(books: Books, period: string): void {
  releaseAll(
    books,
    books.tranches.filter(({ releasedIn }) => releasedIn <= period),
    period,
  );
}

/** Releases everything held of a component at once. */
export function releaseHeld(books: Books, component: string, partner: string, period: string): void {
  releaseAll(books, tranchesOf(books, component, balanceHolder(books, partner, period), period), period);
}

function releaseAll(books: Books, tranches: readonly Tranche[], period: string): void {
  for (const { bucket, amountMinor } of tranches)
    post(books, transaction(period, 'holdback_release', bucket, transfer('held', 'payable', amountMinor)));
  books.tranches = books.tranches.filter((tranche) => !tranches.includes(tranche));
}
