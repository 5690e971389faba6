import { asc, desc, eq, sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { programVersion } from '#src/db/schema/program.ts';

export type ProgramVersion = typeof programVersion.$inferSelect;

/** The version with the highest number, in force or not yet. */
export async function latestProgram(db: Db): Promise<ProgramVersion | null> {
  const [found] = await db.select().from(programVersion).orderBy(desc(programVersion.version)).limit(1);
  return found ?? null;
}

/** The version in force at an instant. Each version begins after the one before it, or at the same time. */
export async function programInForce(db: Db, at: Date): Promise<ProgramVersion | null> {
  const [found] = await db
    .select()
    .from(programVersion)
    .where(
      sql`${programVersion.effectiveFrom} is null or ${programVersion.effectiveFrom} <= ${at.toISOString()}::timestamptz`,
    )
    .orderBy(desc(programVersion.version))
    .limit(1);
  return found ?? null;
}

export async function findProgram(db: Db, version: number): Promise<ProgramVersion | null> {
  const [found] = await db.select().from(programVersion).where(eq(programVersion.version, version));
  return found ?? null;
}

/** Oldest first. */
export async function listPrograms(db: Db): Promise<ProgramVersion[]> {
  return db.select().from(programVersion).orderBy(asc(programVersion.version));
}

/** When two processes publish the same version, the first one wins and the other one finds it. */
export async function insertProgram(db: Db, row: typeof programVersion.$inferInsert): Promise<void> {
  await db.insert(programVersion).values(row).onConflictDoNothing();
}
