import { and, eq, isNull, sql } from 'drizzle-orm';
import { bulkInsert, setExcluded } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import { isIn } from '#src/db/is-in.ts';
import { resolution } from '#src/db/schema/connection.ts';

export type Resolution = typeof resolution.$inferSelect;
export type NewResolution = Omit<Resolution, 'decidedBy'>;

/** Saves conflicts. A question that is open already stays open, with the present values of both sides. */
export async function saveResolutions(db: Db, rows: readonly NewResolution[]): Promise<void> {
  await bulkInsert(
    db,
    resolution,
    rows,
    sql`on conflict (connection_id, object, ext_id, field) where winner is null do update set ${setExcluded('base', 'theirs', 'ours', 'mapping_version')}`,
  );
}

/** Open questions about records of an object: the vendor's id → our fields. */
export async function openConflictQuestions(
  db: Db,
  connectionId: string,
  object: string,
  extIds: readonly string[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  if (extIds.length === 0) return new Map();
  const rows = await db
    .select({ extId: resolution.extId, field: resolution.field })
    .from(resolution)
    .where(
      and(
        eq(resolution.connectionId, connectionId),
        eq(resolution.object, object),
        isNull(resolution.winner),
        isIn(resolution.extId, extIds),
      ),
    );
  return new Map(
    [...Map.groupBy(rows, (row) => row.extId)].map(([extId, found]) => [
      extId,
      new Set(found.map((row) => row.field)),
    ]),
  );
}

export interface SettledQuestion {
  readonly extId: string;
  readonly field: string;
  readonly winner: 'crm' | 'fairway';
}

/**
 * Closes questions that no longer need an answer: both sides have the same value, or one side undid its
 * change.
 */
export async function closeQuestions(
  db: Db,
  connectionId: string,
  object: string,
  settled: readonly SettledQuestion[],
  at: Date,
): Promise<void> {
  if (settled.length === 0) return;
  await db.execute(sql`
    update resolution r set winner = x.winner, settled_at = ${at.toISOString()}
    from jsonb_to_recordset(${JSON.stringify(settled)}::text::jsonb) as x("extId" text, field text, winner text)
    where r.connection_id = ${connectionId} and r.object = ${object} and r.ext_id = x."extId" and r.field = x.field and r.winner is null`);
}

export async function findResolution(db: Db, id: string): Promise<Resolution | null> {
  const [found] = await db.select().from(resolution).where(eq(resolution.id, id));
  return found ?? null;
}

/** The same conflict, locked to the end of the transaction, so that it is decided once. */
export async function lockResolution(tx: Db, id: string): Promise<Resolution | null> {
  const [found] = await tx.select().from(resolution).where(eq(resolution.id, id)).for('update');
  return found ?? null;
}

export async function settleResolution(
  tx: Db,
  id: string,
  answer: { readonly winner: 'crm' | 'fairway'; readonly decidedBy: string },
  at: Date,
): Promise<void> {
  await tx
    .update(resolution)
    .set({ ...answer, settledAt: at })
    .where(eq(resolution.id, id));
}
