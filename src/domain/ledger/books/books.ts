import type { IncentiveComponent, IncentiveProgram, PayoutChannel } from '#src/domain/incentive/component.ts';
import { bucketKey, compareBuckets, type BucketId } from '#src/domain/incentive/engine/bucket.ts';
import {
  nothingClosed,
  type ClosedBefore,
  type DesiredLine,
} from '#src/domain/incentive/engine/calculate.ts';
import { noFacts, type KnownFacts } from '#src/domain/incentive/engine/known-facts.ts';
import { pooledPayee, successorOf } from '#src/domain/incentive/engine/merged.ts';
import { lastDayOf } from '#src/domain/incentive/engine/windows.ts';
import { periodOf } from '#src/domain/period.ts';
import { BookTotals, type PostedTransaction, type Transaction } from './transaction.ts';

/** An amount held back until the close of a month. */
export interface Tranche {
  readonly bucket: BucketId;
  /** The month whose close held it. */
  readonly heldIn: string;
  readonly releasedIn: string;
  amountMinor: bigint;
}

/** One payee's amount in a payout, with what was taken from each bucket. */
export interface PayoutLine {
  readonly payee: string;
  readonly currency: string;
  readonly channel: PayoutChannel;
  readonly amountMinor: bigint;
  readonly parts: readonly { readonly bucket: BucketId; readonly amountMinor: bigint }[];
  /** The periods of the steps after the payout; null while a step has not happened. */
  readonly postedIn: string;
  paidIn: string | null;
  returnedIn: string | null;
}

export interface Payout {
  readonly id: string;
  readonly lines: readonly PayoutLine[];
  /** Signed amounts below the minimum. */
  readonly carried: readonly Pick<PayoutLine, 'payee' | 'currency' | 'channel' | 'amountMinor'>[];
}

export interface Dispute {
  readonly bucket: BucketId;
  readonly document: string;
  /** Null is every line of the document. */
  readonly line: number | null;
  readonly openedIn: string;
  resolvedIn: string | null;
}

/** MDF set aside for one request of a partner. */
export interface MdfRequest {
  readonly bucket: BucketId;
  /** The part that is neither used nor released. */
  restMinor: bigint;
}

/** A bucket as the last close left it. */
export interface ClosedBucket extends BucketId {
  readonly earnedMinor: bigint;
  readonly adjustmentsMinor: bigint;
  readonly providedMinor: bigint;
  readonly lines: readonly DesiredLine[];
}

/** Everything that was posted, and what later postings need to know. */
export interface Books {
  readonly known: KnownFacts;
  readonly transactions: PostedTransaction[];
  /** Everything posted so far, also into months that are still open. */
  readonly live: BookTotals;
  /** Everything posted up to the month closed last. */
  readonly closed: BookTotals;
  closedBefore: ClosedBefore;
  /** The first month that is open. */
  openPeriod: string;
  /** The buckets of the month closed last, with their lines. */
  lastBuckets: readonly ClosedBucket[];
  /** The rules by which each bucket was last settled. */
  readonly rules: Map<string, IncentiveComponent>;
  /** Components that have, or had, a provision. */
  readonly providedComponents: Set<string>;
  tranches: Tranche[];
  readonly payouts: Map<string, Payout>;
  readonly disputes: Map<string, Dispute>;
  readonly mdfRequests: Map<string, MdfRequest>;
  /** Consent to netting, by the period from which it counts, in the order in which it was given. */
  readonly consents: { readonly partner: string; readonly netting: boolean; readonly period: string }[];
}

export function emptyBooks(program: IncentiveProgram): Books {
  return {
    known: noFacts(program),
    transactions: [],
    live: new BookTotals(),
    closed: new BookTotals(),
    closedBefore: nothingClosed,
    openPeriod: program.firstPeriod,
    lastBuckets: [],
    rules: new Map(),
    providedComponents: new Set(),
    tranches: [],
    payouts: new Map(),
    disputes: new Map(),
    mdfRequests: new Map(),
    consents: [],
  };
}

/** Posts an entry under the name of a payee, by default the one that holds the bucket's balances. */
export function post(
  books: Books,
  entry: Transaction,
  payee = balanceHolder(books, entry.bucket.payee, entry.period),
): void {
  if (entry.postings.every(({ amountMinor }) => amountMinor === 0n)) return;
  books.transactions.push({ ...entry, payee });
  books.live.add(entry);
}

/** The period into which something of this date is posted: its month, or the first open one if that is later. */
export function postingPeriod(books: Books, date: string): string {
  const period = periodOf(date);
  return period > books.openPeriod ? period : books.openPeriod;
}

/** The bucket that a merge which pools has moved a bucket into, as of a period. */
export function pooledBucket(
  books: Books,
  { component, payee, currency, window }: BucketId,
  period: string,
): BucketId {
  const day = lastDayOf(period);
  const pooled = pooledPayee(books.known, payee, window.last, (date) => date <= day);
  return { component, payee: pooled, currency, window };
}

/** Who holds a payee's balances as of a period. */
export function balanceHolder(books: Books, payee: string, period: string): string {
  const day = lastDayOf(period);
  return successorOf(books.known, payee, (date) => date <= day);
}

export interface BucketGroup {
  readonly id: BucketId;
  /** The buckets that were moved into it, and itself. */
  readonly members: readonly BucketId[];
  readonly holder: string;
  readonly channel: PayoutChannel;
}

/** All buckets with postings, with those that merges have pooled together, sorted. */
export function bucketGroups(books: Books, totals: BookTotals, period: string): readonly BucketGroup[] {
  const groups = new Map<string, { id: BucketId; members: BucketId[] }>();
  for (const member of totals.buckets()) {
    const id = pooledBucket(books, member, period);
    const group = groups.get(bucketKey(id));
    if (group === undefined) groups.set(bucketKey(id), { id, members: [member] });
    else group.members.push(member);
  }
  return [...groups.values()]
    .map(({ id, members }) => ({
      id,
      members: members.toSorted(compareBuckets),
      holder: balanceHolder(books, id.payee, period),
      channel: isMdfAccount(id) ? ('payout' as const) : channelOf(books, [id, ...members]),
    }))
    .toSorted((a, b) => compareBuckets(a.id, b.id));
}

/** The channel of pooled buckets. The one they were moved into has no rules before its first calculation. */
function channelOf(books: Books, buckets: readonly BucketId[]): PayoutChannel {
  const rules = buckets.map((bucket) => books.rules.get(bucketKey(bucket)));
  return rules.find((one) => one !== undefined)?.channel ?? 'payout';
}

const mdfWindow = { key: '', first: '', last: '9999-12' } as const;

/** The bucket of a partner's MDF requests, which belong to no window. */
export function mdfAccount(component: string, payee: string, currency: string): BucketId {
  return { component, payee, currency, window: mdfWindow };
}

export function isMdfAccount({ window }: BucketId): boolean {
  return window.key === mdfWindow.key;
}

/** True when what a holder is owed may be reduced by what it owes. */
export function allowsNetting(books: Books, payee: string, period: string): boolean {
  const given = books.consents.findLast((consent) => consent.partner === payee && consent.period <= period);
  const { netting, settings } = books.known.program;
  const agreed = Object.hasOwn(netting, payee) ? netting[payee] : undefined;
  return given?.netting ?? agreed ?? settings.netting;
}
