import { and, asc, eq } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { isIn } from '#src/db/is-in.ts';
import { sentJob, writeIntent } from '#src/db/schema/work.ts';
import type { WriteIntent } from './write-store.ts';

export type SentJob = typeof sentJob.$inferSelect;

export async function saveSentJob(db: Db, job: SentJob): Promise<void> {
  await db.insert(sentJob).values(job).onConflictDoNothing();
}

/** The oldest first: a later one may say something newer of the same record. */
export async function sentJobs(db: Db, connectionId: string): Promise<SentJob[]> {
  return db
    .select()
    .from(sentJob)
    .where(eq(sentJob.connectionId, connectionId))
    .orderBy(asc(sentJob.sentAt), asc(sentJob.ticket));
}

/** Those of its writes that are still wanted as they were sent. */
export async function pendingOfJob(db: Db, { intentIds }: SentJob): Promise<WriteIntent[]> {
  return db
    .select()
    .from(writeIntent)
    .where(and(isIn(writeIntent.id, intentIds), eq(writeIntent.status, 'pending')));
}

export async function forgetSentJobs(
  db: Db,
  connectionId: string,
  tickets: readonly string[],
): Promise<void> {
  if (tickets.length === 0) return;
  await db.delete(sentJob).where(and(eq(sentJob.connectionId, connectionId), isIn(sentJob.ticket, tickets)));
}
