import type { BudgetWindow } from '#connectors/contract/crm.ts';
import type { BudgetRow, ConnectionOnPage } from '#src/db/connections/connection-page-view.ts';
import { laneLimit } from '#src/domain/connections/budget.ts';

/** One of a vendor's limits, as people are told of it. */
export interface CallBudget {
  readonly window: BudgetWindow['name'];
  /** By the vendor, for everybody who calls it. */
  readonly allowed: number;
  /** By everybody, since the day's window began; in a short one, our calls of the last ten seconds. */
  readonly used: number;
  /** By Fairway, of the day's window. */
  readonly ours: number;
  /** The calls a day Fairway may make; null for all the vendor allows, and for short windows. */
  readonly allotment: number | null;
  /**
   * Of `allowed`, or of `allotment` when there is one: the calls that runs and hints leave for people's
   * decisions.
   */
  readonly keptForPeople: number;
  /** The vendor refused: no call of this kind before then. */
  readonly heldUntil: Date | null;
}

/** How recent a call of a short window must be to be told as used. */
const recentSeconds = 10;
const dayMs = 86_400_000;

/**
 * The vendor's windows, the longest first. Before the first call was counted there is only what the vendor
 * said of the day when it was last asked.
 */
export function callBudgets(
  connection: ConnectionOnPage,
  rows: readonly BudgetRow[],
  now: Date,
): CallBudget[] {
  const { callsUsed, callsAllowed, dailyAllotment } = connection;
  const day = rows.find((row) => row.window === 'day');
  const told =
    callsUsed !== null && callsAllowed !== null && callsAllowed > 0
      ? { allowed: callsAllowed, used: callsUsed, ours: 0 }
      : null;
  const known = day ? today(day, now) : told;
  const long = known && {
    ...known,
    window: 'day' as const,
    allotment: dailyAllotment,
    keptForPeople: keptForPeople(dailyAllotment ?? known.allowed),
    heldUntil: day ? holding(day, now) : null,
  };
  const short = (['burst', 'search'] as const).flatMap((window) =>
    rows.filter((row) => row.window === window),
  );
  return [...(long ? [long] : []), ...short.map((row) => shortBudget(row, now))];
}

/** A window that has ended is told as the next one begins. */
function today({ allowed, used, ours, windowStartedAt }: BudgetRow, now: Date) {
  const over = windowStartedAt.getTime() < Math.floor(now.getTime() / dayMs) * dayMs;
  return { allowed, used: over ? 0 : used, ours: over ? 0 : ours };
}

function shortBudget(row: BudgetRow, now: Date): CallBudget {
  const { window, allowed } = row;
  const used = row.taken.filter((at) => at > now.getTime() / 1000 - recentSeconds).length;
  return {
    window,
    allowed,
    used,
    ours: used,
    allotment: null,
    keptForPeople: keptForPeople(allowed),
    heldUntil: holding(row, now),
  };
}

function holding({ heldUntil }: BudgetRow, now: Date): Date | null {
  return heldUntil !== null && heldUntil > now ? heldUntil : null;
}

function keptForPeople(allowed: number): number {
  return allowed - laneLimit(allowed, 'hint');
}
