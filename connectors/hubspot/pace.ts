import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** HubSpot's windows, a little longer than it counts them: our calls may arrive closer together than they left. */
const longWindowMs = 10_500;
const shortWindowMs = 1_100;
const searchesPerWindow = 5;

/** What a Free account may do; every answer but a search's tells the real number. */
const cautiousMax = 100;

/** Lets calls out so that HubSpot’s limits are not met: it is cheaper to wait than to collect refusals. */
export class Pace {
  #max = cautiousMax;
  #calls: number[] = [];
  #searches: number[] = [];
  #heldUntil = 0;

  /** Resolves when one more call may leave, and counts it. */
  async turn(isSearch: boolean): Promise<void> {
    for (let waitMs = this.#waitMs(isSearch); waitMs > 0; waitMs = this.#waitMs(isSearch)) await sleep(waitMs);
    this.#calls.push(performance.now());
    if (isSearch) this.#searches.push(performance.now());
  }

  /** Other processes may use the same token, so the vendor’s own count decides. */
  learn(headers: Headers): void {
    const max = numberIn(headers, 'x-hubspot-ratelimit-max');
    if (max !== null && max > 0) this.#max = max;
    if (numberIn(headers, 'x-hubspot-ratelimit-remaining') === 0) this.hold(1_000);
  }

  hold(ms: number): void {
    this.#heldUntil = Math.max(this.#heldUntil, performance.now() + ms);
  }

  #waitMs(isSearch: boolean): number {
    const now = performance.now();
    this.#calls = this.#calls.filter((at) => at > now - longWindowMs);
    this.#searches = this.#searches.filter((at) => at > now - shortWindowMs);
    const freeAt = (calls: readonly number[], max: number, windowMs: number): number =>
      calls.length < max ? 0 : (calls[calls.length - max] ?? 0) + windowMs;
    const at = Math.max(
      this.#heldUntil,
      freeAt(this.#calls, this.#max, longWindowMs),
      isSearch ? freeAt(this.#searches, searchesPerWindow, shortWindowMs) : 0,
    );
    return Math.ceil(at - now);
  }
}

export function numberIn(headers: Headers, name: string): number | null {
  const value = headers.get(name);
  return value === null || value.trim() === '' || Number.isNaN(Number(value)) ? null : Number(value);
}

const paces = new Map<string, Pace>();

/** Connectors come and go with the jobs that need them; the limit belongs to the token, so one pace outlives them all. */
export function paceOf(basePath: string, accessToken: string): Pace {
  const key = createHash('sha256').update(`${basePath} ${accessToken}`).digest('hex');
  const known = paces.get(key) ?? new Pace();
  paces.set(key, known);
  return known;
}
