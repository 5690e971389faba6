/** A percentage of the basis. The oldest kind of commission: a credit memo gets back what its sale gave. */
import { multiplyExact, type Exact } from '#src/domain/exact.ts';
import type { RateRow } from '#src/domain/incentive/component.ts';
import { rateOf, type RateKeys } from './rate-row.ts';

export function percentAmount(rows: readonly RateRow[], keys: RateKeys, basis: Exact): Exact {
  return multiplyExact(basis, rateOf(rows, keys));
}
