import type { BudgetWindow, WindowReading } from '#connectors/contract/limits.ts';
import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import { maxShortWindowS, type BudgetState } from '#src/domain/connections/budget.ts';
import type { Db } from '#src/db/client.ts';
import { isIn } from '#src/db/is-in.ts';
import { budget, connection } from '#src/db/schema/connection.ts';

/**
 * A short window is made a little longer, because vendors count calls at their arrival, which may be closer
 * together than their departure.
 */
const paddedMs = (lengthMs: number): number =>
  lengthMs > maxShortWindowS * 1_000 ? lengthMs : lengthMs + Math.max(150, lengthMs / 20);

/**
 * Inserts the missing rows of these limits. A limit that the vendor has reported is not replaced by the
 * declared one.
 */
export async function ensureBudgets(
  db: Db,
  connectionId: string,
  windows: readonly BudgetWindow[],
): Promise<void> {
  const saved = await db.$count(connection, eq(connection.id, connectionId));
  if (saved === 0 || windows.length === 0) return;
  // In the order in which `lockBudgets` locks them, so that two transactions never wait for each other.
  const ordered = windows.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const rows = ordered.map(({ name, allowed }) => ({
    connectionId,
    window: name,
    allowed,
    windowStartedAt: sql`clock_timestamp()`,
  }));
  await db
    .insert(budget)
    .values(rows)
    .onConflictDoUpdate({
      target: [budget.connectionId, budget.window],
      set: { allowed: sql`excluded.allowed` },
      setWhere: isNull(budget.reportedAt),
    });
}

export interface LockedBudgets {
  readonly states: readonly BudgetState[];
  /** The database's clock after all rows were locked, in seconds since 1970. All processes use this clock. */
  readonly now: number;
}

/** Locks the rows of these limits, always in the same order. Returns fewer states when rows are missing. */
export async function lockBudgets(
  tx: Db,
  connectionId: string,
  windows: readonly BudgetWindow[],
): Promise<LockedBudgets> {
  const seconds = (
    column: typeof budget.windowStartedAt | typeof budget.reportedAt | typeof budget.blockedUntil,
  ) => sql<number | null>`extract(epoch from ${column})::float8`;
  const rows = await tx
    .select({
      name: budget.window,
      allowed: budget.allowed,
      callTimes: budget.callTimes,
      used: budget.used,
      usedByFairway: budget.usedByFairway,
      dailyLimit: connection.dailyCallLimit,
      startedAt: seconds(budget.windowStartedAt),
      reportedAt: seconds(budget.reportedAt),
      blockedUntil: seconds(budget.blockedUntil),
    })
    .from(budget)
    .innerJoin(connection, eq(connection.id, budget.connectionId))
    .where(
      and(
        eq(budget.connectionId, connectionId),
        isIn(
          budget.window,
          windows.map(({ name }) => name),
        ),
      ),
    )
    .orderBy(asc(budget.window))
    .for('update', { of: budget });
  const [clock] = await tx.execute<{ now: number }>(
    sql`select extract(epoch from clock_timestamp())::float8 as now`,
  );
  if (!clock) throw new Error('the database returned no time');
  const lengthOf = new Map(windows.map(({ name, lengthMs }) => [name, paddedMs(lengthMs) / 1_000]));
  const states = rows.map((row) => ({
    ...row,
    length: lengthOf.get(row.name) ?? 0,
    startedAt: row.startedAt ?? 0,
  }));
  return { states, now: clock.now };
}

/** Call it in the transaction that locked the rows. */
export async function saveBudgets(
  tx: Db,
  connectionId: string,
  states: readonly BudgetState[],
): Promise<void> {
  const saves = states.map(({ name, callTimes, used, usedByFairway, startedAt, reportedAt }) =>
    tx
      .update(budget)
      .set({
        callTimes: [...callTimes],
        used,
        usedByFairway,
        windowStartedAt: sql`to_timestamp(${startedAt}::float8)`,
        reportedAt: reportedAt === null ? null : sql`to_timestamp(${reportedAt}::float8)`,
      })
      .where(and(eq(budget.connectionId, connectionId), sql`${budget.window} = ${name}`)),
  );
  await Promise.all(saves);
}

/** True while one of these limits is blocked for all processes. */
export async function isBlocked(
  db: Db,
  connectionId: string,
  windows: readonly BudgetWindow[],
): Promise<boolean> {
  const names = windows.map(({ name }) => name);
  const blocked = sql`${budget.blockedUntil} > clock_timestamp()`;
  return (
    (await db.$count(
      budget,
      and(eq(budget.connectionId, connectionId), isIn(budget.window, names), blocked),
    )) > 0
  );
}

export async function blockWindow(
  db: Db,
  connectionId: string,
  window: BudgetWindow['name'],
  ms: number,
): Promise<void> {
  await db
    .update(budget)
    .set({
      blockedUntil: sql`greatest(${budget.blockedUntil}, clock_timestamp() + ${ms} * interval '1 millisecond')`,
    })
    .where(and(eq(budget.connectionId, connectionId), eq(budget.window, window)));
}

export async function saveReading(
  db: Db,
  connectionId: string,
  { name, allowed, used }: WindowReading,
): Promise<void> {
  await db
    .update(budget)
    .set({ allowed, used, reportedAt: sql`clock_timestamp()` })
    .where(and(eq(budget.connectionId, connectionId), eq(budget.window, name)));
}

/** Ends all blocks of a connection, so that the next call finds out how much of a used-up limit is left. */
export async function releaseBudgets(db: Db, connectionId: string): Promise<void> {
  // Locked in the order of `lockBudgets`: an update alone locks its rows in any order, and both would wait.
  const locked = db
    .$with('locked')
    .as(
      db
        .select({ window: budget.window })
        .from(budget)
        .where(eq(budget.connectionId, connectionId))
        .orderBy(asc(budget.window))
        .for('update'),
    );
  await db
    .with(locked)
    .update(budget)
    .set({ blockedUntil: null, reportedAt: sql`to_timestamp(0)` })
    .from(locked)
    .where(and(eq(budget.connectionId, connectionId), eq(budget.window, locked.window)));
}
