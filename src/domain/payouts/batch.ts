/** The unpaid amount of one partner in one currency and period (`YYYY-MM`). It can be negative. */
export interface OpenBalance {
  readonly partnerId: string;
  /** The partner's name in payout keys, see `payeeName`. */
  readonly payee: string;
  readonly currency: string;
  readonly period: string;
  readonly amountMinor: bigint;
  readonly lineCount: number;
}

export interface PayoutItemPlan extends OpenBalance {
  /** See `payoutKey`. A key is never paid twice. */
  readonly key: string;
}

export interface PayoutPlan {
  readonly items: readonly PayoutItemPlan[];
  /** Balances that stay open and are offset against the partner's next earnings. */
  readonly carried: readonly OpenBalance[];
}

/** Such as `2026-10-P-0007-USD`. */
export function payoutKey(period: string, payee: string, currency: string): string {
  return `${period}-${payee}-${currency}`;
}

/**
 * Plans one item per partner and currency: the sum of all open balances, under the latest of their periods. A
 * sum below `minimumMinor` (at least 1, so that a payout is always positive) is carried forward. Both lists
 * are sorted by key.
 */
export function planPayouts(open: readonly OpenBalance[], minimumMinor = 1n): PayoutPlan {
  const period = open.reduce((latest, balance) => (balance.period > latest ? balance.period : latest), '');
  const nets = new Map<string, OpenBalance>();
  for (const { partnerId, payee, currency, amountMinor, lineCount } of open) {
    const key = payoutKey(period, payee, currency);
    const net = nets.get(key);
    nets.set(key, {
      partnerId,
      payee,
      currency,
      period,
      amountMinor: (net?.amountMinor ?? 0n) + amountMinor,
      lineCount: (net?.lineCount ?? 0) + lineCount,
    });
  }
  const sorted = [...nets].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, net]) => ({ key, ...net }));
  const least = minimumMinor < 1n ? 1n : minimumMinor;
  return {
    items: sorted.filter((item) => item.amountMinor >= least),
    carried: sorted.filter((item) => item.amountMinor < least).map(({ key: _, ...balance }) => balance),
  };
}
