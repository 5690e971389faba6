import type { z } from 'zod';
import type { RemoteFields } from '#connectors/connector.ts';
import type { BudgetRow, ConnectionOnPage, JobState, ObjectReading } from '#src/db/connection-page-view.ts';
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

/**
 * The vendor's windows, the longest first. Before the first call was counted there is only what the vendor said of the day when it was
 * last asked.
 */
export function budgetAnswer(connection: ConnectionOnPage, rows: readonly BudgetRow[], now: Date): Page['budget'] {
  const order = ['day', 'burst', 'search'] as const;
  const counted = order.flatMap((window) => rows.find((row) => row.window === window) ?? []);
  const told = connection.callsUsed !== null && connection.callsAllowed !== null && connection.callsAllowed > 0;
  const known: readonly Pick<BudgetRow, 'window' | 'allowed' | 'used' | 'taken' | 'heldUntil'>[] =
    counted.some((row) => row.window === 'day') || !told
      ? counted
      : [{ window: 'day', allowed: connection.callsAllowed ?? 0, used: connection.callsUsed ?? 0, taken: [], heldUntil: null }, ...counted];
  return known.map(({ window, allowed, used, taken, heldUntil }) => {
    const ours = window === 'day' ? Math.min(allowed, connection.dailyAllotment ?? allowed) : allowed;
    const recent = taken.filter((at) => at > now.getTime() / 1000 - recentSeconds).length;
    return {
      window,
      allowed: ours,
      used: window === 'day' ? used : recent,
      keptForPeople: keptForPeople(ours),
      heldUntil: heldUntil !== null && heldUntil > now ? heldUntil : null,
    };
  });
}

function keptForPeople(allowed: number): number {
  return Math.max(1, Math.floor(allowed / 10));
}

export function reconcileAnswer(job: JobState | null): Page['reconcile'] {
  if (job === null) return null;
  const state = job.status === 'done' || job.status === 'failed' ? job.status : 'running';
  const step =
    job.progress && `${job.progress.label}: ${job.progress.done}${job.progress.total === null ? '' : ` of ${job.progress.total}`}`;
  return { state, startedAt: job.createdAt, finishedAt: job.finishedAt, error: job.error, step };
}
