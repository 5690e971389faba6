import { eq, sql } from 'drizzle-orm';
import type { Db } from './client.ts';
import { run, runTally } from './schema/work.ts';

export type Run = typeof run.$inferSelect;

/** Null when another run is under way. */
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

/** Adds to what a run has counted so far, e.g. `pulled:account`. */
export async function tally(db: Db, runId: string, connectionId: string, measure: string, count: number): Promise<void> {
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
