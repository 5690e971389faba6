import type { RemoteFailure } from '#connectors/contract/failures.ts';
import type { BudgetWindow } from '#connectors/contract/limits.ts';
import type { RemoteFields } from '#connectors/contract/records.ts';
import type { SystemKind } from '#connectors/contract/remote-system.ts';
import { and, desc, eq, sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { massDeletionCode } from '#src/db/sync/problem-store.ts';
import { alert, budget, connection, listening } from '#src/db/schema/connection.ts';
import { job, problem } from '#src/db/schema/work.ts';

/** A connection as its page shows it. `dead-letter-view.ts` has its dead letters. */
export interface ConnectionOnPage {
  readonly id: string;
  readonly kind: SystemKind;
  readonly name: string;
  readonly settings: RemoteFields;
  readonly status: 'active' | 'failing' | 'disabled';
  readonly account: string | null;
  readonly failure: RemoteFailure | null;
  readonly callsUsed: number | null;
  readonly callsAllowed: number | null;
  readonly pausedUntil: Date | null;
  readonly pauseReason: string | null;
  readonly dailyCallLimit: number | null;
  readonly removalLimitPercent: number;
  readonly checkedAt: Date | null;
  readonly installedAt: Date | null;
}

/** All columns except the secrets; null when there is no such connection. */
export async function connectionForPage(db: Db, id: string): Promise<ConnectionOnPage | null> {
  const [found] = await db
    .select({
      id: connection.id,
      kind: connection.kind,
      name: connection.name,
      settings: connection.settings,
      status: connection.status,
      account: connection.account,
      failure: connection.failure,
      callsUsed: connection.callsUsed,
      callsAllowed: connection.callsAllowed,
      pausedUntil: connection.pausedUntil,
      pauseReason: connection.pauseReason,
      dailyCallLimit: connection.dailyCallLimit,
      removalLimitPercent: connection.removalLimitPercent,
      checkedAt: connection.checkedAt,
      installedAt: connection.installedAt,
    })
    .from(connection)
    .where(eq(connection.id, id));
  return found ?? null;
}

/** The state of one object's data and the progress of the current read. */
export interface ObjectReading {
  readonly object: string;
  readonly records: number;
  readonly unmapped: number;
  readonly completedAt: Date | null;
  /** When the whole object was last compared, by a first read or a reconciliation. */
  readonly scannedAt: Date | null;
  /**
   * Null when no read is running. `initial` is true when the object was never read to the end, so that the read
   * covers all of it.
   */
  readonly reading: {
    readonly initial: boolean;
    readonly done: number;
    readonly total: number | null;
    readonly startedAt: Date | null;
  } | null;
}

export async function objectReadings(db: Db, connectionId: string): Promise<ObjectReading[]> {
  const rows = await db.execute(sql`
    select object, coalesce(r.records, 0)::int as records, coalesce(r.unmapped, 0)::int as unmapped, k.completed_at, k.scanned_at,
           k.started_at is not null as under_way, k.since is null as initial, k.done, k.total, k.read_started_at
      from (select * from cursor where connection_id = ${connectionId}) k
      full join (select object, count(*) filter (where not deleted) as records,
                        count(*) filter (where mapped_hash is distinct from hash) as unmapped
                   from remote_record where connection_id = ${connectionId} group by object) r using (object)
     order by object`);
  return rows.map((row) => ({
    object: row['object'] as string,
    records: row['records'] as number,
    unmapped: row['unmapped'] as number,
    completedAt: dateOf(row['completed_at']),
    scannedAt: dateOf(row['scanned_at']),
    reading:
      row['under_way'] === true
        ? {
            initial: row['initial'] === true,
            done: row['done'] as number,
            total: row['total'] as number | null,
            startedAt: dateOf(row['read_started_at']),
          }
        : null,
  }));
}

export interface HourOfTraffic {
  /** The beginning of the hour, UTC. */
  readonly hour: Date;
  /** New or changed records that were read, by runs (counted at their start) and by hints. */
  readonly read: number;
  readonly written: number;
}

/** The 24 hours up to `now`, oldest first. The last one is not over. */
export async function trafficOf(db: Db, connectionId: string, now: Date): Promise<HourOfTraffic[]> {
  const rows = await db.execute(sql`
    with hours as (
      select generate_series(date_trunc('hour', ${now.toISOString()}::timestamptz) - interval '23 hours',
                             date_trunc('hour', ${now.toISOString()}::timestamptz), interval '1 hour') as hour),
    events as (
      select r.started_at as at, t.count as read, 0 as written
        from run_tally t join run r on r.id = t.run_id
       where t.connection_id = ${connectionId} and t.measure like 'pulled:%'
      union all
      select at, 1, 0 from remote_change where connection_id = ${connectionId} and via = 'hint'
      union all
      select settled_at, 0, 1 from write_intent where connection_id = ${connectionId} and status = 'done')
    select h.hour, coalesce(sum(e.read), 0)::int as read, coalesce(sum(e.written), 0)::int as written
      from hours h left join events e on e.at >= h.hour and e.at < h.hour + interval '1 hour'
     group by h.hour order by h.hour`);
  return rows.map((row) => ({
    hour: new Date(row['hour'] as string),
    read: row['read'] as number,
    written: row['written'] as number,
  }));
}

/** One kind of waiting work, and when the oldest piece of it began to wait. */
export interface BacklogPart {
  readonly count: number;
  readonly oldestAt: Date | null;
}

export interface Backlog {
  /** Writes to be sent. */
  readonly writes: BacklogPart;
  /** Writes that the vendor refused; a person has to change something. */
  readonly refused: BacklogPart;
  /** Records that were read and not yet placed. */
  readonly unmapped: BacklogPart;
  /** Hints whose records were not yet fetched. */
  readonly hints: BacklogPart;
  /** Conflicts that a person is to decide. */
  readonly conflicts: BacklogPart;
}

export async function backlogOf(db: Db, connectionId: string): Promise<Backlog> {
  const [row] = await db.execute(sql`
    with w as (select count(*) filter (where status = 'pending')::int as writes, min(created_at) filter (where status = 'pending') as writes_at,
                      count(*) filter (where status = 'dead')::int as refused, min(created_at) filter (where status = 'dead') as refused_at
                 from write_intent where connection_id = ${connectionId} and status in ('pending', 'dead')),
         u as (select count(*)::int as unmapped, min(pulled_at) as unmapped_at
                 from remote_record where connection_id = ${connectionId} and mapped_hash is distinct from hash),
         h as (select count(*)::int as hints, min(first_at) as hints_at from hint where connection_id = ${connectionId}),
         c as (select count(*)::int as conflicts, min(at) as conflicts_at
                 from resolution where connection_id = ${connectionId} and winner is null)
    select * from w, u, h, c`);
  const waiting = (name: string): BacklogPart => ({
    count: (row?.[name] as number | undefined) ?? 0,
    oldestAt: dateOf(row?.[`${name}_at`]),
  });
  return {
    writes: waiting('writes'),
    refused: waiting('refused'),
    unmapped: waiting('unmapped'),
    hints: waiting('hints'),
    conflicts: waiting('conflicts'),
  };
}

export interface BudgetRow {
  readonly window: BudgetWindow['name'];
  readonly allowed: number;
  /** All calls in a long window, and Fairway's calls among them. `callTimes` has those of a short window. */
  readonly used: number;
  readonly usedByFairway: number;
  /** When each call of a short window was allowed to leave, in seconds since 1970. */
  readonly callTimes: readonly number[];
  readonly windowStartedAt: Date;
  readonly blockedUntil: Date | null;
}

export async function budgetRows(db: Db, connectionId: string): Promise<BudgetRow[]> {
  return db
    .select({
      window: budget.window,
      allowed: budget.allowed,
      used: budget.used,
      usedByFairway: budget.usedByFairway,
      callTimes: budget.callTimes,
      windowStartedAt: budget.windowStartedAt,
      blockedUntil: budget.blockedUntil,
    })
    .from(budget)
    .where(eq(budget.connectionId, connectionId));
}

export interface ListeningState {
  readonly lastEventAt: Date | null;
  /** Until when the listening process has its lease. */
  readonly leasedUntil: Date | null;
  readonly error: string | null;
}

/** Null when no process ever listened: the vendor has no stream or sends webhooks. */
export async function listeningOf(db: Db, connectionId: string): Promise<ListeningState | null> {
  const [found] = await db
    .select({
      lastEventAt: listening.lastEventAt,
      leasedUntil: listening.leasedUntil,
      error: listening.error,
    })
    .from(listening)
    .where(eq(listening.connectionId, connectionId));
  return found ?? null;
}

/** The newest reconciliation of one kind. */
export interface ReconcileJob {
  readonly kind: string;
  readonly status: 'waiting' | 'queued' | 'done' | 'failed';
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
  readonly error: string | null;
  readonly progress: { readonly label: string; readonly done: number; readonly total: number | null } | null;
}

/**
 * One for each kind. Old ones have been deleted; `scannedAt` of the object is when the last one succeeded.
 */
export async function reconcileJobs(db: Db, connectionId: string): Promise<ReconcileJob[]> {
  const kind = sql<string>`${job.payload} ->> 'kind'`;
  return db
    .selectDistinctOn([kind], {
      kind,
      status: job.status,
      createdAt: job.createdAt,
      finishedAt: job.finishedAt,
      error: job.error,
      progress: job.progress,
    })
    .from(job)
    .where(and(eq(job.name, 'reconcile'), sql`${job.payload} ->> 'connectionId' = ${connectionId}`))
    .orderBy(kind, desc(job.createdAt), desc(job.id));
}

/**
 * The messages of reconciliations that stopped because too many records were missing, one for each object.
 */
export async function massDeletionMessages(db: Db, connectionId: string): Promise<string[]> {
  const rows = await db
    .select({ message: problem.message })
    .from(problem)
    .where(
      and(
        eq(problem.connectionId, connectionId),
        eq(problem.code, massDeletionCode),
        eq(problem.status, 'open'),
      ),
    )
    .orderBy(problem.object);
  return rows.map((row) => row.message);
}

/** The last changes of the connection's health, newest first. */
export async function recentAlerts(db: Db, connectionId: string, limit: number) {
  return db
    .select({ state: alert.state, message: alert.message, at: alert.at })
    .from(alert)
    .where(eq(alert.connectionId, connectionId))
    .orderBy(desc(alert.at), desc(alert.id))
    .limit(limit);
}

/** A raw statement returns an instant as text. */
function dateOf(value: unknown): Date | null {
  return typeof value === 'string' ? new Date(value) : null;
}
