import { insertBuckets, insertState, setOpenPeriod, type BucketRow } from '#src/db/ledger/book-store.ts';
import { insertLines, type LineRow } from '#src/db/ledger/book-postings.ts';
import { postEntries } from '#src/db/ledger/ledger-store.ts';
import type { Db } from '#src/db/client.ts';
import type { Deps } from '#src/deps.ts';
import { canonicalJson } from '#src/domain/content-hash.ts';
import { bucketKey, type BucketId } from '#src/domain/incentive/engine/bucket.ts';
import type { ClosedBucket } from '#src/domain/ledger/books/books.ts';
import { bookStateOf } from '#src/domain/ledger/books/book-state.ts';
import { encodeStored } from '#src/domain/ledger/stored-value.ts';
import { lineKey, lineText, stateKey, type LoadedBooks } from './load-books.ts';

export interface BookChanges {
  /** The newest event that the changes follow from. */
  readonly seq: number;
  /** The events that posted entries: `upTo` is the number of entries in the books after the event. */
  readonly origins?: readonly { readonly upTo: number; readonly seq: number }[];
  /** A calculation's buckets with their lines, and its period. Null when nothing was calculated. */
  readonly calculated: { readonly period: string; readonly buckets: readonly ClosedBucket[] } | null;
}

/** Saves what has changed since the books were loaded. Returns the number of new entries. */
export async function saveBooks(
  deps: Pick<Deps, 'ids' | 'clock'>,
  tx: Db,
  loaded: LoadedBooks,
  changes: BookChanges,
): Promise<number> {
  const { book, books } = loaded;
  const entries = books.transactions.slice(loaded.stored);
  const calculatedBuckets = changes.calculated?.buckets ?? [];
  await saveBuckets(deps, tx, loaded, [
    ...entries.map(({ bucket }) => bucket),
    ...calculatedBuckets.filter(({ lines }) => lines.length > 0),
  ]);
  const createdAt = deps.clock();
  await postEntries(
    tx,
    entries.map(({ period, reason, bucket, payee, postings }, place) => ({
      id: deps.ids(),
      reason,
      bookId: book.id,
      bucketId: bucketIdOf(loaded, bucket),
      eventSeq: changes.origins?.find(({ upTo }) => loaded.stored + place < upTo)?.seq ?? changes.seq,
      payee,
      component: bucket.component,
      currency: bucket.currency,
      period,
      createdAt,
      postings,
    })),
  );
  if (changes.calculated !== null)
    await insertLines(tx, changes.calculated.period, changedLines(loaded, calculatedBuckets));
  await insertState(tx, book.id, changes.seq, changedState(loaded));
  if (books.openPeriod !== book.openPeriod) await setOpenPeriod(tx, book.id, books.openPeriod);
  return entries.length;
}

async function saveBuckets(
  { ids }: Pick<Deps, 'ids'>,
  tx: Db,
  { book, bucketIds }: LoadedBooks,
  used: readonly BucketId[],
): Promise<void> {
  const rows: BucketRow[] = [];
  for (const bucket of used) {
    const key = bucketKey(bucket);
    if (bucketIds.has(key)) continue;
    const { component, payee, currency, window } = bucket;
    const row = { id: ids(), bookId: book.id, component, payee, currency };
    bucketIds.set(key, row.id);
    rows.push({ ...row, windowKey: window.key, windowFirst: window.first, windowLast: window.last });
  }
  await insertBuckets(tx, rows);
}

function bucketIdOf({ bucketIds }: LoadedBooks, bucket: BucketId): string {
  return bucketIds.get(bucketKey(bucket)) ?? '';
}

/** Rows for the lines that have another amount or trace than the stored ones, and for those that are gone. */
function changedLines(loaded: LoadedBooks, buckets: readonly ClosedBucket[]): readonly LineRow[] {
  const rows: LineRow[] = [];
  const present = new Set<string>();
  for (const bucket of buckets)
    for (const { document, line, partner, amountMinor, trace } of bucket.lines) {
      const row = { bucketId: bucketIdOf(loaded, bucket), document, line, partner, amountMinor, trace };
      const key = lineKey(row);
      present.add(key);
      if (loaded.lines.get(key)?.text !== lineText(row)) rows.push(row);
    }
  for (const [key, { row }] of loaded.lines)
    if (!present.has(key)) {
      const { bucketId, document, line, partner } = row;
      rows.push({ bucketId, document, line, partner, amountMinor: null, trace: null });
    }
  return rows;
}

function changedState({ books, state }: LoadedBooks) {
  const present = new Set<string>();
  const changed = bookStateOf(books).flatMap(({ kind, key, value }) => {
    const encoded = encodeStored(value);
    present.add(stateKey({ kind, key }));
    return state.get(stateKey({ kind, key })) === canonicalJson(encoded)
      ? []
      : [{ kind, key, value: encoded }];
  });
  const gone = [...state.keys()]
    .filter((name) => !present.has(name))
    .map((name) => {
      const [kind = ''] = name.split(' ', 1);
      return { kind, key: name.slice(kind.length + 1), value: null };
    });
  return [...changed, ...gone];
}
