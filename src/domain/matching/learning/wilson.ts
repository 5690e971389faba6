/** A confidence interval of a share. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The quantile for a two-sided 95 % interval. */
const z = 1.959_963_984_540_054;

/**
 * The Wilson score interval. Unlike the normal approximation, it stays between 0 and 1 and is useful for
 * shares of 0 and 1.
 *
 * @param answers the number of answers behind the share; for weighted answers, the effective number
 */
export function wilson(share: number, answers: number): Interval {
  const spread = z * Math.sqrt((share * (1 - share)) / answers + z ** 2 / (4 * answers ** 2));
  const middle = share + z ** 2 / (2 * answers);
  const scale = 1 + z ** 2 / answers;
  return { low: Math.max(0, (middle - spread) / scale), high: Math.min(1, (middle + spread) / scale) };
}
