import { alertedByMonth, comparedPairs, countLabels } from '#src/db/matching/match-label-store.ts';
import { modelHash } from '#src/db/matching/match-model-store.ts';
import type { Deps } from '#src/deps.ts';
import { matchQuality, type MatchQuality } from '#src/domain/matching/learning/match-quality.ts';
import { addMonths, periodOf } from '#src/domain/period.ts';
import { liveModel } from './live-model.ts';

export interface MatchQualityReport {
  /** `YYYY-MM` in UTC, the newest first. Months without a comparison that a person saw are left out. */
  readonly months: readonly (MatchQuality & { readonly month: string })[];
  /** All months together. */
  readonly total: MatchQuality;
  /** Unanswered questions. */
  readonly openQuestions: number;
  /** All answers so far. */
  readonly answersGiven: number;
  readonly model: { readonly version: string; readonly hash: string };
}

const monthsReported = 12;

/**
 * The quality of matching, month by month, from reviewers' answers. Each answer makes a month's figures more
 * exact.
 */
export async function matchQualityReport({ db, clock }: Deps): Promise<MatchQualityReport> {
  const since = new Date(
    `${addMonths(periodOf(clock().toISOString().slice(0, 10)), 1 - monthsReported)}-01T00:00:00Z`,
  );
  const [pairs, alerted, { openQuestions, answersGiven }, model] = await Promise.all([
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
    total: matchQuality(pairs, sum),
    openQuestions,
    answersGiven,
    model: { version: model.version, hash: modelHash(model) },
  };
}
