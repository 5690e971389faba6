import { setTimeout as sleep } from 'node:timers/promises';
import type { CallGate } from '#connectors/contract/limits.ts';

/** HubSpot counts calls when they arrive, which may be closer together than they left. */
const secondMs = 1_100;
const searchesPerSecond = 5;

/** Sits every wait out, in this process alone: searches take their turn, and a hold holds everybody. */
export function waitingGate(): CallGate {
  let searches: number[] = [];
  let heldUntil = 0;
  const waitMs = (isSearch: boolean): number => {
    const now = performance.now();
    searches = searches.filter((at) => at > now - secondMs);
    const freeAt = isSearch && searches.length >= searchesPerSecond ? (searches[0] ?? 0) + secondMs : 0;
    return Math.ceil(Math.max(freeAt, heldUntil) - now);
  };
  return {
    admit: async (sort) => {
      for (let ms = waitMs(sort === 'search'); ms > 0; ms = waitMs(sort === 'search')) await sleep(ms);
      if (sort === 'search') searches.push(performance.now());
    },
    learn: async () => {},
    hold: async (_, ms) => {
      heldUntil = Math.max(heldUntil, performance.now() + ms);
    },
  };
}
