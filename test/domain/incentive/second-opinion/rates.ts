/** The rates and tables of components. */
import {
  addExact,
  compareExact,
  divideExact,
  exactOne,
  exactZero,
  multiplyExact,
  parseExact,
  smallerExact,
  subtractExact,
  type Exact,
} from '#src/domain/exact.ts';
import type { Component, Method, Row } from './format.ts';
import { percentOf } from './rules.ts';

interface Rated {
  readonly product: string | null;
  readonly dealType: string | null;
  readonly registered: boolean;
}

/** The rate of percent and per_unit: the first row whose conditions all equal the line; without one 0. */
export function lineRate({ method }: Component, line: Rated, tier: string) {
  const row = (method.rates ?? [method]).find((one) => {
    if (!('tier' in one || 'product' in one || 'dealType' in one || 'registered' in one)) return true;
    return (
      (one.tier === undefined || one.tier === tier) &&
      (one.product === undefined || one.product === line.product) &&
      (one.dealType === undefined || one.dealType === line.dealType) &&
      (one.registered === undefined || one.registered === line.registered)
    );
  });
  return {
    of(x: Exact, quantity: Exact): Exact {
      return method.type === 'percent'
        ? multiplyExact(x, percentOf(row?.percent ?? 0))
        : multiplyExact(quantity, parseExact(row?.perUnitMinor ?? 0));
    },
  };
}

export function tableOf(method: Method, tier: string): readonly Row[] {
  return method.tableByTier === undefined ? (method.table ?? []) : (method.tableByTier[tier] ?? []);
}

/** The rows that a value has reached, the lowest first. */
export function rowsReached(method: Method, rows: readonly Row[], value: Exact): readonly Row[] {
  return rows.filter(({ from }) => {
    const compared = compareExact(value, parseExact(from));
    return method.boundary === 'upper_inclusive' ? compared > 0 : compared >= 0;
  });
}

/** The row whose rate applies to a value; the first row also applies below it. */
export function applyingRow(method: Method, rows: readonly Row[], value: Exact): Row | null {
  return rowsReached(method, rows, value).at(-1) ?? rows[0] ?? null;
}

/** The amount of a row on a basis or on a quantity. */
export function rowAmount(row: Row | null, x: Exact, quantity: Exact): Exact {
  if (row?.perUnitMinor !== undefined) return multiplyExact(quantity, parseExact(row.perUnitMinor));
  return multiplyExact(x, percentOf(row?.percent ?? 0));
}

/** The sum of all rows of a marginal table up to a value. */
export function marginalAmount(method: Method, rows: readonly Row[], value: Exact): Exact {
  let sum = exactZero;
  for (const [place, row] of rows.entries()) {
    const from = parseExact(row.from);
    const next = rows[place + 1];
    const reached = compareExact(value, from) > 0;
    if (!reached && place > 0) continue;
    const until = next === undefined ? value : smallerExact(value, parseExact(next.from));
    const inside = subtractExact(until, from);
    const rate =
      method.measure === 'quantity' ? parseExact(row.perUnitMinor ?? 0) : percentOf(row.percent ?? 0);
    sum = addExact(sum, multiplyExact(inside, rate));
    if (reached && row.flatMinor !== undefined) sum = addExact(sum, parseExact(row.flatMinor));
    if (row.spreadMinor !== undefined) {
      const width = next === undefined ? exactOne : subtractExact(parseExact(next.from), from);
      sum = addExact(sum, multiplyExact(parseExact(row.spreadMinor), divideExact(inside, width)));
    }
  }
  return sum;
}

/** The amount of a lump table at a total; a total of 0 gives 0. */
export function lumpReached(method: Method, rows: readonly Row[], total: Exact): Exact {
  if (total[0] === 0n) return exactZero;
  const amounts = rowsReached(method, rows, total).map((row) => parseExact(row.amountMinor ?? 0));
  if (method.pay === 'sum') return amounts.reduce(addExact, exactZero);
  return amounts.at(-1) ?? exactZero;
}
