import { reliability } from '#src/domain/matching/learning/reliability.ts';

/** Pairs with one score, and the truth about them. */
export interface Scored {
  readonly score: number;
  readonly same: number;
  readonly different: number;
}

export interface Row {
  readonly threshold: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** @param truth pairs that are one company, those included that were never scored */
export function rowAt(threshold: number, scored: readonly Scored[], truth: number): Row {
  let found = 0;
  let right = 0;
  for (const { score, same, different } of scored) {
    if (score < threshold) continue;
    found += same + different;
    right += same;
  }
  return row(threshold, found, right, truth);
}

/** The threshold that these labels like best: what is possible, not what is promised. */
export function bestRow(scored: readonly Scored[], truth: number): Row {
  const ranked = scored.toSorted((a, b) => b.score - a.score);
  let best = row(ranked[0]?.score ?? 0, 0, 0, truth);
  let found = 0;
  let right = 0;
  for (const [at, { score, same, different }] of ranked.entries()) {
    found += same + different;
    right += same;
    if (ranked[at + 1]?.score === score) continue;
    const one = row(score, found, right, truth);
    if (one.f1 > best.f1) best = one;
  }
  return best;
}

function row(threshold: number, found: number, right: number, truth: number): Row {
  const precision = found === 0 ? 0 : right / found;
  const recall = truth === 0 ? 0 : right / truth;
  const f1 = right === 0 ? 0 : (2 * precision * recall) / (precision + recall);
  return {
    threshold: rounded(threshold),
    precision: rounded(precision),
    recall: rounded(recall),
    f1: rounded(f1),
  };
}

export function rounded(value: number): number {
  return Number(value.toFixed(4));
}

/** Expected calibration error over ten bins of equal width. */
export function calibrationError(
  judged: readonly { readonly probability: number; readonly same: boolean }[],
): number {
  return rounded(reliability(judged.map((one) => ({ ...one, weight: 1 }))).error);
}
