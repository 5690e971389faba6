/** A predicted probability and the reviewer's answer. */
export interface JudgedPair {
  /** 0 to 1. */
  readonly probability: number;
  readonly same: boolean;
  /** The number of pairs that it represents. */
  readonly weight: number;
}

/** Pairs with similar probabilities. */
export interface ReliabilityBin {
  /** The average predicted probability. */
  readonly predicted: number;
  /** The share that was the same customer or group. */
  readonly actual: number;
  readonly weight: number;
  readonly answers: number;
}

export interface Reliability {
  /** Expected calibration error: the average distance between predicted and actual. */
  readonly error: number;
  /** Up to ten bins of equal width, ascending. Bins without answers are left out. */
  readonly bins: readonly ReliabilityBin[];
}

const binCount = 10;

/** Compares predicted probabilities with answers: of a hundred pairs with 0.9, about ninety should match. */
export function reliability(judged: readonly JudgedPair[]): Reliability {
  const groups = Map.groupBy(judged, ({ probability }) =>
    Math.min(binCount - 1, Math.floor(probability * binCount)),
  );
  const bins = [...groups].toSorted(([a], [b]) => a - b).map(([, group]) => binOf(group));
  const total = bins.reduce((sum, { weight }) => sum + weight, 0);
  const distance = bins.reduce(
    (sum, { predicted, actual, weight }) => sum + weight * Math.abs(predicted - actual),
    0,
  );
  return { error: total === 0 ? 0 : distance / total, bins };
}

function binOf(group: readonly JudgedPair[]): ReliabilityBin {
  const weight = group.reduce((sum, one) => sum + one.weight, 0);
  const predicted = group.reduce((sum, one) => sum + one.weight * one.probability, 0) / weight;
  const actual = group.reduce((sum, one) => sum + (one.same ? one.weight : 0), 0) / weight;
  return { predicted, actual, weight, answers: group.length };
}
