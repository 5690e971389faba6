/** Records that depend on an account, and how complete it is. */
export interface AccountUsage {
  readonly id: string;
  /** Its id in the CRM. */
  readonly extId: string;
  /** True if it is a partner, with payouts and tiers. */
  readonly isPartner: boolean;
  readonly openOpportunities: number;
  readonly registrations: number;
  /** The number of fields with a value. */
  readonly filledFields: number;
}

export interface Survivor {
  readonly id: string;
  /** The reason for this account, as a sentence. */
  readonly reason: string;
}

interface Criterion {
  readonly of: (account: AccountUsage) => number;
  readonly reason: (most: number, next: number) => string;
}

/** The most important first. The first criterion in which one account is ahead of all others decides. */
const criteria: readonly Criterion[] = [
  {
    of: ({ isPartner }) => Number(isPartner),
    reason: () => 'It is a partner: tiers and payouts depend on it.',
  },
  {
    of: ({ openOpportunities }) => openOpportunities,
    reason: (most, next) => `It has the most open opportunities: ${most}, the next has ${next}.`,
  },
  {
    of: ({ registrations }) => registrations,
    reason: (most, next) => `It has the most registrations: ${most}, the next has ${next}.`,
  },
  {
    of: ({ filledFields: filled }) => filled,
    reason: (most, next) => `It is the most complete: ${most} fields have a value, the next has ${next}.`,
  },
];

/**
 * The account that the others should be merged into. If all criteria are equal, it is the oldest account,
 * which has the lowest id in the CRM.
 *
 * @param accounts at least one
 */
export function survivorOf(accounts: readonly AccountUsage[]): Survivor {
  let best = [...accounts].sort((a, b) => byAge(a.extId, b.extId));
  for (const { of, reason } of criteria) {
    const most = Math.max(...best.map(of));
    const leading = best.filter((one) => of(one) === most);
    const [only] = leading;
    if (only && leading.length === 1 && best.length > 1) {
      const next = Math.max(...best.filter((one) => one !== only).map(of));
      return { id: only.id, reason: reason(most, next) };
    }
    best = leading;
  }
  const [oldest] = best;
  if (!oldest) throw new TypeError('at least one account is needed');
  return { id: oldest.id, reason: 'It is the oldest by its id in the CRM; all other criteria are equal.' };
}

/** CRMs assign ascending ids: either all of one length, or numbers that grow longer. */
function byAge(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : Number(a > b));
}
