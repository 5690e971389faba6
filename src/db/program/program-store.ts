import { desc } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { programVersion } from '#src/db/schema/channel.ts';

export type ProgramVersion = typeof programVersion.$inferSelect;

export async function latestProgram(db: Db): Promise<ProgramVersion | null> {
  const [found] = await db.select().from(programVersion).orderBy(desc(programVersion.version)).limit(1);
  return found ?? null;
}

/** When two processes publish the same version, the first one wins and the other one finds it. */
export async function insertProgram(db: Db, row: typeof programVersion.$inferInsert): Promise<void> {
  await db.insert(programVersion).values(row).onConflictDoNothing();
}
