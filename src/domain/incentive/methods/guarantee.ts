/** A minimum for each period: what is earned below it is topped up. */
import { addExact, exactZero, largerExact, subtractExact, type Exact } from '#src/domain/exact.ts';

export interface GuaranteedPeriod {
  readonly guarantee: Exact;
  readonly topUp: Exact;
}

/**
 * The guarantee and the top-up of each period. A cumulative guarantee counts what earlier periods earned above
 * it, so an excess lowers the guarantees that follow.
 */
export function guaranteedPeriods(
  earned: readonly Exact[],
  guaranteePerPeriod: Exact,
  isCumulative: boolean,
): readonly GuaranteedPeriod[] {
  let excess = exactZero;
  return earned.map((amount) => {
    const guarantee = largerExact(exactZero, subtractExact(guaranteePerPeriod, excess));
    const topUp = largerExact(exactZero, subtractExact(guarantee, amount));
    if (isCumulative)
      excess = largerExact(exactZero, subtractExact(addExact(excess, amount), guaranteePerPeriod));
    return { guarantee, topUp };
  });
}
