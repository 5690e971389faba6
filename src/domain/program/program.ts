import type { Rate } from '#src/domain/money.ts';
import type { EngagementPolicy } from './engagement.ts';

/**
 * A partner programme at one version. Immutable once published; every decision pins the version it was made
 * under.
 */
export interface Program {
  readonly name: string;
  readonly currency: string;
  /**
   * `YYYY-MM-DD`: documents issued before it count towards tiers but earn nothing here (they were settled
   * elsewhere).
   */
  readonly startsOn: string;
  /** Days an approved registration holds. */
  readonly protectionDays: number;
  /**
   * Days a finished month stays open for documents that arrive late, before it is closed and its payouts are
   * drafted.
   */
  readonly payoutGraceDays: number;
  readonly engagement: EngagementPolicy;
  /** From the lowest to the highest; the first has no requirement, so every partner has a tier. */
  readonly tiers: readonly Tier[];
  readonly components: readonly Component[];
}

export interface Tier {
  readonly name: string;
  /**
   * Net invoiced in the trailing twelve months, minor units of the programme's currency; at equality the tier
   * is reached.
   */
  readonly trailingRevenueMinor: bigint;
}

/** One incentive. So far: a commission, a rate per tier on the net of paid invoices. */
export interface Component {
  readonly kind: 'commission';
  readonly code: string;
  readonly label: string;
  /** Exact rational rate by tier name: `[5n, 100n]` is 5 %. */
  readonly rates: Readonly<Record<string, Rate>>;
}
