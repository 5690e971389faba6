import { and, asc, eq } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { isIn } from '#src/db/is-in.ts';
import { bulkJob, writeIntent } from '#src/db/schema/work.ts';
import type { WriteIntent } from './write-store.ts';

export type BulkJob = typeof bulkJob.$inferSelect;

export async function saveBulkJob(db: Db, job: BulkJob): Promise<void> {
  await db.insert(bulkJob).values(job).onConflictDoNothing();
}

/** Oldest first, because a later job may have a newer value for the same record. */
export async function openBulkJobs(db: Db, connectionId: string): Promise<BulkJob[]> {
  return db
    .select()
    .from(bulkJob)
    .where(eq(bulkJob.connectionId, connectionId))
    .orderBy(asc(bulkJob.sentAt), asc(bulkJob.ticket));
}

/** The writes of a job that were not replaced since they were sent. */
export async function pendingIntentsOfJob(db: Db, { intentIds }: BulkJob): Promise<WriteIntent[]> {
  return db
    .select()
    .from(writeIntent)
    .where(and(isIn(writeIntent.id, intentIds), eq(writeIntent.status, 'pending')));
}

export async function deleteBulkJobs(
  db: Db,
  connectionId: string,
  tickets: readonly string[],
): Promise<void> {
  if (tickets.length === 0) return;
  await db.delete(bulkJob).where(and(eq(bulkJob.connectionId, connectionId), isIn(bulkJob.ticket, tickets)));
}
