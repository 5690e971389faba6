import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { isIn } from '#src/db/is-in.ts';
import { link } from '#src/db/schema/connection.ts';
import { payoutBatch, payoutItem, payoutLine, period, periodReopening } from '#src/db/schema/money.ts';
import { person } from '#src/db/schema/people.ts';
import { writeIntent } from '#src/db/schema/work.ts';

export type PeriodReopening = typeof periodReopening.$inferSelect;

export interface ClosedPeriod {
  readonly period: string;
  readonly closedAt: Date;
}

/** The period that was closed last; null while none is closed. */
export async function lastClose(db: Db): Promise<ClosedPeriod | null> {
  const [found] = await db
    .select()
    .from(period)
    .where(sql`${period.period} = (select max(period) from period)`);
  return found ?? null;
}

export async function batchesOfPeriod(db: Db, name: string) {
  return db.select().from(payoutBatch).where(eq(payoutBatch.period, name)).orderBy(payoutBatch.key);
}

/** Locks the batches of a period, so that none is submitted or approved meanwhile. */
export async function lockBatchesOfPeriod(tx: Db, name: string) {
  return tx
    .select()
    .from(payoutBatch)
    .where(eq(payoutBatch.period, name))
    .orderBy(payoutBatch.key)
    .for('update');
}

/** The request to reopen a period that is not confirmed yet, with the name of the person who made it. */
export async function openReopening(
  db: Db,
  name: string,
): Promise<(PeriodReopening & { readonly requestedByName: string }) | null> {
  const [found] = await db
    .select({ reopening: periodReopening, name: person.name })
    .from(periodReopening)
    .leftJoin(person, eq(person.id, periodReopening.requestedBy))
    .where(and(eq(periodReopening.period, name), isNull(periodReopening.confirmedBy)));
  return found ? { ...found.reopening, requestedByName: found.name ?? 'A former colleague' } : null;
}

/** Replaces an open request for the same period, whose batches may have changed since. */
export async function saveReopening(tx: Db, row: typeof periodReopening.$inferInsert): Promise<void> {
  await tx
    .delete(periodReopening)
    .where(and(eq(periodReopening.period, row.period), isNull(periodReopening.confirmedBy)));
  await tx.insert(periodReopening).values(row);
}

/**
 * Reopens a period: deletes its close and its draft batches, so that their entries are unpaid again.
 * The database refuses this outside the transaction that confirms the request.
 */
export async function deleteClose(
  tx: Db,
  { id, period: name }: Pick<PeriodReopening, 'id' | 'period'>,
  { confirmedBy, confirmedAt }: { readonly confirmedBy: string; readonly confirmedAt: Date },
): Promise<void> {
  await tx
    .update(periodReopening)
    .set({ confirmedBy, confirmedAt, confirmedTx: sql`pg_current_xact_id()::text` })
    .where(eq(periodReopening.id, id));
  const items = await tx
    .select({ id: payoutItem.id })
    .from(payoutItem)
    .innerJoin(payoutBatch, eq(payoutBatch.id, payoutItem.batchId))
    .where(eq(payoutBatch.period, name));
  const itemIds = items.map((item) => item.id);
  // A payout that is drafted again has the same key in the CRM, so it gets the same record there.
  await tx.delete(link).where(isIn(link.recordId, itemIds));
  await tx
    .update(writeIntent)
    .set({ status: 'superseded', settledAt: confirmedAt })
    .where(and(isIn(writeIntent.recordId, itemIds), sql`${writeIntent.status} in ('pending', 'dead')`));
  await tx.delete(payoutLine).where(isIn(payoutLine.itemId, itemIds));
  await tx.delete(payoutItem).where(isIn(payoutItem.id, itemIds));
  await tx.delete(payoutBatch).where(eq(payoutBatch.period, name));
  await tx.delete(period).where(eq(period.period, name));
}
