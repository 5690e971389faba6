import type { WriteTally } from '#src/db/mappings/backfill-view.ts';
import type { Restore } from '#src/db/mappings/restore-store.ts';
import type { RecordRestore, SkippedValue, SkipReason } from './restore-plan.ts';

/** The result of a restore. It is stored as it is, so it lists only as many examples as a page can show. */
export interface RestoreReport {
  /** Records that the undone writes had changed. */
  readonly records: number;
  /** Values that are restored. */
  readonly values: number;
  /** Values and whole records that are left as they are, by reason. */
  readonly skipped: Readonly<Record<SkipReason, number>>;
  /** Some of the skipped values, each with the reason as a sentence. */
  readonly examples: readonly SkippedValue[];
  /** Counted when the restore has ended. */
  readonly writes?: WriteTally;
}

export const emptyRestoreReport: RestoreReport = {
  records: 0,
  values: 0,
  skipped: { edited: 0, unknown: 0, created: 0, only_written: 0, gone: 0 },
  examples: [],
};

const maxExamples = 100;

/** The report as stored so far; null before the first part. */
export function restoreReportOf(restore: Pick<Restore, 'report'>): RestoreReport | null {
  return restore.report as RestoreReport | null;
}

/** Adds the plans of some records to the report. */
export function countRestores(report: RestoreReport, restores: readonly RecordRestore[]): RestoreReport {
  const skipped = { ...report.skipped };
  const reasons = restores.flatMap((one) => one.skipped);
  for (const { reason } of reasons) skipped[reason] += 1;
  const values = restores.reduce(
    (sum, { direct, shared }) => sum + Object.keys(direct).length + Object.keys(shared).length,
    0,
  );
  return {
    records: report.records + restores.length,
    values: report.values + values,
    skipped,
    examples: [...report.examples, ...reasons].slice(0, maxExamples),
  };
}
