/** The row that the whole volume reached applies to every line, also to those before the threshold. */
import { exactZero, multiplyExact, type Exact } from '#src/domain/exact.ts';
import type { Boundary, TableRow } from '#src/domain/incentive/component.ts';
import { rowAtValue } from './table.ts';

export function retroactiveAmount(
  rows: readonly TableRow[],
  boundary: Boundary,
  total: Exact,
  line: { readonly basis: Exact; readonly quantity: Exact },
): Exact {
  const row = rowAtValue(rows, total, boundary);
  if (row?.perUnitMinor !== undefined) return multiplyExact(line.quantity, row.perUnitMinor);
  return multiplyExact(line.basis, row?.rate ?? exactZero);
}
