import { contentHash } from '#src/domain/content-hash.ts';
import type { IncentiveComponent, IncentiveProgram } from '#src/domain/incentive/component.ts';
import type { Exact } from '#src/domain/exact.ts';
import { bucketKey } from '#src/domain/incentive/engine/bucket.ts';
import type { Draw } from '#src/domain/incentive/engine/caps.ts';
import { addFact } from '#src/domain/incentive/engine/known-facts.ts';
import { encodeStored } from '#src/domain/ledger/stored-value.ts';
import type { BookEvent } from './apply-event.ts';
import {
  emptyBooks,
  type Books,
  type ClosedBucket,
  type Dispute,
  type MdfRequest,
  type Payout,
  type Tranche,
} from './books.ts';
import type { PostedTransaction } from './transaction.ts';

/** A part of the books that neither the events nor the postings alone give. */
export interface StateEntry {
  readonly kind: StateKind;
  readonly key: string;
  readonly value: unknown;
}

/** The values of each kind of entry. */
interface StateValues {
  /** Fixed by a close. */
  rate: Exact;
  tier: string;
  draw: readonly Draw[];
  /** By the hash of its content. */
  component: IncentiveComponent;
  /** The hash of the component by which the bucket was last settled. */
  rules: string;
  bucket: Omit<ClosedBucket, 'lines'>;
  provided: true;
  tranche: Tranche;
  payout: Payout;
  dispute: Dispute;
  mdf_request: MdfRequest;
  consent: Books['consents'][number];
}
type StateKind = keyof StateValues;

/** Everything that later events need to know, except facts, postings and lines. */
export function bookStateOf(books: Books): readonly StateEntry[] {
  const entries: StateEntry[] = [];
  const add = <Kind extends StateKind>(kind: Kind, key: string, value: StateValues[Kind]) =>
    entries.push({ kind, key, value });
  const { rates, tiers, draws } = books.closedBefore;
  for (const [key, rate] of rates) add('rate', key, rate);
  for (const [key, tier] of tiers) add('tier', key, tier);
  for (const [key, list] of draws) add('draw', key, list);
  const hashes = new Map<IncentiveComponent, string>();
  for (const [key, rules] of books.rules) {
    let hash = hashes.get(rules);
    if (hash === undefined) {
      hash = contentHash(encodeStored(rules));
      hashes.set(rules, hash);
      add('component', hash, rules);
    }
    add('rules', key, hash);
  }
  for (const one of books.lastBuckets) {
    const { component, payee, currency, window, earnedMinor, adjustmentsMinor, providedMinor } = one;
    const amounts = { earnedMinor, adjustmentsMinor, providedMinor };
    add('bucket', bucketKey(one), { component, payee, currency, window, ...amounts });
  }
  for (const component of books.providedComponents) add('provided', component, true);
  for (const tranche of books.tranches)
    add('tranche', JSON.stringify([tranche.heldIn, bucketKey(tranche.bucket)]), { ...tranche });
  for (const [id, payout] of books.payouts) add('payout', id, payout);
  for (const [id, dispute] of books.disputes) add('dispute', id, dispute);
  for (const [id, request] of books.mdfRequests) add('mdf_request', id, request);
  for (const [place, consent] of books.consents.entries()) add('consent', String(place), consent);
  return entries;
}

export interface StoredBooks {
  readonly program: IncentiveProgram;
  readonly openPeriod: string;
  /** The events that were not refused, in the order of arrival. */
  readonly events: readonly BookEvent[];
  /** Everything posted; entries of one period, reason, bucket and payee may be added up. */
  readonly transactions: readonly PostedTransaction[];
  /** In the order in which the entries were first made. */
  readonly state: readonly StateEntry[];
  /** The lines that the last close gave each bucket, by `bucketKey`. */
  readonly lines: ReadonlyMap<string, ClosedBucket['lines']>;
}

/** The books as the last event left them. Nothing is calculated. */
export function restoreBooks(stored: StoredBooks): Books {
  const books = emptyBooks(stored.program);
  books.openPeriod = stored.openPeriod;
  restoreState(books, stored);
  for (const event of stored.events) {
    if (event.type === 'fact') addFact(books.known, event.fact);
    if (event.type === 'dispute_resolved') restoreAward(books, event);
  }
  for (const entry of stored.transactions) {
    books.transactions.push(entry);
    books.live.add(entry);
    if (entry.period < stored.openPeriod) books.closed.add(entry);
  }
  return books;
}

/** The amount that a dispute awarded is a fact that its event does not name completely. */
function restoreAward(
  books: Books,
  { id, date, adjustMinor }: Extract<BookEvent, { type: 'dispute_resolved' }>,
): void {
  const dispute = books.disputes.get(id);
  if (dispute !== undefined && adjustMinor !== 0n)
    books.known.adjustments.push({ bucket: dispute.bucket, date, amountMinor: adjustMinor });
}

function restoreState(books: Books, { state, lines }: StoredBooks): void {
  const valuesOf = <Kind extends StateKind>(kind: Kind) =>
    state.filter((entry) => entry.kind === kind) as unknown as readonly {
      readonly key: string;
      readonly value: StateValues[Kind];
    }[];
  const mapOf = <Kind extends StateKind>(kind: Kind) =>
    new Map(valuesOf(kind).map(({ key, value }) => [key, value] as const));
  books.closedBefore = { rates: mapOf('rate'), tiers: mapOf('tier'), draws: mapOf('draw'), buckets: [] };
  const components = mapOf('component');
  for (const { key, value } of valuesOf('rules')) {
    const rules = components.get(value);
    if (rules !== undefined) books.rules.set(key, rules);
  }
  books.lastBuckets = valuesOf('bucket').map(({ key, value }) => ({ ...value, lines: lines.get(key) ?? [] }));
  for (const { key } of valuesOf('provided')) books.providedComponents.add(key);
  books.tranches = valuesOf('tranche').map(({ value }) => value);
  for (const { key, value } of valuesOf('payout')) books.payouts.set(key, value);
  for (const { key, value } of valuesOf('dispute')) books.disputes.set(key, value);
  for (const { key, value } of valuesOf('mdf_request')) books.mdfRequests.set(key, value);
  books.consents.push(...valuesOf('consent').map(({ value }) => value));
}
