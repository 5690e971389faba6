import { alertedByMonth, comparedPairs, countLabels } from '#src/db/matching/match-label-store.ts';
import { modelHash } from '#src/db/matching/match-model-store.ts';
import type { Deps } from '#src/deps.ts';
import { matchQuality, type MatchQuality } from '#src/domain/matching/learning/match-quality.ts';
import { addMonths, periodOf } from '#src/domain/period.ts';
import { liveModel } from './live-model.ts';

export interface MatchQualityReport {
  /** `YYYY-MM` in UTC, the newest first; those in which something was compared that a person saw. */
  readonly months: readonly (MatchQuality & { readonly month: string })[];
  /** All of them together. */
  readonly whole: MatchQuality;
  /** Questions nobody has answered. */
  readonly open: number;
  /** Answers ever given. */
  readonly given: number;
  readonly model: { readonly version: string; readonly hash: string };
}

/** Months that are told. */
const told = 12;

/**
 * How good matching is, month by month, from what reviewers have said so far. A month's figures get better
 * with every answer.
 */
export async function matchQualityReport({ db, clock }: Deps): Promise<MatchQualityReport> {
  const since = new Date(`${addMonths(periodOf(clock().toISOString().slice(0, 10)), 1 - told)}-01T00:00:00Z`);
  const [pairs, alerted, { open, given }, model] = await Promise.all([
    comparedPairs(db, since),
    alertedByMonth(db, since),
    countLabels(db),
    liveModel(db),
  ]);
  const byMonth = Map.groupBy(pairs, ({ month }) => month);
  const months = [...new Set([...byMonth.keys(), ...alerted.keys()])].toSorted().toReversed();
  const sum = [...alerted.values()].reduce((total, one) => total + one, 0);
  return {
    months: months.map((month) => ({
      month,
      ...matchQuality(byMonth.get(month) ?? [], alerted.get(month) ?? 0),
    })),
    whole: matchQuality(pairs, sum),
    open,
    given,
    model: { version: model.version, hash: modelHash(model) },
  };
}
