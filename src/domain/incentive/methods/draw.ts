/** An advance up to a minimum for each period, paid back later from what is earned above the minimum. */
import {
  addExact,
  exactZero,
  largerExact,
  smallerExact,
  subtractExact,
  type Exact,
} from '#src/domain/exact.ts';

export interface DrawPeriod {
  readonly draw: Exact;
  readonly recovered: Exact;
  readonly paid: Exact;
  /** The amount that is still to be paid back. */
  readonly balance: Exact;
}

/** @param recoveryStarts the 1-based period from which earnings above the minimum pay the advance back */
export function drawPeriods(
  earned: readonly Exact[],
  terms: { readonly minimum: Exact; readonly recoveryStarts: number; readonly opening: Exact },
): readonly DrawPeriod[] {
  let balance = terms.opening;
  return earned.map((amount, place) => {
    const above = subtractExact(amount, terms.minimum);
    const draw = largerExact(exactZero, subtractExact(exactZero, above));
    const isRecovering = place + 1 >= terms.recoveryStarts;
    const recovered = isRecovering ? largerExact(exactZero, smallerExact(balance, above)) : exactZero;
    balance = subtractExact(addExact(balance, draw), recovered);
    return { draw, recovered, paid: subtractExact(addExact(amount, draw), recovered), balance };
  });
}
