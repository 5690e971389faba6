import type { RegistrationFacts, Rival } from './registration.ts';

export type RegistrationRival = Extract<Rival, { kind: 'registration' }>;
export type OpportunityRival = Extract<Rival, { kind: 'opportunity' }>;

type Claim = Pick<RegistrationFacts, 'id' | 'submittedAt'>;

/** First come, first served: by the instant of submission, whatever offset it is written in, then by id. */
export function isEarlier(claim: Claim, other: Claim): boolean {
  const difference = Date.parse(claim.submittedAt) - Date.parse(other.submittedAt);
  return difference === 0 ? claim.id < other.id : difference < 0;
}

/**
 * Whether a registration still claims its customer: it waits for an answer, or its protection window is open.
 * `today` is `YYYY-MM-DD`.
 */
export function holdsProtection(rival: RegistrationRival, today: string): boolean {
  switch (rival.status) {
    case 'submitted':
    case 'in_review':
      return true;
    case 'approved':
      return rival.protectedUntil === null || rival.protectedUntil >= today;
    case 'rejected':
    case 'expired':
    case 'withdrawn':
      return false;
  }
}
