/** What the close of a period posts: differences, what falls due, holdback, and what expires. */
import { exact, multiplyExact, roundExact } from '#src/domain/exact.ts';
import { keyOfBucket, type Bucket } from './amounts.ts';
import { roundingOf, type Calculation } from './calculate.ts';
import { inBucketOrder, type Journal } from './journal.ts';
import { monthsAfter, windowOf } from './months.ts';
import { percentOf } from './rules.ts';

export interface Tranche {
  readonly bucket: Bucket;
  readonly releases: string;
  minor: bigint;
}

/** Posts the differences between what the buckets should hold and what was posted for them. */
export function postDifferences({ desired }: Calculation, journal: Journal, period: string): void {
  for (const field of ['earned', 'provided'] as const) {
    const posted = journal.sums([field], period);
    const buckets = new Map<string, Bucket>();
    for (const [key, { bucket }] of posted) buckets.set(key, bucket);
    for (const [key, { bucket }] of desired) buckets.set(key, bucket);
    for (const [key, bucket] of buckets) {
      const wanted = desired.get(key)?.[field] ?? 0n;
      const delta = wanted - (posted.get(key)?.minor ?? 0n);
      journal.post(period, bucket, field, delta, journal.holder(bucket.payee, period));
    }
  }
}

/** Posts what falls due in this period, with its holdback. */
export function postDue({ rules }: Calculation, journal: Journal, tranches: Tranche[], period: string): void {
  const earned = journal.sums(['earned'], period);
  const due = journal.sums(['due', 'fundsDue'], period);
  const keys = [...new Set([...earned.keys(), ...due.keys()])];
  const buckets = keys
    .flatMap((key) => earned.get(key)?.bucket ?? due.get(key)?.bucket ?? [])
    .toSorted(inBucketOrder);
  for (const bucket of buckets) {
    const component = rules.bucketRules(bucket.component, bucket.window);
    if (component === null) continue;
    const settle = windowOf(component.settle ?? 'month', period, rules.yearStartMonth);
    if (settle.last !== period && bucket.window.last >= settle.first) continue;
    const key = keyOfBucket(bucket);
    const minor = (earned.get(key)?.minor ?? 0n) - (due.get(key)?.minor ?? 0n);
    if (minor === 0n) continue;
    if (component.kind === 'mdf') {
      postFunds(journal, bucket, minor, period);
      continue;
    }
    journal.post(period, bucket, 'due', minor);
    const rest = minor - reverseWriteOff(journal, bucket, minor, period);
    if (component.holdback === undefined) continue;
    const { percent, months, clawbackFrom } = component.holdback;
    if (rest < 0n && clawbackFrom === 'held_first') {
      const held = fromTranches(journal, tranches, bucket, -rest, period);
      journal.post(period, bucket, 'held', -held);
      continue;
    }
    const held = roundExact(multiplyExact(exact(rest), percentOf(percent)), roundingOf(rules, component));
    if (held === 0n) continue;
    journal.post(period, bucket, 'held', held);
    tranches.push({ bucket, releases: monthsAfter(period, months), minor: held });
  }
}

/** A positive amount that falls due first reverses what was written off in the bucket. */
function reverseWriteOff(journal: Journal, bucket: Bucket, minor: bigint, period: string): bigint {
  const written = journal.sums(['writtenOff'], period).get(keyOfBucket(bucket))?.minor ?? 0n;
  if (minor <= 0n || written <= 0n) return 0n;
  const reversed = minor < written ? minor : written;
  journal.post(period, bucket, 'writtenOff', -reversed);
  return reversed;
}

/** Takes from what is held of the same component, payee and currency, the oldest first. */
function fromTranches(
  journal: Journal,
  tranches: readonly Tranche[],
  bucket: Bucket,
  wanted: bigint,
  period: string,
): bigint {
  const holder = journal.holder(bucket.payee, period);
  let left = wanted;
  for (const tranche of tranches) {
    if (tranche.minor <= 0n || left === 0n) continue;
    if (tranche.bucket.component !== bucket.component || tranche.bucket.currency !== bucket.currency)
      continue;
    if (journal.holder(tranche.bucket.payee, period) !== holder) continue;
    const part = tranche.minor < left ? tranche.minor : left;
    tranche.minor -= part;
    left -= part;
  }
  return wanted - left;
}

/** What falls due in a fund becomes available; a negative amount first reduces what expired. */
function postFunds(journal: Journal, bucket: Bucket, minor: bigint, period: string): void {
  const { component, currency } = bucket;
  const holder = journal.holder(bucket.payee, period);
  const available = journal.fund('available', component, holder, currency, period);
  const expired = journal.fund('expired', component, holder, currency, period);
  journal.post(period, bucket, 'fundsDue', minor);
  journal.post(period, bucket, 'available', minor);
  const missing = minor < 0n && available + minor < 0n ? -(available + minor) : 0n;
  const restored = missing < expired ? missing : expired;
  journal.post(period, bucket, 'expired', -restored);
  journal.post(period, bucket, 'available', restored);
}

export function releaseHeldBack(
  journal: Journal,
  tranches: readonly Tranche[],
  period: string,
  isDue: (tranche: Tranche) => boolean,
): void {
  for (const tranche of tranches) {
    if (tranche.minor === 0n || !isDue(tranche)) continue;
    journal.post(period, tranche.bucket, 'held', -tranche.minor);
    tranche.minor = 0n;
  }
}

/** What became available in a fund long ago and was not used expires. */
export function expireFunds({ rules }: Calculation, journal: Journal, period: string): void {
  const funds = new Map<string, Bucket>();
  for (const { field, bucket } of journal.entries)
    if (field === 'fundsDue') {
      const payee = journal.holder(bucket.payee, period);
      funds.set([bucket.component, payee, bucket.currency].join('|'), { ...bucket, payee });
    }
  for (const fund of funds.values()) {
    const { component, payee, currency } = fund;
    const months = rules.bucketRules(component, { last: period })?.expiresAfterMonths;
    if (months === undefined) continue;
    const matured = journal.fund(
      'fundsDue',
      component,
      payee,
      currency,
      period,
      monthsAfter(period, -months),
    );
    const sum = (field: 'claimed' | 'reserved' | 'expired' | 'available') =>
      journal.fund(field, component, payee, currency, period);
    const unused = matured - sum('claimed') - sum('reserved') - sum('expired');
    const expires = unused < sum('available') ? unused : sum('available');
    if (expires <= 0n) continue;
    journal.post(period, fund, 'expired', expires);
    journal.post(period, fund, 'available', -expires);
  }
}
