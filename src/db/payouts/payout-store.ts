import { aliasedTable, and, asc, eq, exists, inArray, isNotNull, isNull, ne, or, sql } from 'drizzle-orm';
import { bulkInsert } from '#src/db/bulk.ts';
import type { Payee } from '#src/domain/payouts/payee.ts';
import type { Db } from '#src/db/client.ts';
import { isIn } from '#src/db/is-in.ts';
import { partner } from '#src/db/schema/channel.ts';
import { payoutBatch, payoutItem } from '#src/db/schema/money.ts';

export type PayoutBatch = typeof payoutBatch.$inferSelect;
export type PayoutItem = typeof payoutItem.$inferSelect & Payee & { readonly accountId: string };

const namesake = aliasedTable(partner, 'namesake');

function payeeColumns(db: Db) {
  const otherHolders = db
    .select({ one: sql`1` })
    .from(namesake)
    // Merged partners share a code rightly, and the code of a merged partner may be given to another one.
    .where(
      and(
        eq(namesake.code, partner.code),
        sql`coalesce(${namesake.mergedInto}, ${namesake.id}) <> coalesce(${partner.mergedInto}, ${partner.id})`,
        or(isNull(namesake.mergedInto), isNotNull(partner.mergedInto)),
      ),
    );
  return {
    partnerName: partner.name,
    partnerCode: partner.code,
    codeIsShared: sql<boolean>`${exists(otherHolders)}`,
  };
}

/** The payee of each of these partners, by the partner's id. */
export async function payeesOf(db: Db, partnerIds: readonly string[]): Promise<Map<string, Payee>> {
  const rows = await db
    .select({ partnerId: partner.id, ...payeeColumns(db) })
    .from(partner)
    .where(isIn(partner.id, partnerIds));
  return new Map(rows.map((row) => [row.partnerId, row]));
}

/** The payouts that exist among these ids. */
export async function knownPayoutIds(db: Db, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db.select({ id: payoutItem.id }).from(payoutItem).where(isIn(payoutItem.id, ids));
  return new Set(rows.map((row) => row.id));
}

export async function insertBatches(
  tx: Db,
  batches: readonly (typeof payoutBatch.$inferInsert)[],
  items: readonly (typeof payoutItem.$inferInsert)[],
): Promise<void> {
  await bulkInsert(tx, payoutBatch, batches);
  await bulkInsert(tx, payoutItem, items);
}

export async function findBatch(db: Db, id: string): Promise<PayoutBatch | null> {
  const [found] = await db.select().from(payoutBatch).where(eq(payoutBatch.id, id));
  return found ?? null;
}

/** The same batch, locked to the end of the transaction. */
export async function lockBatch(tx: Db, id: string): Promise<PayoutBatch | null> {
  const [found] = await tx.select().from(payoutBatch).where(eq(payoutBatch.id, id)).for('update');
  return found ?? null;
}

export async function updateBatch(
  tx: Db,
  id: string,
  set: Partial<typeof payoutBatch.$inferInsert>,
): Promise<void> {
  await tx.update(payoutBatch).set(set).where(eq(payoutBatch.id, id));
}

/** Changes the keys of items. Two passes allow two items to exchange their keys. */
export async function renameItems(
  tx: Db,
  items: readonly { readonly id: string; readonly key: string }[],
): Promise<void> {
  for (const { id } of items) await tx.update(payoutItem).set({ key: id }).where(eq(payoutItem.id, id));
  for (const { id, key } of items) await tx.update(payoutItem).set({ key }).where(eq(payoutItem.id, id));
}

/** Marks the released file as written to every folder. */
export async function confirmFile(db: Db, id: string, at: Date): Promise<void> {
  await db
    .update(payoutBatch)
    .set({ fileWrittenAt: at })
    .where(
      and(eq(payoutBatch.id, id), eq(payoutBatch.status, 'exported'), isNull(payoutBatch.fileWrittenAt)),
    );
}

/** Batches that are not released, and released ones whose file is not in every folder. */
export async function batchesAwaitingFile(db: Db): Promise<PayoutBatch[]> {
  return db
    .select()
    .from(payoutBatch)
    .where(or(ne(payoutBatch.status, 'exported'), isNull(payoutBatch.fileWrittenAt)))
    .orderBy(asc(payoutBatch.key));
}

/** Items with the partners they pay, in the order of their keys. */
export async function payoutItems(db: Db, batchIds: readonly string[]): Promise<PayoutItem[]> {
  const rows = await db
    .select({ item: payoutItem, ...payeeColumns(db), accountId: partner.accountId })
    .from(payoutItem)
    .innerJoin(partner, eq(partner.id, payoutItem.partnerId))
    .where(inArray(payoutItem.batchId, [...batchIds]))
    .orderBy(asc(payoutItem.key));
  return rows.map(({ item, ...rest }) => ({ ...item, ...rest }));
}

export async function batchesByIds(db: Db, ids: readonly string[]): Promise<PayoutBatch[]> {
  return ids.length === 0
    ? []
    : db
        .select()
        .from(payoutBatch)
        .where(inArray(payoutBatch.id, [...new Set(ids)]));
}

export async function countPayouts(db: Db): Promise<number> {
  return db.$count(payoutItem);
}
