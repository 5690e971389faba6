import { and, count, desc, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { payoutBatch } from '#src/db/schema/money.ts';
import { connection } from '#src/db/schema/connection.ts';
import { job, problem, run, runTally } from '#src/db/schema/work.ts';

export type RunRow = typeof run.$inferSelect;

export async function listRuns(db: Db, limit: number): Promise<RunRow[]> {
  return db.select().from(run).orderBy(desc(run.startedAt), desc(run.id)).limit(limit);
}

export async function findRunRow(db: Db, id: string): Promise<RunRow | null> {
  const [found] = await db.select().from(run).where(eq(run.id, id));
  return found ?? null;
}

export async function lastFinishedRun(db: Db): Promise<RunRow | null> {
  const [found] = await db
    .select()
    .from(run)
    .where(inArray(run.status, ['done', 'failed']))
    .orderBy(desc(run.startedAt))
    .limit(1);
  return found ?? null;
}

export async function runningRunRow(db: Db): Promise<RunRow | null> {
  const [found] = await db.select().from(run).where(eq(run.status, 'running'));
  return found ?? null;
}

export interface StageProgress {
  readonly stage: string;
  readonly jobs: number;
  readonly done: number;
  readonly failed: number;
  /**
   * The progress that each running job reports, e.g. `Accounts`, 1200 of 5000. The total is null while it is
   * unknown.
   */
  readonly steps: readonly { readonly label: string; readonly done: number; readonly total: number | null }[];
}

/** The stages of a run, in the order in which they began. */
export async function stageProgress(db: Db, runId: string): Promise<StageProgress[]> {
  const rows = await db
    .select({
      stage: sql<string>`${job.stage}`,
      jobs: count(),
      done: sql<number>`(count(*) filter (where ${job.status} = 'done'))::int`,
      failed: sql<number>`(count(*) filter (where ${job.status} = 'failed'))::int`,
      steps: sql<
        StageProgress['steps']
      >`coalesce(jsonb_agg(${job.progress} order by ${job.createdAt}) filter (where ${job.progress} is not null), '[]'::jsonb)`,
    })
    .from(job)
    .where(and(eq(job.runId, runId), isNotNull(job.stage)))
    .groupBy(job.stage)
    .orderBy(sql`min(${job.createdAt})`);
  return rows;
}

export async function runTallies(db: Db, runId: string) {
  return db
    .select({
      connectionId: runTally.connectionId,
      connectionName: connection.name,
      measure: runTally.measure,
      count: runTally.count,
    })
    .from(runTally)
    .innerJoin(connection, eq(connection.id, runTally.connectionId))
    .where(eq(runTally.runId, runId))
    .orderBy(connection.name, runTally.measure);
}

/** The number of open problems, and of different causes among them. */
export async function openProblemCounts(db: Db): Promise<{ records: number; causes: number }> {
  const [row] = await db
    .select({
      records: count(),
      causes: sql<number>`count(distinct (${problem.source}, ${problem.connectionId}, ${problem.object}, ${problem.code}))::int`,
    })
    .from(problem)
    .where(eq(problem.status, 'open'));
  return row ?? { records: 0, causes: 0 };
}

export async function openBatches(db: Db) {
  return db
    .select({
      id: payoutBatch.id,
      key: payoutBatch.key,
      period: payoutBatch.period,
      status: payoutBatch.status,
      totalMinor: payoutBatch.totalMinor,
      currency: payoutBatch.currency,
    })
    .from(payoutBatch)
    .where(inArray(payoutBatch.status, ['draft', 'submitted', 'approved']))
    .orderBy(payoutBatch.period, payoutBatch.currency);
}

export async function connectionHealth(db: Db) {
  return db
    .select({
      id: connection.id,
      name: connection.name,
      kind: connection.kind,
      status: connection.status,
      failure: connection.failure,
      pausedUntil: connection.pausedUntil,
      checkedAt: connection.checkedAt,
    })
    .from(connection)
    .orderBy(connection.createdAt, connection.name);
}

export interface Activity {
  readonly at: Date;
  /** Null for Fairway itself. */
  readonly actor: string | null;
  readonly action: string;
  readonly subjectKind: string;
  readonly subjectId: string;
  /** The number or name of the subject; null when it has none. */
  readonly subject: string | null;
  readonly reason: string | null;
}

const audited = sql`
  select a.at, p.name as actor, a.action, a.subject_kind as "subjectKind", a.subject_id as "subjectId", a.reason,
         coalesce(r.number, b.key, q.name, c.name, o.period, l.name, n.name) as subject
    from audit_event a
    left join person p on p.id = a.actor_id
    left join registration r on r.id = a.subject_id
    left join payout_batch b on b.id = a.subject_id
    left join person q on q.id = a.subject_id
    left join connection c on c.id = a.subject_id
    left join lifecycle_person l on l.id = a.subject_id
    left join partner n on n.id = a.subject_id
    left join period_reopening o on o.id = a.subject_id`;

export async function recentActivity(db: Db, limit: number): Promise<Activity[]> {
  const rows = await db.execute(
    sql`${audited} where a.subject_kind <> 'access' order by a.id desc limit ${limit}`,
  );
  return rows.map((row) => ({ ...row, at: new Date(row['at'] as string) }) as Activity);
}

/** Actions on these records, newest first. */
export async function recordActivity(db: Db, subjectIds: readonly string[]): Promise<Activity[]> {
  const rows = await db.execute(
    sql`${audited} where a.subject_id in (select value::uuid from jsonb_array_elements_text(${JSON.stringify(subjectIds)}::text::jsonb)) order by a.id desc limit 200`,
  );
  return rows.map((row) => ({ ...row, at: new Date(row['at'] as string) }) as Activity);
}

/** @throws Error when the database does not answer */
export async function pingDatabase(db: Db): Promise<void> {
  await db.execute(sql`select 1`);
}
