/** What hangs on an account, and how it is kept. */
export interface AccountUsage {
  readonly id: string;
  /** Its id in the CRM. */
  readonly extId: string;
  /** Payouts and tiers hang on it. */
  readonly isPartner: boolean;
  readonly openOpportunities: number;
  readonly registrations: number;
  /** Fields that say something. */
  readonly filledFields: number;
}

export interface Survivor {
  readonly id: string;
  /** Why this one, as a sentence. */
  readonly reason: string;
}

interface Reason {
  readonly of: (account: AccountUsage) => number;
  readonly says: (most: number, next: number) => string;
}

/** What costs most to lose comes first: the first reason on which the accounts differ decides. */
const reasons: readonly Reason[] = [
  { of: ({ isPartner }) => Number(isPartner), says: () => 'It is a partner: tiers and payouts hang on it.' },
  {
    of: ({ openOpportunities }) => openOpportunities,
    says: (most, next) => `It has the most open opportunities: ${most}, the next ${next}.`,
  },
  {
    of: ({ registrations }) => registrations,
    says: (most, next) => `Most registrations are about it: ${most}, the next ${next}.`,
  },
  {
    of: ({ filledFields: filled }) => filled,
    says: (most, next) => `It is the most complete: ${most} fields, the next ${next}.`,
  },
];

/**
 * The account the others should be merged into. Of those that tie on everything the oldest, which is the one
 * with the lowest id in the CRM.
 *
 * @param accounts at least one
 */
export function survivorOf(accounts: readonly AccountUsage[]): Survivor {
  let best = [...accounts].sort((a, b) => byAge(a.extId, b.extId));
  for (const { of, says } of reasons) {
    const most = Math.max(...best.map(of));
    const kept = best.filter((one) => of(one) === most);
    const [only] = kept;
    if (only && kept.length === 1 && best.length > 1)
      return { id: only.id, reason: says(most, Math.max(...best.filter((one) => one !== only).map(of))) };
    best = kept;
  }
  const [oldest] = best;
  if (!oldest) throw new TypeError('nothing survives of no accounts');
  return { id: oldest.id, reason: 'It is the oldest, by its id in the CRM; nothing else tells them apart.' };
}

/** CRMs assign ascending ids: either all of one length, or numbers that grow longer. */
function byAge(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : Number(a > b));
}
