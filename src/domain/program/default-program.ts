import { defaultEngagement } from './engagement.ts';
import type { Program } from './program.ts';

/**
 * The programme of a new installation, so that the first run has results. The ops admin publishes another
 * one.
 */
export const defaultProgram: Program = {
  name: 'Partner programme',
  currency: 'USD',
  startsOn: '2026-01-01',
  protectionDays: 90,
  payoutGraceDays: 5,
  engagement: defaultEngagement,
  tiers: [
    { name: 'Registered', trailingRevenueMinor: 0n },
    { name: 'Silver', trailingRevenueMinor: 100_000_00n },
    { name: 'Gold', trailingRevenueMinor: 500_000_00n },
    { name: 'Platinum', trailingRevenueMinor: 2_000_000_00n },
  ],
  components: [
    {
      kind: 'commission',
      code: 'commission',
      label: 'Commission',
      rates: { Registered: [5n, 100n], Silver: [75n, 1000n], Gold: [10n, 100n], Platinum: [12n, 100n] },
    },
  ],
};
