/** A fixed sum for reaching a target: that of the highest row reached, or of all rows reached together. */
import { exactZero, sumExact, type Exact } from '#src/domain/exact.ts';
import type { Boundary, TableRow } from '#src/domain/incentive/component.ts';
import { reachedRows } from './table.ts';

export function lumpAmount(
  rows: readonly TableRow[],
  { boundary, pay }: { readonly boundary: Boundary; readonly pay: 'highest' | 'sum' },
  total: Exact,
): Exact {
  if (total[0] === 0n) return exactZero;
  const amounts = reachedRows(rows, total, boundary).map(({ amountMinor }) => amountMinor ?? exactZero);
  return pay === 'sum' ? sumExact(amounts) : (amounts.at(-1) ?? exactZero);
}
