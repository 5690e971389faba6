import type { RecordRestore, SkippedValue, SkipReason } from './restore-plan.ts';

/** What undoing writes comes to. Stored as it is, so it lists no more than a page can show. */
export interface RestoreReport {
  /** Records of which something had been written. */
  readonly records: number;
  /** Values that are put back. */
  readonly values: number;
  /** Values, or whole records, that are left as they are. */
  readonly skipped: Readonly<Record<SkipReason, number>>;
  /** Some of those, with the reason in words. */
  readonly examples: readonly SkippedValue[];
}

export const emptyRestoreReport: RestoreReport = {
  records: 0,
  values: 0,
  skipped: { edited: 0, unknown: 0, made: 0, owned: 0, gone: 0 },
  examples: [],
};

const examplesKept = 100;

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
    examples: [...report.examples, ...reasons].slice(0, examplesKept),
  };
}
