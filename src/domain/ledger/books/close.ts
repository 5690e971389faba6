import { bucketKey, type BucketId } from '#src/domain/incentive/engine/bucket.ts';
import { calculate, type Calculation } from '#src/domain/incentive/engine/calculate.ts';
import { shiftMonth } from '#src/domain/incentive/engine/windows.ts';
import { balanceHolder, bucketGroups, post, type Books } from './books.ts';
import { expireMdf } from './mdf.ts';
import { periodReport, type PeriodReport } from './period-report.ts';
import { releaseTranches, settleBuckets } from './settle.ts';
import { expenseOf, transaction, transfer } from './transaction.ts';

/**
 * Calculates the first open period and posts into it the differences between what should have been posted and
 * what was. A second call posts nothing. Nothing is fixed or settled before the period is closed.
 */
export function postCalculation(books: Books): Calculation {
  const period = books.openPeriod;
  const calculation = calculate(
    books.known,
    { ...books.closedBefore, buckets: earnedBuckets(books) },
    period,
  );
  for (const reason of ['earned', 'provided'] as const) postDifferences(books, calculation, reason);
  return calculation;
}

/**
 * Closes the first open period: posts the differences between what should have been posted and what was,
 * settles what falls due, and fixes what later facts no longer change. Nothing is posted into it afterwards.
 */
export function closeBooks(books: Books): PeriodReport {
  const period = books.openPeriod;
  const { buckets, fixed } = postCalculation(books);
  books.lastBuckets = buckets;
  for (const { rules, ...bucket } of buckets) {
    books.rules.set(bucketKey(bucket), rules);
    if (rules.provision !== null) books.providedComponents.add(bucket.component);
  }
  settleBuckets(books, period);
  releaseTranches(books, period);
  expireMdf(books, period);
  for (const entry of books.transactions) if (entry.period === period) books.closed.add(entry);
  books.closedBefore = { ...fixed, buckets: [] };
  const report = periodReport(books, period);
  books.openPeriod = shiftMonth(period, 1);
  return report;
}

/** The buckets that have something earned or provided. MDF requests have none. */
function earnedBuckets(books: Books) {
  return books.live.buckets().filter(({ window }) => window.key !== '');
}

/**
 * An earlier calculation of the same period may have posted under a payee or bucket that a merge has changed
 * since. Such a posting is taken back, so that the period's sums are those of one calculation at its end.
 */
function postDifferences(
  books: Books,
  { buckets, period }: Calculation,
  reason: 'earned' | 'provided',
): void {
  const groups = new Map(
    bucketGroups(books, books.live, period).map((group) => [bucketKey(group.id), group.members]),
  );
  const postedBefore = openPostings(books, reason);
  const transferTo = reason === 'earned' ? 'accrued' : 'provision';
  for (const desired of buckets) {
    const { component, payee, currency, window, earnedMinor, providedMinor } = desired;
    const bucket = { component, payee, currency, window };
    const holder = balanceHolder(books, payee, period);
    const members = groups.get(bucketKey(bucket)) ?? [];
    let missing = reason === 'earned' ? earnedMinor : providedMinor - earnedMinor;
    for (const member of members) {
      missing -= books.closed.sum(member, 'expense', reason);
      for (const posted of postedBefore.get(bucketKey(member)) ?? []) {
        if (bucketKey(member) === bucketKey(bucket) && posted.payee === holder) missing -= posted.amountMinor;
        else {
          const back = transfer('expense', transferTo, -posted.amountMinor);
          post(books, transaction(period, reason, member, back), posted.payee);
        }
      }
    }
    post(books, transaction(period, reason, bucket, transfer('expense', transferTo, missing)), holder);
  }
}

interface OpenPosting {
  readonly bucket: BucketId;
  readonly payee: string;
  amountMinor: bigint;
}

/** The sums that earlier calculations posted into the open period, by bucket and payee. */
function openPostings(books: Books, reason: string): ReadonlyMap<string, readonly OpenPosting[]> {
  const found = new Map<string, OpenPosting[]>();
  for (const entry of books.transactions) {
    if (entry.period !== books.openPeriod || entry.reason !== reason) continue;
    const { bucket, payee } = entry;
    const key = bucketKey(bucket);
    const list = found.get(key) ?? [];
    found.set(key, list);
    const same = list.find((one) => one.payee === payee);
    if (same === undefined) list.push({ bucket, payee, amountMinor: expenseOf(entry) });
    else same.amountMinor += expenseOf(entry);
  }
  return found;
}
