/** A rate on growth against the year before, by how many percent the volume grew. */
import {
  divideExact,
  exact,
  exactZero,
  multiplyExact,
  subtractExact,
  type Exact,
} from '#src/domain/exact.ts';
import type { Boundary, TableRow } from '#src/domain/incentive/component.ts';
import { reachedRows } from './table.ts';

export function growthAmount(
  rows: readonly TableRow[],
  { boundary, payOn }: { readonly boundary: Boundary; readonly payOn: 'growth' | 'all' },
  total: Exact,
  base: Exact,
): Exact {
  if (base[0] <= 0n) return exactZero;
  const growth = subtractExact(total, base);
  if (growth[0] <= 0n) return exactZero;
  const percent = multiplyExact(divideExact(growth, base), exact(100n));
  const rate = reachedRows(rows, percent, boundary).at(-1)?.rate ?? exactZero;
  return multiplyExact(payOn === 'all' ? total : growth, rate);
}
