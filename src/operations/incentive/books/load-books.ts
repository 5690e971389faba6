import {
  acceptedEvents,
  bookById,
  bucketsOf,
  newestEvent,
  stateRows,
  type BookRow,
  type BucketRow,
} from '#src/db/ledger/book-store.ts';
import { newestLines, postedSums, type LineRow, type PostedSum } from '#src/db/ledger/book-postings.ts';
import type { Db } from '#src/db/client.ts';
import { canonicalJson } from '#src/domain/content-hash.ts';
import { AppError } from '#src/domain/errors.ts';
import type { IncentiveProgram } from '#src/domain/incentive/component.ts';
import { bucketKey, type BucketId } from '#src/domain/incentive/engine/bucket.ts';
import type { DesiredLine, LineTrace } from '#src/domain/incentive/engine/calculate.ts';
import type { BookEvent } from '#src/domain/ledger/books/apply-event.ts';
import { restoreBooks, type StateEntry } from '#src/domain/ledger/books/book-state.ts';
import type { Books } from '#src/domain/ledger/books/books.ts';
import type {
  BookAccount,
  PostedTransaction,
  TransactionReason,
} from '#src/domain/ledger/books/transaction.ts';
import { decodeStored } from '#src/domain/ledger/stored-value.ts';

/** Books with what the database holds of them, so that only differences are saved. */
export interface LoadedBooks {
  readonly book: BookRow;
  readonly books: Books;
  /** Of the newest event. */
  readonly seq: number;
  readonly chain: string;
  readonly bucketIds: Map<string, string>;
  /** The stored values in canonical JSON, by `stateKey`. */
  readonly state: ReadonlyMap<string, string>;
  /** The newest rows by `lineKey`, in canonical JSON. */
  readonly lines: ReadonlyMap<string, { readonly row: LineRow; readonly text: string }>;
  /** The number of entries of `books.transactions` that are stored. */
  readonly stored: number;
}

/**
 * Loads the books from the database alone; nothing is calculated. Must run under `lockLedger`.
 *
 * @throws AppError `not_found`
 */
export async function loadBooks(tx: Db, bookId: string): Promise<LoadedBooks> {
  const book = await bookById(tx, bookId);
  if (book === null) throw new AppError('not_found', 'These incentive books do not exist.', { bookId });
  const events = await acceptedEvents(tx, bookId);
  const buckets = new Map((await bucketsOf(tx, bookId)).map((row) => [row.id, bucketOf(row)]));
  const state = await stateRows(tx, bookId);
  const lines = await newestLines(tx, bookId, book.openPeriod);
  const { seq, chain } = await newestEvent(tx, bookId);
  const transactions = transactionsOf(await postedSums(tx, bookId), buckets);
  const books = restoreBooks({
    program: decodeStored<IncentiveProgram>(book.program),
    openPeriod: book.openPeriod,
    events: events.map(({ payload }) => decodeStored<BookEvent>(payload)),
    transactions,
    state: state.map(({ kind, key, value }) => ({
      kind: kind as StateEntry['kind'],
      key,
      value: decodeStored<unknown>(value),
    })),
    lines: closedLines(
      lines.filter(({ isClosed }) => isClosed),
      buckets,
    ),
  });
  return {
    book,
    books,
    seq,
    chain,
    bucketIds: new Map([...buckets].map(([id, bucket]) => [bucketKey(bucket), id])),
    state: new Map(state.map((row) => [stateKey(row), canonicalJson(row.value)])),
    lines: new Map(
      lines
        .filter(({ isNewest, amountMinor }) => isNewest && amountMinor !== null)
        .map((row) => [lineKey(row), { row, text: lineText(row) }]),
    ),
    stored: transactions.length,
  };
}

export function stateKey({ kind, key }: { readonly kind: string; readonly key: string }): string {
  return `${kind} ${key}`;
}

export function lineKey({
  bucketId,
  document,
  line,
  partner,
}: Omit<LineRow, 'amountMinor' | 'trace'>): string {
  return JSON.stringify([bucketId, document, line, partner]);
}

export function lineText({ amountMinor, trace }: Pick<LineRow, 'amountMinor' | 'trace'>): string {
  return canonicalJson([amountMinor, trace]);
}

function bucketOf(row: BucketRow): BucketId {
  const window = { key: row.windowKey, first: row.windowFirst, last: row.windowLast };
  return { component: row.component, payee: row.payee, currency: row.currency, window };
}

function transactionsOf(
  sums: readonly PostedSum[],
  buckets: ReadonlyMap<string, BucketId>,
): readonly PostedTransaction[] {
  const entries = new Map<
    string,
    PostedTransaction & { postings: PostedTransaction['postings'][number][] }
  >();
  for (const { period, reason, bucketId, payee, account, amountMinor } of sums) {
    const bucket = buckets.get(bucketId);
    if (bucket === undefined) throw new AppError('internal', 'A posting has no bucket.', { bucketId });
    const key = JSON.stringify([period, reason, bucketId, payee]);
    const entry = entries.get(key) ?? {
      period,
      reason: reason as TransactionReason,
      bucket,
      payee,
      postings: [],
    };
    entries.set(key, entry);
    entry.postings.push({ account: account as BookAccount, amountMinor });
  }
  return [...entries.values()];
}

function closedLines(
  rows: readonly LineRow[],
  buckets: ReadonlyMap<string, BucketId>,
): ReadonlyMap<string, readonly DesiredLine[]> {
  const lines = new Map<string, DesiredLine[]>();
  for (const { bucketId, document, line, partner, amountMinor, trace } of rows) {
    const bucket = buckets.get(bucketId);
    if (bucket === undefined || amountMinor === null) continue;
    const list = lines.get(bucketKey(bucket)) ?? [];
    lines.set(bucketKey(bucket), list);
    list.push({ document, line, partner, amountMinor, trace: trace as LineTrace });
  }
  return lines;
}
