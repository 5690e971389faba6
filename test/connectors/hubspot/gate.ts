import { setTimeout as sleep } from 'node:timers/promises';
import type { CallGate } from '#connectors/contract/limits.ts';

/** HubSpot counts calls when they arrive, which may be closer together than they left. */
const secondMs = 1_100;
const searchesPerSecond = 5;

/** Waits in this process until a call may leave: searches wait for their turn, and a hold stops all calls. */
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
    admit: async (kind) => {
      for (let ms = waitMs(kind === 'search'); ms > 0; ms = waitMs(kind === 'search')) await sleep(ms);
      if (kind === 'search') searches.push(performance.now());
    },
    learn: async () => {},
    noteClock: async () => {},
    hold: async (_, ms) => {
      heldUntil = Math.max(heldUntil, performance.now() + ms);
    },
  };
}
