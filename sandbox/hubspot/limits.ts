import type { App } from './apps.ts';
import { HubspotError } from './errors.ts';

/** The limits of apps in an Enterprise account. */
export interface Allowance {
  /** For each private app, searches included. */
  readonly perTenSeconds: number;
  /** For each OAuth app; searches do not count. */
  readonly oauthPerTenSeconds: number;
  /** For the private apps of the account together. OAuth apps have no daily limit. */
  readonly perDay: number;
  /** Counted over the account, for all apps together. */
  readonly searchesPerSecond: number;
}

export const enterprise: Allowance = {
  perTenSeconds: 190,
  oauthPerTenSeconds: 110,
  perDay: 1_000_000,
  searchesPerSecond: 5,
};

const tenSecondsMs = 10_000;
const secondMs = 1_000;

/**
 * Refuses calls over the limit. The short windows use real time, so that a test that stops the vendor's clock
 * is not locked out. Refused calls do not count against the windows.
 */
export class RateLimits {
  allowance: Allowance = enterprise;
  readonly #byApp = new Map<number, number[]>();
  #searches: number[] = [];
  #day = '';
  #today = 0;

  /** @returns the headers of the answer; searches get none, as documented. */
  admit(app: App, isSearch: boolean, now: Date): Record<string, string> {
    const at = performance.now();
    const recent = (this.#byApp.get(app.appId) ?? []).filter((call) => call > at - tenSecondsMs);
    this.#searches = this.#searches.filter((call) => call > at - secondMs);
    this.#startDay(now);
    const isPrivate = app.kind !== 'oauth';
    const { perTenSeconds, oauthPerTenSeconds, perDay, searchesPerSecond } = this.allowance;
    const most = isPrivate ? perTenSeconds : oauthPerTenSeconds;
    const counts = isPrivate || !isSearch;
    if (isPrivate && this.#today >= perDay) throw exceeded('DAILY', 'daily', 3600);
    if (counts && recent.length >= most)
      throw exceeded(
        'TEN_SECONDLY_ROLLING',
        'ten_secondly_rolling',
        ((recent[0] ?? at) + tenSecondsMs - at) / 1000,
      );
    if (isSearch && this.#searches.length >= searchesPerSecond) throw exceeded('SECONDLY', 'secondly', 1);
    if (counts) recent.push(at);
    this.#byApp.set(app.appId, recent);
    if (isPrivate) this.#today += 1;
    if (isSearch) this.#searches.push(at);
    return isSearch ? {} : { ...window(most, recent.length), ...(isPrivate ? this.#daily() : {}) };
  }

  #startDay(now: Date): void {
    const day = now.toISOString().slice(0, 10);
    if (day === this.#day) return;
    this.#day = day;
    this.#today = 0;
  }

  #daily(): Record<string, string> {
    const { perDay } = this.allowance;
    return {
      'X-HubSpot-RateLimit-Daily': String(perDay),
      'X-HubSpot-RateLimit-Daily-Remaining': String(perDay - this.#today),
    };
  }
}

const window = (most: number, recent: number): Record<string, string> => ({
  'X-HubSpot-RateLimit-Max': String(most),
  'X-HubSpot-RateLimit-Remaining': String(most - recent),
  'X-HubSpot-RateLimit-Interval-Milliseconds': String(tenSecondsMs),
});

export function exceeded(policyName: string, name: string, retryAfterSeconds: number): HubspotError {
  const extras = { policyName, errorType: 'RATE_LIMIT' };
  return new HubspotError(429, 'RATE_LIMITS', `You have reached your ${name} limit.`, extras, {
    'Retry-After': String(Math.max(1, Math.ceil(retryAfterSeconds))),
  });
}
