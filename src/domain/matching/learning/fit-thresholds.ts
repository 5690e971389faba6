import { compareCompanies } from '#src/domain/matching/compare.ts';
import type { ErrorPrices, MatchModel } from '#src/domain/matching/model.ts';
import { prepareCompany } from '#src/domain/matching/prepare.ts';
import { verdictOf } from '#src/domain/matching/score.ts';
import type { AnsweredPair } from './match-quality.ts';
import { calibrate } from './fit-labels.ts';
import { countPatterns } from './patterns.ts';

/** `same` decides without a person in some programmes, so it must be right as often as this. */
const certain = 0.9;

/** With fewer pairs that may be the same customer, the threshold of the prior model stays. */
const fewestPairs = 30;

/**
 * The thresholds for which the expected price of errors is smallest. An alert at probability p costs
 * (1 − p) × falseAlert, and none costs p × missed, so alerts begin where p is falseAlert / (falseAlert +
 * missed). `same` begins where nine in ten of the pairs without an objection are the same customer.
 *
 * @param model with a calibration that was fitted to the answers
 */
export function fitThresholds(
  pairs: readonly AnsweredPair[],
  model: MatchModel,
  { missed, falseAlert }: ErrorPrices,
): MatchModel['thresholds'] {
  const related = bitsAt(model.calibration, falseAlert / (falseAlert + missed)) ?? model.thresholds.related;
  const counter = countPatterns(model.terms);
  let count = 0;
  for (const { ours, theirs, answer } of pairs) {
    const found = compareCompanies(prepareCompany(ours, model.terms), prepareCompany(theirs, model.terms));
    if (verdictOf(found, Number.MAX_VALUE, model) !== 'same') continue;
    counter.add(ours, theirs, answer === 'same');
    count += 1;
  }
  const same = count < fewestPairs ? null : bitsAt(calibrate(counter.labelled(), model), certain);
  return { same: Math.max(related, same ?? model.thresholds.same), related };
}

/** The smallest sum of bits with this probability. Null if no sum reaches it. */
function bitsAt(points: MatchModel['calibration'], probability: number): number | null {
  const at = points.findIndex(([, reached]) => reached >= probability);
  const reached = points[at];
  if (reached === undefined) return null;
  const before = points[at - 1];
  if (before === undefined) return reached[0];
  return before[0] + ((reached[0] - before[0]) * (probability - before[1])) / (reached[1] - before[1]);
}
