import type { z } from 'zod';
import type { RemoteFields } from '#connectors/connector.ts';
import { laneLimit } from '#src/domain/budget.ts';
import type { BudgetRow, ConnectionOnPage, ObjectReading, ReconcileJob } from '#src/db/connection-page-view.ts';
import type { connectionPage } from './schema.ts';

type Page = z.infer<typeof connectionPage>;

/** Where a connection leads, for people: an address or a folder. */
export function placeOf(settings: RemoteFields): string | null {
  const place = settings['loginUrl'] ?? settings['basePath'] ?? settings['inbox'];
  return typeof place === 'string' ? place : null;
}

/** A read under way, with how long it will still take at the pace so far. */
export function readingAnswer(reading: ObjectReading['reading'], now: Date): Page['objects'][number]['reading'] {
  return reading && { ...reading, remainingMs: remainingMs(reading, now) };
}

function remainingMs({ done, total, beganAt }: NonNullable<ObjectReading['reading']>, now: Date): number | null {
  if (total === null || beganAt === null || done === 0) return null;
  const elapsedMs = now.getTime() - beganAt.getTime();
  return elapsedMs <= 0 ? null : Math.round((elapsedMs / done) * Math.max(0, total - done));
}

/** How recent a call of a short window must be to be shown as used. */
const recentSeconds = 10;
const dayMs = 86_400_000;

/**
 * The vendor's windows, the longest first. Before the first call was counted there is only what the vendor said of the day when it was
 * last asked.
 */
export function budgetAnswer(connection: ConnectionOnPage, rows: readonly BudgetRow[], now: Date): Page['budget'] {
  const { callsUsed, callsAllowed, dailyAllotment } = connection;
  const day = rows.find((row) => row.window === 'day');
  const told = callsUsed !== null && callsAllowed !== null && callsAllowed > 0 ? { allowed: callsAllowed, used: callsUsed, ours: 0 } : null;
  const known = day ? today(day, now) : told;
  return [
    ...(known
      ? [
          {
            ...known,
            window: 'day' as const,
            allotment: dailyAllotment,
            keptForPeople: keptForPeople(dailyAllotment ?? known.allowed),
            heldUntil: day ? holding(day, now) : null,
          },
        ]
      : []),
    ...(['burst', 'search'] as const).flatMap((window) => rows.filter((row) => row.window === window).map((row) => shortAnswer(row, now))),
  ];
}

/** A window that has ended is shown as the next one begins. */
function today({ allowed, used, ours, windowStartedAt }: BudgetRow, now: Date) {
  const over = windowStartedAt.getTime() < Math.floor(now.getTime() / dayMs) * dayMs;
  return { allowed, used: over ? 0 : used, ours: over ? 0 : ours };
}

function shortAnswer(row: BudgetRow, now: Date): Page['budget'][number] {
  const { window, allowed } = row;
  const used = row.taken.filter((at) => at > now.getTime() / 1000 - recentSeconds).length;
  return { window, allowed, used, ours: used, allotment: null, keptForPeople: keptForPeople(allowed), heldUntil: holding(row, now) };
}

function holding({ heldUntil }: BudgetRow, now: Date): Date | null {
  return heldUntil !== null && heldUntil > now ? heldUntil : null;
}

function keptForPeople(allowed: number): number {
  return allowed - laneLimit(allowed, 'bulk');
}

export function reconcileAnswer({ kind, status, createdAt, finishedAt, error, progress }: ReconcileJob): Page['reconcile'][number] {
  const state = status === 'done' || status === 'failed' ? status : 'running';
  const step = progress && `${progress.label}: ${progress.done}${progress.total === null ? '' : ` of ${progress.total}`}`;
  return { kind, state, startedAt: createdAt, finishedAt, error, step };
}
