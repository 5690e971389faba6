import { and, desc, eq, gt, lt, ne, notInArray, sql } from 'drizzle-orm';
import { lockInTransaction } from '#src/db/advisory-locks.ts';
import type { Db } from '#src/db/client.ts';
import { run, runTally } from '#src/db/schema/work.ts';

export type Run = typeof run.$inferSelect;

/** Inserts a run; null when another one is running. */
export async function insertRun(db: Db, row: typeof run.$inferInsert): Promise<Run | null> {
  const [made] = await db.insert(run).values(row).onConflictDoNothing().returning();
  return made ?? null;
}

export async function runningRun(db: Db): Promise<Run | null> {
  const [found] = await db.select().from(run).where(eq(run.status, 'running'));
  return found ?? null;
}

export async function findRun(db: Db, id: string): Promise<Run | null> {
  const [found] = await db.select().from(run).where(eq(run.id, id));
  return found ?? null;
}

export async function lockRun(db: Db, id: string): Promise<Run | null> {
  const [found] = await db.select().from(run).where(eq(run.id, id)).for('update');
  return found ?? null;
}

export async function updateRun(db: Db, id: string, set: Partial<typeof run.$inferInsert>): Promise<void> {
  await db.update(run).set(set).where(eq(run.id, id));
}

/** Ends a run as failed, unless it has ended. */
export async function failRun(db: Db, id: string, error: string, at: Date): Promise<void> {
  await db
    .update(run)
    .set({ status: 'failed', finishedAt: at, error })
    .where(and(eq(run.id, id), eq(run.status, 'running')));
}

/**
 * Locks the start of runs to the end of the transaction, so that no other process starts one between the look
 * at the last run and the start of the next.
 */
export async function lockRunStarts(tx: Db): Promise<void> {
  await lockInTransaction(tx, 'runStarts');
}

export async function hasRunSince(db: Db, since: Date): Promise<boolean> {
  return (await db.$count(run, gt(run.startedAt, since))) > 0;
}

/**
 * Deletes runs that began before `before`, with their jobs and tallies, except the newest `preserved`.
 * Returns their number.
 */
export async function deleteOldRuns(db: Db, before: Date, preserved: number): Promise<number> {
  const newest = db
    .select({ id: run.id })
    .from(run)
    .orderBy(desc(run.startedAt), desc(run.id))
    .limit(preserved);
  const deleted = await db
    .delete(run)
    .where(and(lt(run.startedAt, before), ne(run.status, 'running'), notInArray(run.id, newest)))
    .returning({ id: run.id });
  return deleted.length;
}

/** Adds to a count of a run, such as `pulled:account`. */
export async function addToTally(
  db: Db,
  runId: string,
  connectionId: string,
  measure: string,
  count: number,
): Promise<void> {
  if (count === 0) return;
  await db
    .insert(runTally)
    .values({ runId, connectionId, measure, count })
    .onConflictDoUpdate({
      target: [runTally.runId, runTally.connectionId, runTally.measure],
      set: { count: sql`${runTally.count} + excluded.count` },
    });
}

export async function talliesOf(db: Db, runId: string): Promise<(typeof runTally.$inferSelect)[]> {
  return db.select().from(runTally).where(eq(runTally.runId, runId));
}
