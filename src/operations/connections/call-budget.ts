import type { BudgetWindow } from '#connectors/contract/limits.ts';
import type { BudgetRow, ConnectionOnPage } from '#src/db/connections/connection-page-view.ts';
import { laneLimit } from '#src/domain/connections/budget.ts';

/** One of a vendor's call limits, as people see it. */
export interface CallBudget {
  readonly window: BudgetWindow['name'];
  /** The vendor's limit for all callers together. */
  readonly allowed: number;
  /** Calls by all callers since the day began; in a short window, Fairway's calls of the last ten seconds. */
  readonly used: number;
  /** Calls by Fairway since the day began. */
  readonly usedByFairway: number;
  /** Fairway's daily call limit; null for the vendor's own limit, and for short windows. */
  readonly dailyLimit: number | null;
  /** The part of `dailyLimit`, or else of `allowed`, that runs and hints leave for people's decisions. */
  readonly reservedForPeople: number;
  /** The vendor refused calls of this kind until then. */
  readonly blockedUntil: Date | null;
}

/** A short window counts the calls of the last this many seconds as used. */
const recentSeconds = 10;
const dayMs = 86_400_000;

/**
 * The vendor's windows, the longest first. Before Fairway has counted its first call, the day's numbers are
 * the ones the vendor reported at the last check.
 */
export function callBudgets(
  connection: ConnectionOnPage,
  rows: readonly BudgetRow[],
  now: Date,
): CallBudget[] {
  const { callsUsed, callsAllowed, dailyCallLimit } = connection;
  const day = rows.find((row) => row.window === 'day');
  const reported =
    callsUsed !== null && callsAllowed !== null && callsAllowed > 0
      ? { allowed: callsAllowed, used: callsUsed, usedByFairway: 0 }
      : null;
  const known = day ? today(day, now) : reported;
  const long = known && {
    ...known,
    window: 'day' as const,
    dailyLimit: dailyCallLimit,
    reservedForPeople: reservedForPeople(dailyCallLimit ?? known.allowed),
    blockedUntil: day ? holdInForce(day, now) : null,
  };
  const short = (['burst', 'search'] as const).flatMap((window) =>
    rows.filter((row) => row.window === window),
  );
  return [...(long ? [long] : []), ...short.map((row) => shortBudget(row, now))];
}

/** A day that is over counts as zero calls used. */
function today({ allowed, used, usedByFairway, windowStartedAt }: BudgetRow, now: Date) {
  const over = windowStartedAt.getTime() < Math.floor(now.getTime() / dayMs) * dayMs;
  return { allowed, used: over ? 0 : used, usedByFairway: over ? 0 : usedByFairway };
}

function shortBudget(row: BudgetRow, now: Date): CallBudget {
  const { window, allowed } = row;
  const used = row.callTimes.filter((at) => at > now.getTime() / 1000 - recentSeconds).length;
  return {
    window,
    allowed,
    used,
    usedByFairway: used,
    dailyLimit: null,
    reservedForPeople: reservedForPeople(allowed),
    blockedUntil: holdInForce(row, now),
  };
}

function holdInForce({ blockedUntil }: BudgetRow, now: Date): Date | null {
  return blockedUntil !== null && blockedUntil > now ? blockedUntil : null;
}

function reservedForPeople(allowed: number): number {
  return allowed - laneLimit(allowed, 'hint');
}
