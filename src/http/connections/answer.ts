import type { z } from 'zod';
import type { RemoteFields } from '#connectors/contract/crm.ts';
import type { ObjectReading, ReconcileJob } from '#src/db/connections/connection-page-view.ts';
import { remainingMs } from '#src/operations/jobs/progress.ts';
import type { connectionPage } from './schema.ts';

type Page = z.infer<typeof connectionPage>;

/** Where a connection leads, for people: an address or a folder. */
export function placeOf(settings: RemoteFields): string | null {
  const place = settings['loginUrl'] ?? settings['basePath'] ?? settings['inbox'];
  return typeof place === 'string' ? place : null;
}

/** A read under way, with how long it will still take at the pace so far. */
export function readingAnswer(
  reading: ObjectReading['reading'],
  now: Date,
): Page['objects'][number]['reading'] {
  return reading && { ...reading, remainingMs: remainingMs(reading, now) };
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
