import type { FileReceipt } from '#connectors/contract/erp.ts';
import type { z } from 'zod';
import { findSystem, type Systems } from '#connectors/contract/systems.ts';
import type { ObjectReading, ReconcileJob } from '#src/db/connections/connection-page-view.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import { remainingMs } from '#src/operations/jobs/progress.ts';
import type { connectionPage } from './schema.ts';

type Page = z.infer<typeof connectionPage>;

/** The address or the folder of a connection; null when its settings name none. */
export function locationOf(
  systems: Systems,
  { kind, settings }: Pick<Connection, 'kind' | 'settings'>,
): string | null {
  const location = settings[findSystem(systems, kind)?.addressSetting ?? ''];
  return typeof location === 'string' ? location : null;
}

/** The progress of a read, with the remaining time at the pace so far. */
export function readingAnswer(
  reading: ObjectReading['reading'],
  now: Date,
): Page['objects'][number]['reading'] {
  return reading && { ...reading, remainingMs: remainingMs(reading, now) };
}

export function reconcileAnswer(job: ReconcileJob): Page['reconcile'][number] {
  const { kind, status, createdAt, finishedAt, error, progress } = job;
  const total = progress?.total == null ? '' : ` of ${progress.total}`;
  return {
    kind,
    state: status === 'done' || status === 'failed' ? status : 'running',
    startedAt: createdAt,
    finishedAt,
    error,
    step: progress && `${progress.label}: ${progress.done}${total}`,
  };
}

const shownRows = 20;

/** The receipt of a file with the first of the rows that were not accepted. */
export function receiptAnswer({ waiting, refused, refusedRows, readAt, ...receipt }: FileReceipt) {
  const { file, rows, accepted, totals, control } = receipt;
  const notAccepted = [...refused, ...waiting]
    .map(({ line, reason, fix }) => ({ line: line ?? null, reason, fix }))
    .toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0))
    .slice(0, shownRows);
  return {
    file,
    readAt: new Date(readAt),
    rows,
    accepted,
    refused: refusedRows,
    waiting: rows - accepted - refusedRows,
    notAccepted,
    totals: { ...totals },
    control,
  };
}
