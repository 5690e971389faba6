import {
  compareExact,
  floorExact,
  roundExact,
  subtractExact,
  exact,
  sumExact,
  type Exact,
  type ExactRounding,
} from '#src/domain/exact.ts';

/**
 * Rounds the sum of exact amounts once and shares it out: each gets its floor, and the units left go to the
 * largest remainders, or to the first amounts. Equal remainders go in the given order. An amount of 0 gets
 * no unit. The parts add up to the rounded sum.
 */
export function shareOut(
  amounts: readonly Exact[],
  rounding: ExactRounding,
  remainder: 'largest' | 'first',
): readonly bigint[] {
  const floors = amounts.map(floorExact);
  let left = roundExact(sumExact(amounts), rounding) - floors.reduce((sum, floor) => sum + floor, 0n);
  const parts = [...floors];
  for (const place of placesInTurn(amounts, floors, remainder)) {
    if (left <= 0n) break;
    parts[place] = (parts[place] ?? 0n) + 1n;
    left -= 1n;
  }
  return parts;
}

function placesInTurn(
  amounts: readonly Exact[],
  floors: readonly bigint[],
  remainder: 'largest' | 'first',
): readonly number[] {
  const places = [...amounts.keys()].filter((place) => amounts[place]?.[0] !== 0n);
  if (remainder === 'first') return places;
  const rest = (place: number) => subtractExact(amounts[place] ?? exact(0n), exact(floors[place] ?? 0n));
  return places.toSorted((a, b) => compareExact(rest(b), rest(a)) || a - b);
}
