/** Money for each unit sold, as SPIFFs and unit rebates pay it. */
import { multiplyExact, type Exact } from '#src/domain/exact.ts';
import type { RateRow } from '#src/domain/incentive/component.ts';
import { rateOf, type RateKeys } from './rate-row.ts';

export function perUnitAmount(rows: readonly RateRow[], keys: RateKeys, quantity: Exact): Exact {
  return multiplyExact(quantity, rateOf(rows, keys));
}
