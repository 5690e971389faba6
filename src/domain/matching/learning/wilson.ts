/** Where a share probably lies. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Two-sided, 95 %. */
const z = 1.959_963_984_540_054;

/**
 * The score interval of Wilson: unlike the textbook's, it never leaves 0 to 1 and says something sensible
 * when none or all were right.
 *
 * @param answers how many the share was counted in; of weighted ones, as many equal ones as tell as much
 */
export function wilson(share: number, answers: number): Interval {
  const spread = z * Math.sqrt((share * (1 - share)) / answers + z ** 2 / (4 * answers ** 2));
  const middle = share + z ** 2 / (2 * answers);
  const scale = 1 + z ** 2 / answers;
  return { low: Math.max(0, (middle - spread) / scale), high: Math.min(1, (middle + spread) / scale) };
}
