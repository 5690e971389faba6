/** A price for each package of units beyond the free ones: each begun package, or each full one. */
import {
  ceilingExact,
  divideExact,
  exact,
  exactZero,
  floorExact,
  multiplyExact,
  subtractExact,
  type Exact,
} from '#src/domain/exact.ts';
import type { Method } from '#src/domain/incentive/component.ts';

export type PackageTerms = Extract<Method, { type: 'package' }>;

/** The number of packages in a volume. Never negative. */
export function packageCount(
  { size, freeUnits, part }: Pick<PackageTerms, 'size' | 'freeUnits' | 'part'>,
  total: Exact,
): bigint {
  const packages = divideExact(subtractExact(total, freeUnits), size);
  const count = part === 'up' ? ceilingExact(packages) : floorExact(packages);
  return count < 0n ? 0n : count;
}

export function packageAmount(terms: PackageTerms, total: Exact): Exact {
  const count = packageCount(terms, total);
  return count === 0n ? exactZero : multiplyExact(exact(count), terms.priceMinor);
}
