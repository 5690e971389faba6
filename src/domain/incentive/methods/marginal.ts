/**
 * Each part of the volume at the rate of its row, as income tax is calculated. Lines fill the rows in order,
 * so the total does not depend on how the volume is cut into lines.
 */
import {
  addExact,
  compareExact,
  divideExact,
  exactZero,
  largerExact,
  multiplyExact,
  smallerExact,
  subtractExact,
  sumExact,
  type Exact,
} from '#src/domain/exact.ts';
import type { Measure, TableRow } from '#src/domain/incentive/component.ts';

/** The part of a line's volume that lies in one row, and what it earns. */
export interface Segment {
  readonly row: TableRow;
  readonly part: Exact;
  readonly amount: Exact;
}

/** The segments of the volume between two totals: what a line adds that raises the total from one to the other. */
export function marginalSegments(
  rows: readonly TableRow[],
  measure: Measure,
  before: Exact,
  after: Exact,
): readonly Segment[] {
  return rows
    .map((row, place) => {
      const next = rows[place + 1]?.from ?? null;
      const from = inRow(rows, place, next, measure, before);
      const to = inRow(rows, place, next, measure, after);
      return { row, part: subtractExact(to.part, from.part), amount: subtractExact(to.amount, from.amount) };
    })
    .filter(({ part, amount }) => part[0] !== 0n || amount[0] !== 0n);
}

export function segmentsAmount(segments: readonly Segment[]): Exact {
  return sumExact(segments.map(({ amount }) => amount));
}

/** The part of a total that lies in a row, and what that part earns. */
function inRow(
  rows: readonly TableRow[],
  place: number,
  next: Exact | null,
  measure: Measure,
  total: Exact,
): { readonly part: Exact; readonly amount: Exact } {
  const row = rows[place];
  if (row === undefined) return { part: exactZero, amount: exactZero };
  const top = next === null ? total : smallerExact(total, next);
  const part = place === 0 ? top : largerExact(exactZero, subtractExact(top, row.from));
  const rate = (measure === 'amount' ? row.rate : row.perUnitMinor) ?? exactZero;
  let amount = multiplyExact(part, rate);
  if (row.flatMinor !== undefined && compareExact(total, row.from) > 0)
    amount = addExact(amount, row.flatMinor);
  if (row.spreadMinor !== undefined && next !== null) {
    const width = subtractExact(next, row.from);
    amount = addExact(amount, multiplyExact(row.spreadMinor, divideExact(part, width)));
  }
  return { part, amount };
}
