/** What was said of a pair, and what turned out. */
export interface JudgedPair {
  /** 0 to 1. */
  readonly probability: number;
  readonly same: boolean;
  /** How many pairs it stands for. */
  readonly weight: number;
}

/** Pairs of which nearly the same was said. */
export interface ReliabilityBin {
  /** The probability that was said, on average. */
  readonly predicted: number;
  /** The share of them that were one customer or one group. */
  readonly actual: number;
  readonly weight: number;
  readonly answers: number;
}

export interface Reliability {
  /** Expected calibration error: how far, on average, what was said is from what was so. */
  readonly error: number;
  /** Those of the ten bins of equal width that have an answer, rising. */
  readonly bins: readonly ReliabilityBin[];
}

const bins = 10;

/** Whether probabilities mean what they say: of a hundred pairs with 0.9, about ninety should be one. */
export function reliability(judged: readonly JudgedPair[]): Reliability {
  const groups = Map.groupBy(judged, ({ probability }) => Math.min(bins - 1, Math.floor(probability * bins)));
  const told = [...groups].toSorted(([a], [b]) => a - b).map(([, group]) => binOf(group));
  const total = told.reduce((sum, { weight }) => sum + weight, 0);
  const apart = told.reduce(
    (sum, { predicted: said, actual: so, weight }) => sum + weight * Math.abs(said - so),
    0,
  );
  return { error: total === 0 ? 0 : apart / total, bins: told };
}

function binOf(group: readonly JudgedPair[]): ReliabilityBin {
  const weight = group.reduce((sum, one) => sum + one.weight, 0);
  const said = group.reduce((sum, one) => sum + one.weight * one.probability, 0) / weight;
  const so = group.reduce((sum, one) => sum + (one.same ? one.weight : 0), 0) / weight;
  return { predicted: said, actual: so, weight, answers: group.length };
}
