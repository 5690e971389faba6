import { isOneGroup, type AnsweredPair } from '#src/domain/matching/learning/match-quality.ts';
import type { ErrorPrices, MatchModel } from '#src/domain/matching/model.ts';
import { matchCompanies } from '#src/domain/matching/score.ts';
import { calibrationError, rounded, rowAt } from './figures.ts';

export interface AnswerFigures {
  readonly n: number;
  /**
   * Precision: the share of alerts that are the same customer or group. Recall: the share of those pairs with
   * an alert.
   */
  readonly precision: number;
  readonly recall: number;
  /** Pairs of one customer or group without an alert, and alerts for others. */
  readonly missed: number;
  readonly falseAlerts: number;
  /** The price of these errors. */
  readonly price: number;
  readonly calibrationError: number;
  /** The average information in an answer, in bits: 0 when the model was certain and right. */
  readonly bitsLost: number;
}

/**
 * Compares answers with the predictions of the model given for each pair. All answered pairs count equally.
 */
export function answerFigures(
  judged: readonly { readonly pair: AnsweredPair; readonly model: MatchModel }[],
  prices: ErrorPrices,
): AnswerFigures {
  const scored = judged.map(({ pair, model }) => {
    const { bits, probability } = matchCompanies(pair.ours, pair.theirs, model);
    return { score: bits - model.thresholds.related, probability, isOne: isOneGroup(pair) };
  });
  const truth = scored.filter(({ isOne }) => isOne).length;
  const counted = scored.map(({ score, isOne }) => ({
    score,
    same: isOne ? 1 : 0,
    different: isOne ? 0 : 1,
  }));
  const { precision, recall } = rowAt(0, counted, truth);
  const lost = scored.reduce(
    (sum, { probability, isOne }) => sum - Math.log2(isOne ? probability : 1 - probability),
    0,
  );
  const missed = scored.filter(({ score, isOne }) => isOne && score < 0).length;
  const falseAlerts = scored.filter(({ score, isOne }) => !isOne && score >= 0).length;
  return {
    n: judged.length,
    precision,
    recall,
    missed,
    falseAlerts,
    price: missed * prices.missed + falseAlerts * prices.falseAlert,
    calibrationError: calibrationError(
      scored.map(({ probability, isOne }) => ({ probability, same: isOne })),
    ),
    bitsLost: rounded(lost / Math.max(1, judged.length)),
  };
}
