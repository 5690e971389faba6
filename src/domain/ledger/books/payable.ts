import type { PayoutChannel } from '#src/domain/incentive/component.ts';
import { bucketKey, compareText } from '#src/domain/incentive/engine/bucket.ts';
import { allowsNetting, bucketGroups, pooledBucket, type Books, type BucketGroup } from './books.ts';
import type { BookTotals } from './transaction.ts';

/** The amount of one bucket that is payable, or owed if it is negative. */
export interface BucketBalance extends BucketGroup {
  readonly balanceMinor: bigint;
  /** The part that open disputes hold. */
  readonly disputedMinor: bigint;
}

/** The amount that is payable to one holder, or owed by it, through one channel. */
export interface ChannelBalance {
  readonly payee: string;
  readonly currency: string;
  readonly channel: PayoutChannel;
  readonly isNetted: boolean;
  /** By component, payee and window. */
  readonly buckets: readonly BucketBalance[];
  /** Netted: positive or negative. Not netted: the sum of the positive buckets. */
  readonly amountMinor: bigint;
  readonly payableMinor: bigint;
  readonly receivableMinor: bigint;
  readonly disputedMinor: bigint;
}

/** The balances of everybody as of a period, sorted by payee, currency and channel. */
export function channelBalances(books: Books, totals: BookTotals, period: string): readonly ChannelBalance[] {
  const byChannel = new Map<string, BucketBalance[]>();
  for (const group of bucketGroups(books, totals, period)) {
    const balanceMinor = -group.members.reduce((sum, member) => sum + totals.sum(member, 'payable'), 0n);
    const disputedMinor = heldByDisputes(books, group, balanceMinor, period);
    const key = JSON.stringify([group.holder, group.id.currency, group.channel]);
    const bucket = { ...group, balanceMinor, disputedMinor };
    const list = byChannel.get(key);
    if (list === undefined) byChannel.set(key, [bucket]);
    else list.push(bucket);
  }
  return [...byChannel.values()]
    .flatMap((buckets) => channelBalance(books, buckets, period) ?? [])
    .toSorted(
      (a, b) =>
        compareText(a.payee, b.payee) ||
        compareText(a.currency, b.currency) ||
        compareText(a.channel, b.channel),
    );
}

function channelBalance(
  books: Books,
  buckets: readonly BucketBalance[],
  period: string,
): ChannelBalance | null {
  const [first] = buckets;
  if (first === undefined) return null;
  const { holder: payee, channel } = first;
  const isNetted = allowsNetting(books, payee, period);
  const open = buckets.map(({ balanceMinor, disputedMinor }) => balanceMinor - disputedMinor);
  const positive = open.reduce((sum, amount) => (amount > 0n ? sum + amount : sum), 0n);
  const negative = buckets.reduce(
    (sum, { balanceMinor }) => (balanceMinor < 0n ? sum - balanceMinor : sum),
    0n,
  );
  const net = open.reduce((sum, amount) => sum + amount, 0n);
  return {
    payee,
    currency: first.id.currency,
    channel,
    isNetted,
    buckets,
    amountMinor: isNetted ? net : positive,
    payableMinor: isNetted ? (net > 0n ? net : 0n) : positive,
    receivableMinor: isNetted ? (net < 0n ? -net : 0n) : negative,
    disputedMinor: buckets.reduce((sum, bucket) => sum + bucket.disputedMinor, 0n),
  };
}

/** Open disputes hold what their lines have of the bucket, and never more than its balance. */
function heldByDisputes(books: Books, { id }: BucketGroup, balanceMinor: bigint, period: string): bigint {
  const disputes = [...books.disputes.values()].filter(
    ({ bucket, openedIn, resolvedIn }) =>
      openedIn <= period &&
      (resolvedIn === null || resolvedIn > period) &&
      bucketKey(pooledBucket(books, bucket, period)) === bucketKey(id),
  );
  if (disputes.length === 0 || balanceMinor <= 0n) return 0n;
  // A merge may have pooled the bucket after the last close calculated it under its former payee.
  const disputed = books.lastBuckets
    .filter((bucket) => bucketKey(pooledBucket(books, bucket, period)) === bucketKey(id))
    .flatMap(({ lines }) => lines)
    .filter((line) =>
      disputes.some(
        (dispute) => dispute.document === line.document && (dispute.line ?? line.line) === line.line,
      ),
    )
    .reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  if (disputed <= 0n) return 0n;
  return disputed < balanceMinor ? disputed : balanceMinor;
}
