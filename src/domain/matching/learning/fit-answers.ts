/**
 * Fits the model to the answers of reviewers. Alerts are answered more often than clear pairs, but the
 * selection depends only on the comparison and not on the answer. It therefore does not bias the weights, and
 * all answers count the same.
 */
import { pairClusters } from './fit-clusters.ts';
import { fitByLabels } from './fit-labels.ts';
import { fitThresholds } from './fit-thresholds.ts';
import { isOneGroup, type AnsweredPair } from './match-quality.ts';
import { matchModelSchema, type ErrorPrices, type MatchModel } from '#src/domain/matching/model.ts';
import { countPatterns, type LabelledPattern } from './patterns.ts';

/** With fewer answers the prior model is better. */
export const minimumAnswersToFit = 200;

const folds = 5;

/** @param prior the model that the weights are pulled towards; more answers reduce its influence */
export function fitByAnswers(
  pairs: readonly AnsweredPair[],
  prior: MatchModel,
  prices: ErrorPrices,
): MatchModel {
  const fitted = fitAll(pairs, prior, prices);
  // Parsing sorts the keys by the schema, so that the model has the same hash when it is read from a file.
  return matchModelSchema.parse({ ...fitted, version: `${prior.version}+${pairs.length}` });
}

function fitAll(pairs: readonly AnsweredPair[], prior: MatchModel, errorPrices: ErrorPrices): MatchModel {
  const fitted = fitByLabels(patternsOf(pairs, prior), prior);
  return { ...fitted, thresholds: fitThresholds(pairs, fitted, errorPrices), errorPrices };
}

/**
 * Five-fold cross-validation: each pair with a model that was fitted without any answer about its companies.
 */
export function heldOut(
  pairs: readonly AnsweredPair[],
  prior: MatchModel,
  prices: ErrorPrices,
): readonly { readonly pair: AnsweredPair; readonly model: MatchModel }[] {
  const clusters = pairClusters(pairs.map(({ ours, theirs }) => [ours.core, theirs.core]));
  return Array.from({ length: folds }, (_, fold) => fold).flatMap((fold) => {
    const isHeldOut = (at: number): boolean => (clusters[at] ?? 0) % folds === fold;
    const model = fitAll(
      pairs.filter((__, at) => !isHeldOut(at)),
      prior,
      prices,
    );
    return pairs.filter((__, at) => isHeldOut(at)).map((pair) => ({ pair, model }));
  });
}

function patternsOf(pairs: readonly AnsweredPair[], { terms }: MatchModel): readonly LabelledPattern[] {
  const counter = countPatterns(terms);
  for (const pair of pairs) counter.add(pair.ours, pair.theirs, isOneGroup(pair));
  return counter.labelled();
}
