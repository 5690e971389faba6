/**
 * A model refined by what reviewers said. Who was asked depends on what was compared and not on the answer,
 * alerts being answered more often than clear ones: what the weights say of an answer, given what was
 * compared, is then the same, so no answer counts more than another.
 */
import type { NormalisedCompany } from '#src/domain/matching/company.ts';
import { pairClusters } from './fit-clusters.ts';
import { fitByLabels } from './fit-labels.ts';
import { isOneGroup, type MatchAnswer } from './match-quality.ts';
import { matchModelSchema, type MatchModel } from '#src/domain/matching/model.ts';
import { countPatterns, type LabelledPattern } from './patterns.ts';

/** With fewer, the prior knows better. */
export const fewestToFit = 200;

const folds = 5;

export interface AnsweredPair {
  readonly ours: NormalisedCompany;
  readonly theirs: NormalisedCompany;
  readonly answer: MatchAnswer;
}

/** @param prior what the weights are held to, the less the more answers there are */
export function fitByAnswers(pairs: readonly AnsweredPair[], prior: MatchModel): MatchModel {
  const fitted = fitByLabels(patternsOf(pairs, prior), prior);
  // In the order of its schema, so that it has the same hash when it is read from a file.
  return matchModelSchema.parse({ ...fitted, version: `${prior.version}+${pairs.length}` });
}

/** Each pair with a model that has seen none of the answers about its companies, in five parts. */
export function heldOut(
  pairs: readonly AnsweredPair[],
  prior: MatchModel,
): readonly { readonly pair: AnsweredPair; readonly model: MatchModel }[] {
  const clusters = pairClusters(pairs.map(({ ours, theirs }) => [ours.core, theirs.core]));
  return Array.from({ length: folds }, (_, fold) => fold).flatMap((fold) => {
    const isJudged = (at: number): boolean => (clusters[at] ?? 0) % folds === fold;
    const model = fitByLabels(
      patternsOf(
        pairs.filter((__, at) => !isJudged(at)),
        prior,
      ),
      prior,
    );
    return pairs.filter((__, at) => isJudged(at)).map((pair) => ({ pair, model }));
  });
}

function patternsOf(pairs: readonly AnsweredPair[], { terms }: MatchModel): readonly LabelledPattern[] {
  const counter = countPatterns(terms);
  for (const pair of pairs) counter.add(pair.ours, pair.theirs, isOneGroup(pair));
  return counter.labelled();
}
