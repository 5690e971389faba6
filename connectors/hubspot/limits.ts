import type { BudgetWindow, WindowReading } from '#connectors/contract/limits.ts';

export type AuthType = 'private' | 'oauth';

const burstMs = 10_000;
const dayMs = 86_400_000;

const search: BudgetWindow = { name: 'search', lengthMs: 1_000, allowed: 5, counts: ['search'] };

/**
 * The limits of the smallest account, used until an answer reports the real ones. HubSpot counts searches
 * over the whole account.
 */
const windows: Readonly<Record<AuthType, readonly BudgetWindow[]>> = {
  private: [
    { name: 'burst', lengthMs: burstMs, allowed: 100, counts: ['call', 'search'] },
    search,
    { name: 'day', lengthMs: dayMs, allowed: 250_000, counts: ['call', 'search'] },
  ],
  // OAuth apps have no daily limit.
  oauth: [{ name: 'burst', lengthMs: burstMs, allowed: 110, counts: ['call'] }, search],
};

export const windowsOf = (authType: AuthType): readonly BudgetWindow[] => windows[authType];

/** The limits in an answer's headers. Answers to searches have none. */
export function readingsIn(headers: Headers): WindowReading[] {
  return [
    ...reading(headers, 'burst', 'x-hubspot-ratelimit-max', 'x-hubspot-ratelimit-remaining'),
    ...reading(headers, 'day', 'x-hubspot-ratelimit-daily', 'x-hubspot-ratelimit-daily-remaining'),
  ];
}

function reading(headers: Headers, name: BudgetWindow['name'], max: string, rest: string): WindowReading[] {
  const allowed = numberIn(headers, max);
  const remaining = numberIn(headers, rest);
  return allowed === null || remaining === null ? [] : [{ name, allowed, used: allowed - remaining }];
}

/** The window whose limit caused a 429. HubSpot names its policy in the answer. */
export function refusedWindow(policyName: string | undefined): BudgetWindow['name'] {
  if (policyName === 'DAILY') return 'day';
  return policyName === 'SECONDLY' ? 'search' : 'burst';
}

export function numberIn(headers: Headers, name: string): number | null {
  const value = headers.get(name);
  return value === null || value.trim() === '' || Number.isNaN(Number(value)) ? null : Number(value);
}
