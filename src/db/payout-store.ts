import { and, asc, eq, inArray, ne } from 'drizzle-orm';
import { bulkInsert } from './bulk.ts';
import type { Db } from './client.ts';
import { partner } from './schema/channel.ts';
import { payoutBatch, payoutItem } from './schema/money.ts';

export type PayoutBatch = typeof payoutBatch.$inferSelect;
export type PayoutItem = typeof payoutItem.$inferSelect & {
  readonly partnerName: string;
  readonly partnerCode: string | null;
  readonly accountId: string;
};

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

/** The same, and nobody else may change it until the transaction ends. */
export async function lockBatch(tx: Db, id: string): Promise<PayoutBatch | null> {
  const [found] = await tx.select().from(payoutBatch).where(eq(payoutBatch.id, id)).for('update');
  return found ?? null;
}

export async function updateBatch(tx: Db, id: string, set: Partial<typeof payoutBatch.$inferInsert>): Promise<void> {
  await tx.update(payoutBatch).set(set).where(eq(payoutBatch.id, id));
}

export async function unexportedBatches(db: Db): Promise<PayoutBatch[]> {
  return db.select().from(payoutBatch).where(ne(payoutBatch.status, 'exported')).orderBy(asc(payoutBatch.key));
}

/** Items with the partner they pay, by key. All batches when none are named. */
export async function payoutItems(db: Db, batchIds?: readonly string[]): Promise<PayoutItem[]> {
  const rows = await db
    .select({ item: payoutItem, partnerName: partner.name, partnerCode: partner.code, accountId: partner.accountId })
    .from(payoutItem)
    .innerJoin(partner, eq(partner.id, payoutItem.partnerId))
    .where(and(batchIds ? inArray(payoutItem.batchId, [...batchIds]) : undefined))
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
