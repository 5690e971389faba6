/** What one partner has coming in one currency, from one period (`YYYY-MM`); signed. */
export interface OpenBalance {
  readonly partnerId: string;
  /** `payeeName`: what keys call the partner. */
  readonly payee: string;
  readonly currency: string;
  readonly period: string;
  readonly amountMinor: bigint;
  readonly lineCount: number;
}

export interface PayoutItemPlan extends OpenBalance {
  /** `payoutKey`; never paid twice. */
  readonly key: string;
}

export interface PayoutPlan {
  readonly items: readonly PayoutItemPlan[];
  /** Stays open and is netted against what the partner earns next. */
  readonly carried: readonly OpenBalance[];
}

/** `2026-10-P-0007-USD`. */
export function payoutKey(period: string, payee: string, currency: string): string {
  return `${period}-${payee}-${currency}`;
}

/**
 * One item for each partner and currency: everything that is open, nets included, paid under the latest
 * period there is. A net below `minimumMinor` (at least 1: nobody is paid nothing, or asked for money) is
 * carried forward. Both lists are sorted by key.
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
