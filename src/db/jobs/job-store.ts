import { and, asc, desc, eq, inArray, isNull, lt, or, sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { job } from '#src/db/schema/work.ts';

export type Job = typeof job.$inferSelect;

export interface NewJob {
  readonly id: string;
  readonly runId: string | null;
  readonly stage: string | null;
  readonly name: string;
  /** When an open job has the same key, this one is not inserted. */
  readonly key?: string;
  readonly payload: unknown;
}

/**
 * Puts jobs in the outbox. Call it in the transaction that makes the work necessary. Returns the number of
 * jobs that were inserted.
 */
export async function addJobs(db: Db, jobs: readonly NewJob[], at: Date): Promise<number> {
  if (jobs.length === 0) return 0;
  const added = await db
    .insert(job)
    .values(jobs.map((one) => ({ ...one, createdAt: at })))
    .onConflictDoNothing()
    .returning({ id: job.id });
  return added.length;
}

/**
 * Marks waiting jobs as queued and returns them. Other relays skip them meanwhile. Commit only after the
 * queue has accepted them.
 */
export async function reserveWaitingJobs(db: Db, limit: number, at: Date): Promise<Job[]> {
  return db
    .update(job)
    .set({ status: 'queued', queuedAt: at, heartbeatAt: at })
    .where(
      inArray(
        job.id,
        db
          .select({ id: job.id })
          .from(job)
          .where(eq(job.status, 'waiting'))
          .orderBy(asc(job.createdAt), asc(job.id))
          .limit(limit)
          .for('update', { skipLocked: true }),
      ),
    )
    .returning();
}

/** Queued jobs without a heartbeat since `before`: the queue may have lost them. */
export async function silentJobs(db: Db, before: Date): Promise<Pick<Job, 'id' | 'name'>[]> {
  return db
    .select({ id: job.id, name: job.name })
    .from(job)
    .where(and(eq(job.status, 'queued'), or(isNull(job.heartbeatAt), lt(job.heartbeatAt, before))));
}

export async function requeueJob(db: Db, id: string): Promise<void> {
  await db
    .update(job)
    .set({ status: 'waiting' })
    .where(and(eq(job.id, id), eq(job.status, 'queued')));
}

export async function findJob(db: Db, id: string): Promise<Job | null> {
  const [found] = await db.select().from(job).where(eq(job.id, id));
  return found ?? null;
}

/** The last job with this key, in any state. */
export async function latestJob(db: Db, key: string): Promise<Job | null> {
  const [found] = await db
    .select()
    .from(job)
    .where(eq(job.key, key))
    .orderBy(desc(job.createdAt), desc(job.id))
    .limit(1);
  return found ?? null;
}

export async function startAttempt(db: Db, id: string, at: Date): Promise<void> {
  await db
    .update(job)
    .set({ attempts: sql`${job.attempts} + 1`, heartbeatAt: at, error: null })
    .where(and(eq(job.id, id), inArray(job.status, ['waiting', 'queued'])));
}

export async function saveProgress(
  db: Db,
  id: string,
  progress: NonNullable<Job['progress']>,
  at: Date,
): Promise<void> {
  await db.update(job).set({ progress, heartbeatAt: at }).where(eq(job.id, id));
}

/** Ends a job. False when it had ended before: then nothing may follow from this call. */
export async function settleJob(
  db: Db,
  id: string,
  outcome: { readonly status: 'done' | 'failed'; readonly error: string | null },
  at: Date,
): Promise<boolean> {
  const settled = await db
    .update(job)
    .set({ ...outcome, finishedAt: at })
    .where(and(eq(job.id, id), inArray(job.status, ['waiting', 'queued'])))
    .returning({ id: job.id });
  return settled.length > 0;
}

/**
 * Deletes jobs outside a run that ended before `before`; those of a run are deleted with it. Returns their
 * number.
 */
export async function deleteOldJobs(db: Db, before: Date): Promise<number> {
  const deleted = await db
    .delete(job)
    .where(and(isNull(job.runId), inArray(job.status, ['done', 'failed']), lt(job.finishedAt, before)))
    .returning({ id: job.id });
  return deleted.length;
}

/** Deletes jobs with this name that succeeded before `before`. Returns their number. */
export async function deleteDoneJobs(db: Db, name: string, before: Date): Promise<number> {
  const deleted = await db
    .delete(job)
    .where(and(eq(job.name, name), eq(job.status, 'done'), lt(job.finishedAt, before)))
    .returning({ id: job.id });
  return deleted.length;
}

export async function openJobsOf(db: Db, runId: string, stage: string): Promise<number> {
  return db.$count(
    job,
    and(eq(job.runId, runId), eq(job.stage, stage), inArray(job.status, ['waiting', 'queued'])),
  );
}

export async function failedJobsOf(db: Db, runId: string): Promise<number> {
  return db.$count(job, and(eq(job.runId, runId), eq(job.status, 'failed')));
}

export async function jobsOf(db: Db, runId: string): Promise<Job[]> {
  return db.select().from(job).where(eq(job.runId, runId)).orderBy(asc(job.createdAt), asc(job.id));
}
