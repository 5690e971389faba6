import type { TokenVault, Tokens } from '#connectors/contract/tokens.ts';

/** A vault in memory: one exchange at a time, and none for a token that is no longer the current one. */
export function memoryVault(
  first: Tokens | null,
): TokenVault & { readonly exchanges: () => number; readonly stored: () => Tokens | null } {
  let stored = first;
  let exchanges = 0;
  let lastRenewal: Promise<unknown> = Promise.resolve();
  return {
    exchanges: () => exchanges,
    stored: () => stored,
    current: async () => stored,
    renew: (refused, exchange) => {
      const renewed = lastRenewal.then(async () => {
        if (!stored) throw new Error('nothing to renew');
        if (stored.accessToken !== refused) return stored;
        exchanges += 1;
        stored = await exchange(stored);
        return stored;
      });
      lastRenewal = renewed.catch(() => null);
      return renewed;
    },
  };
}
