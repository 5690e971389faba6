import { exactZero, type Exact } from '#src/domain/exact.ts';
import type { RateRow } from '#src/domain/incentive/component.ts';

/** The properties of a line by which a row of rates is found. */
export interface RateKeys {
  readonly tier: string | null;
  readonly product: string | null;
  readonly dealType: string | null;
  readonly registered: boolean;
}

/** The rate of the first row whose keys are all equal to the line's; 0 when there is none. */
export function rateOf(rows: readonly RateRow[], keys: RateKeys): Exact {
  const row = rows.find(
    ({ tier, product, dealType, registered }) =>
      (tier === undefined || tier === keys.tier) &&
      (product === undefined || product === keys.product) &&
      (dealType === undefined || dealType === keys.dealType) &&
      (registered === undefined || registered === keys.registered),
  );
  return row?.rate ?? exactZero;
}
