import type { Rate } from '#src/domain/money.ts';
import type { EngagementPolicy } from './engagement.ts';

/**
 * One version of a partner programme. It never changes once published; every decision stores the version it
 * used.
 */
export interface Program {
  readonly name: string;
  readonly currency: string;
  /**
   * `YYYY-MM-DD`. Documents issued before this day count towards tiers but earn nothing, because they were
   * settled elsewhere.
   */
  readonly startsOn: string;
  /** Length of the protection window of an approved registration, in days. */
  readonly protectionDays: number;
  /**
   * Days after the end of a month before it is closed and its payouts are drafted, so that late documents are
   * included.
   */
  readonly payoutGraceDays: number;
  readonly engagement: EngagementPolicy;
  /** From the lowest to the highest. The first has no requirement, so that every partner has a tier. */
  readonly tiers: readonly Tier[];
  readonly components: readonly Component[];
}

export interface Tier {
  readonly name: string;
  /**
   * The net revenue of the last twelve months that reaches the tier, in minor units of the programme's
   * currency.
   */
  readonly trailingRevenueMinor: bigint;
}

/** One incentive. The only kind is a commission: a rate per tier on the net amount of paid invoices. */
export interface Component {
  readonly kind: 'commission';
  readonly code: string;
  readonly label: string;
  /** By tier name. */
  readonly rates: Readonly<Record<string, Rate>>;
}
