import { bucketKey } from '#src/domain/incentive/engine/bucket.ts';
import { calculate, type DesiredBucket } from '#src/domain/incentive/engine/calculate.ts';
import { shiftMonth } from '#src/domain/incentive/engine/windows.ts';
import { bucketGroups, post, type Books, type BucketGroup } from './books.ts';
import { expireMdf } from './mdf.ts';
import { periodReport, type PeriodReport } from './period-report.ts';
import { releaseTranches, settleBuckets } from './settle.ts';
import { transaction, transfer } from './transaction.ts';

/**
 * Closes the first open period: posts the differences between what should have been posted and what was,
 * settles what falls due, and fixes what later facts no longer change. Nothing is posted into it afterwards.
 */
export function closeBooks(books: Books): PeriodReport {
  const period = books.openPeriod;
  const calculation = calculate(
    books.known,
    { ...books.closedBefore, buckets: earnedBuckets(books) },
    period,
  );
  books.lastCalculation = calculation;
  for (const { rules, ...bucket } of calculation.buckets) books.rules.set(bucketKey(bucket), rules);
  postDifferences(books, calculation.buckets, period);
  settleBuckets(books, period);
  releaseTranches(books, period);
  expireMdf(books, period);
  for (const entry of books.transactions) if (entry.period === period) books.closed.add(entry);
  books.closedBefore = { ...calculation.fixed, buckets: [] };
  const report = periodReport(books, period);
  books.openPeriod = shiftMonth(period, 1);
  return report;
}

/** The buckets that have something earned or provided. MDF requests have none. */
function earnedBuckets(books: Books) {
  return books.live.buckets().filter(({ window }) => window.key !== '');
}

function postDifferences(books: Books, buckets: readonly DesiredBucket[], period: string): void {
  const groups = new Map<string, BucketGroup>(
    bucketGroups(books, books.live, period).map((group) => [bucketKey(group.id), group]),
  );
  for (const desired of buckets) {
    const members = groups.get(bucketKey(desired))?.members ?? [];
    const earnedBefore = members.reduce(
      (sum, member) => sum + books.live.sum(member, 'expense', 'earned'),
      0n,
    );
    const extraBefore = members.reduce(
      (sum, member) => sum + books.live.sum(member, 'expense', 'provided'),
      0n,
    );
    const { component, payee, currency, window, rules } = desired;
    const bucket = { component, payee, currency, window };
    if (rules.provision !== null) books.providedComponents.add(component);
    const earned = desired.earnedMinor - earnedBefore;
    const extra = desired.providedMinor - desired.earnedMinor - extraBefore;
    post(books, transaction(period, 'earned', bucket, transfer('expense', 'accrued', earned)));
    post(books, transaction(period, 'provided', bucket, transfer('expense', 'provision', extra)));
  }
}
