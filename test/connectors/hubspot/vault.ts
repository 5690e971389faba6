import type { TokenVault, Tokens } from '#connectors/contract/tokens.ts';

/** A vault in memory: one exchange at a time, and none for a token that is not the current one any more. */
export function memoryVault(
  first: Tokens | null,
): TokenVault & { readonly exchanges: () => number; readonly held: () => Tokens | null } {
  let held = first;
  let exchanges = 0;
  let turn: Promise<unknown> = Promise.resolve();
  return {
    exchanges: () => exchanges,
    held: () => held,
    current: async () => held,
    renew: (refused, exchange) => {
      const renewed = turn.then(async () => {
        if (!held) throw new Error('nothing to renew');
        if (held.accessToken !== refused) return held;
        exchanges += 1;
        held = await exchange(held);
        return held;
      });
      turn = renewed.catch(() => null);
      return renewed;
    },
  };
}
