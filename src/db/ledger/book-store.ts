import { createHmac } from 'node:crypto';
import { and, asc, desc, eq, isNull, sql } from 'drizzle-orm';
import { bulkInsert } from '#src/db/bulk.ts';
import { auditKeyOf, type Db } from '#src/db/client.ts';
import { bookClose, bookEvent, bookState, ledgerBook, ledgerBucket } from '#src/db/schema/incentive-books.ts';

export type BookRow = typeof ledgerBook.$inferSelect;
export type CloseRow = typeof bookClose.$inferSelect;
export type BucketRow = typeof ledgerBucket.$inferSelect;
export type EventRow = typeof bookEvent.$inferSelect;

export async function insertBook(tx: Db, row: typeof ledgerBook.$inferInsert): Promise<void> {
  await tx.insert(ledgerBook).values(row);
}

export async function findBook(db: Db, name: string): Promise<BookRow | null> {
  const [found] = await db.select().from(ledgerBook).where(eq(ledgerBook.name, name));
  return found ?? null;
}

export async function allBooks(db: Db): Promise<readonly BookRow[]> {
  return db.select().from(ledgerBook).orderBy(asc(ledgerBook.name));
}

/** The books up to the end of the transaction. Must run under `lockLedger`. */
export async function bookById(tx: Db, id: string): Promise<BookRow | null> {
  const [found] = await tx.select().from(ledgerBook).where(eq(ledgerBook.id, id));
  return found ?? null;
}

export async function setOpenPeriod(tx: Db, id: string, openPeriod: string): Promise<void> {
  await tx.update(ledgerBook).set({ openPeriod }).where(eq(ledgerBook.id, id));
}

/** The events that were not refused, in the order of arrival. */
export async function acceptedEvents(
  db: Db,
  bookId: string,
): Promise<readonly Pick<EventRow, 'seq' | 'payload'>[]> {
  return db
    .select({ seq: bookEvent.seq, payload: bookEvent.payload })
    .from(bookEvent)
    .where(and(eq(bookEvent.bookId, bookId), isNull(bookEvent.refused)))
    .orderBy(asc(bookEvent.seq));
}

/** All events of the books, in the order of arrival. */
export async function eventsOfBook(db: Db, bookId: string): Promise<readonly EventRow[]> {
  return db.select().from(bookEvent).where(eq(bookEvent.bookId, bookId)).orderBy(asc(bookEvent.seq));
}

/** The number of the newest event and its chain; 0 and an empty text while there is none. */
export async function newestEvent(db: Db, bookId: string): Promise<Pick<EventRow, 'seq' | 'chain'>> {
  const [found] = await db
    .select({ seq: bookEvent.seq, chain: bookEvent.chain })
    .from(bookEvent)
    .where(eq(bookEvent.bookId, bookId))
    .orderBy(desc(bookEvent.seq))
    .limit(1);
  return found ?? { seq: 0, chain: '' };
}

type NewEvent = Omit<typeof bookEvent.$inferInsert, 'chain'>;

/** Appends events, each with a keyed hash of itself and the event before it. */
export async function insertEvents(tx: Db, events: readonly NewEvent[], before: string): Promise<void> {
  let chain = before;
  const rows = events.map((event) => {
    chain = eventChain(tx, chain, event);
    return { ...event, chain };
  });
  await bulkInsert(tx, bookEvent, rows);
}

/** The number of the first event that was changed, removed or added by hand; null when the chain is intact. */
export async function firstBrokenEvent(
  db: Db,
  bookId: string,
  hashOf: (payload: unknown) => string,
): Promise<number | null> {
  let chain = '';
  for (const [place, event] of (await eventsOfBook(db, bookId)).entries()) {
    if (event.seq !== place + 1 || event.hash !== hashOf(event.payload)) return event.seq;
    chain = eventChain(db, chain, event);
    if (event.chain !== chain) return event.seq;
  }
  return null;
}

function eventChain(db: Db, before: string, event: NewEvent): string {
  const { bookId, seq, kind, ref, version, businessDate, knownAt, hash, refused } = event;
  const parts = [before, bookId, seq, kind, ref ?? null, version ?? null, businessDate ?? null];
  return createHmac('sha256', auditKeyOf(db))
    .update(JSON.stringify([...parts, knownAt.toISOString(), hash, refused ?? null]))
    .digest('hex');
}

export async function bucketsOf(db: Db, bookId: string): Promise<readonly BucketRow[]> {
  return db.select().from(ledgerBucket).where(eq(ledgerBucket.bookId, bookId));
}

export async function insertBuckets(tx: Db, rows: readonly BucketRow[]): Promise<void> {
  await bulkInsert(tx, ledgerBucket, rows);
}

export interface StateRow {
  readonly kind: string;
  readonly key: string;
  readonly value: unknown;
}

/** The newest value of each key that is not gone, in the order in which the keys were first set. */
export async function stateRows(db: Db, bookId: string): Promise<readonly StateRow[]> {
  const rows = await db.execute<{ kind: string; key: string; value: unknown }>(sql`
    select kind, key, value from (
      select distinct on (kind, key) kind, key, value, min(id) over (partition by kind, key) as first
      from book_state where book_id = ${bookId} order by kind, key, id desc) newest
    where value is not null order by first`);
  return [...rows];
}

export async function insertState(
  tx: Db,
  bookId: string,
  seq: number,
  rows: readonly StateRow[],
): Promise<void> {
  await bulkInsert(
    tx,
    bookState,
    rows.map((row) => ({ bookId, seq, ...row })),
  );
}

export async function closeOf(db: Db, bookId: string, period: string): Promise<CloseRow | null> {
  const [found] = await db
    .select()
    .from(bookClose)
    .where(and(eq(bookClose.bookId, bookId), eq(bookClose.period, period)));
  return found ?? null;
}

/** Starts a close, again when it was started before and not confirmed. */
export async function saveClose(tx: Db, row: typeof bookClose.$inferInsert): Promise<void> {
  await tx
    .insert(bookClose)
    .values(row)
    .onConflictDoUpdate({ target: [bookClose.bookId, bookClose.period], set: row });
}
