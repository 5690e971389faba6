import type { z } from 'zod';
import { findSystem, type Systems } from '#connectors/contract/systems.ts';
import type { ObjectReading, ReconcileJob } from '#src/db/connections/connection-page-view.ts';
import type { Connection, ConnectionLimits } from '#src/db/connections/connection-store.ts';
import { remainingMs } from '#src/operations/jobs/progress.ts';
import type { CallBudget } from '#src/operations/connections/call-budget.ts';
import type { connectionPage, limits } from './schema.ts';

type Page = z.infer<typeof connectionPage>;

/** The address or the folder of a connection; null when its settings name none. */
export function locationOf(
  systems: Systems,
  { kind, settings }: Pick<Connection, 'kind' | 'settings'>,
): string | null {
  const location = settings[findSystem(systems, kind)?.addressSetting ?? ''];
  return typeof location === 'string' ? location : null;
}

/** A read under way, with how long it will still take at the pace so far. */
export function readingAnswer(
  reading: ObjectReading['reading'],
  now: Date,
): Page['objects'][number]['reading'] {
  return (
    reading && {
      initial: reading.first,
      done: reading.done,
      total: reading.total,
      startedAt: reading.startedAt,
      remainingMs: remainingMs(reading, now),
    }
  );
}

export function reconcileAnswer({
  kind,
  status,
  createdAt,
  finishedAt,
  error,
  progress,
}: ReconcileJob): Page['reconcile'][number] {
  const state = status === 'done' || status === 'failed' ? status : 'running';
  const step =
    progress &&
    `${progress.label}: ${progress.done}${progress.total === null ? '' : ` of ${progress.total}`}`;
  return { kind, state, startedAt: createdAt, finishedAt, error, step };
}

export function budgetAnswer(budget: CallBudget): Page['budget'][number] {
  return {
    window: budget.window,
    allowed: budget.allowed,
    used: budget.used,
    usedByFairway: budget.usedByFairway,
    dailyLimit: budget.allotment,
    reservedForPeople: budget.reservedForPeople,
    blockedUntil: budget.blockedUntil,
  };
}

export function limitsAnswer(saved: ConnectionLimits): z.infer<typeof limits> {
  return { dailyCallLimit: saved.dailyCallLimit, removalLimitPercent: saved.removalLimitPercent };
}
