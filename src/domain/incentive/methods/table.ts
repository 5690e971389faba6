import { compareExact, type Exact } from '#src/domain/exact.ts';
import type { Boundary, TableRow, Tables } from '#src/domain/incentive/component.ts';

/** The rows for a tier. Empty when the tables do not have the tier. */
export function rowsFor(tables: Tables, tier: string | null): readonly TableRow[] {
  if ('table' in tables) return tables.table;
  return (tier !== null && Object.hasOwn(tables.byTier, tier) ? tables.byTier[tier] : undefined) ?? [];
}

/** The rows that a value reached, from the lowest. At equality the boundary decides. */
export function reachedRows(
  rows: readonly TableRow[],
  value: Exact,
  boundary: Boundary,
): readonly TableRow[] {
  return rows.filter(({ from }) => {
    const order = compareExact(value, from);
    return boundary === 'lower_inclusive' ? order >= 0 : order > 0;
  });
}

/** The row of a value. The first row also applies below it, so that negative volumes have one. */
export function rowAtValue(rows: readonly TableRow[], value: Exact, boundary: Boundary): TableRow | null {
  return reachedRows(rows, value, boundary).at(-1) ?? rows[0] ?? null;
}
