import type { RunRow } from '#src/db/runs/overview-view.ts';
import { summary } from './schema.ts';

/** Leaves out a summary that an older version of Fairway stored with other fields. */
export function runAnswer(row: RunRow) {
  return { ...row, summary: summary.safeParse(row.summary).data ?? null };
}
