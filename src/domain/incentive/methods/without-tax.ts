/** Commission is paid on the net amount, also when only an amount with tax was collected. */
import {
  addExact,
  divideExact,
  exact,
  exactOne,
  roundExact,
  type Exact,
  type ExactRounding,
} from '#src/domain/exact.ts';

/** The net amount and the tax in an amount with tax. The two add up to it. */
export function withoutTax(
  collectedMinor: bigint,
  taxRate: Exact,
  rounding: ExactRounding,
): { readonly netMinor: bigint; readonly taxMinor: bigint } {
  const netMinor = roundExact(divideExact(exact(collectedMinor), addExact(exactOne, taxRate)), rounding);
  return { netMinor, taxMinor: collectedMinor - netMinor };
}
