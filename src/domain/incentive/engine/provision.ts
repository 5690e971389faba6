import {
  divideExact,
  exactZero,
  multiplyExact,
  roundExact,
  sumExact,
  type Exact,
  type ExactRounding,
} from '#src/domain/exact.ts';
import type { Expectation, Method } from '#src/domain/incentive/component.ts';
import { growthAmount } from '#src/domain/incentive/methods/growth.ts';
import { lumpAmount } from '#src/domain/incentive/methods/lump.ts';
import { marginalSegments, segmentsAmount } from '#src/domain/incentive/methods/marginal.ts';
import { packageAmount } from '#src/domain/incentive/methods/package.ts';
import { percentAmount } from '#src/domain/incentive/methods/percent.ts';
import { retroactiveAmount } from '#src/domain/incentive/methods/retroactive.ts';
import { rowsFor } from '#src/domain/incentive/methods/table.ts';
import type { IncentiveLine } from './lines.ts';

export interface ProvisionTerms {
  readonly method: Method;
  readonly expected: Expectation;
  /** The partner's tier at the cut-off. */
  readonly tier: string | null;
  readonly rounding: ExactRounding;
  /** The volume that growth is measured against. */
  readonly baseline: () => Exact;
}

/**
 * The amount that finance must provide for before a window ends: the expected rate on the volume so far, and
 * never less than has been earned.
 */
export function providedAmount(
  lines: readonly IncentiveLine[],
  earnedMinor: bigint,
  terms: ProvisionTerms,
): bigint {
  const basis = sumExact(lines.map((line) => line.basis));
  const expected = roundExact(multiplyExact(expectedRate(terms), basis), terms.rounding);
  return expected > earnedMinor ? expected : earnedMinor;
}

function expectedRate(terms: ProvisionTerms): Exact {
  if ('rate' in terms.expected) return terms.expected.rate;
  const volume = terms.expected.basisMinor;
  return volume[0] === 0n ? exactZero : divideExact(amountAt(terms, volume), volume);
}

/** The amount that the table gives at a volume. */
function amountAt({ method, tier, baseline }: ProvisionTerms, volume: Exact): Exact {
  switch (method.type) {
    case 'percent':
      return percentAmount(method.rates, { tier, product: null, dealType: null, registered: false }, volume);
    case 'per_unit':
      return exactZero;
    case 'marginal':
      return segmentsAmount(marginalSegments(rowsFor(method.tables, tier), 'amount', exactZero, volume));
    case 'retroactive':
      return retroactiveAmount(rowsFor(method.tables, tier), method.boundary, volume, {
        basis: volume,
        quantity: exactZero,
      });
    case 'lump':
      return lumpAmount(rowsFor(method.tables, tier), method, volume);
    case 'package':
      return packageAmount(method, volume);
    case 'growth':
      return growthAmount(rowsFor(method.tables, tier), method, volume, baseline());
  }
}
