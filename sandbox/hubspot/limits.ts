import { HubspotError } from './errors.ts';

/** What an Enterprise account's private app may do. */
export interface Allowance {
  readonly perTenSeconds: number;
  readonly perDay: number;
  /** Counted over the account, whichever app asks. */
  readonly searchesPerSecond: number;
}

export const enterprise: Allowance = { perTenSeconds: 190, perDay: 1_000_000, searchesPerSecond: 5 };

const tenSecondsMs = 10_000;
const secondMs = 1_000;

/**
 * Refuses what is over the limit. The short windows run on real time, whatever the vendor's clock says: a test that
 * stops the clock must not be locked out forever. Refused calls do not count against the windows.
 */
export class RateLimits {
  allowance: Allowance = enterprise;
  readonly #byToken = new Map<string, number[]>();
  #searches: number[] = [];
  #day = '';
  #today = 0;

  /** @returns the headers of the answer; searches get none, as documented. */
  admit(token: string, isSearch: boolean, now: Date): Record<string, string> {
    const at = performance.now();
    const recent = (this.#byToken.get(token) ?? []).filter((call) => call > at - tenSecondsMs);
    this.#searches = this.#searches.filter((call) => call > at - secondMs);
    this.#startDay(now);
    const { perTenSeconds, perDay, searchesPerSecond } = this.allowance;
    if (this.#today >= perDay) throw exceeded('DAILY', 'daily', 3600);
    if (recent.length >= perTenSeconds)
      throw exceeded('TEN_SECONDLY_ROLLING', 'ten_secondly_rolling', ((recent[0] ?? at) + tenSecondsMs - at) / 1000);
    if (isSearch && this.#searches.length >= searchesPerSecond) throw exceeded('SECONDLY', 'secondly', 1);
    recent.push(at);
    this.#byToken.set(token, recent);
    this.#today += 1;
    if (isSearch) this.#searches.push(at);
    return isSearch ? {} : this.#headers(recent.length);
  }

  #startDay(now: Date): void {
    const day = now.toISOString().slice(0, 10);
    if (day === this.#day) return;
    this.#day = day;
    this.#today = 0;
  }

  #headers(recent: number): Record<string, string> {
    const { perTenSeconds, perDay } = this.allowance;
    return {
      'X-HubSpot-RateLimit-Max': String(perTenSeconds),
      'X-HubSpot-RateLimit-Remaining': String(perTenSeconds - recent),
      'X-HubSpot-RateLimit-Interval-Milliseconds': String(tenSecondsMs),
      'X-HubSpot-RateLimit-Daily': String(perDay),
      'X-HubSpot-RateLimit-Daily-Remaining': String(perDay - this.#today),
    };
  }
}

function exceeded(policyName: string, window: string, retryAfterSeconds: number): HubspotError {
  const extras = { policyName, errorType: 'RATE_LIMIT' };
  return new HubspotError(429, 'RATE_LIMITS', `You have reached your ${window} limit.`, extras, {
    'Retry-After': String(Math.max(1, Math.ceil(retryAfterSeconds))),
  });
}
