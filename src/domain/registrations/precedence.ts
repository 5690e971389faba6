import type { RegistrationFacts, Rival } from './registration.ts';

export type RegistrationRival = Extract<Rival, { kind: 'registration' }>;
export type OpportunityRival = Extract<Rival, { kind: 'opportunity' }>;

type Submission = Pick<RegistrationFacts, 'id' | 'submittedAt'>;

/**
 * The first submission has precedence. Instants are compared in UTC; for equal instants the smaller id wins.
 */
export function isEarlier(registration: Submission, other: Submission): boolean {
  const difference = Date.parse(registration.submittedAt) - Date.parse(other.submittedAt);
  return difference === 0 ? registration.id < other.id : difference < 0;
}

/**
 * True while a registration keeps its place against others: it waits for an answer, or its protection window
 * is open on `today` (`YYYY-MM-DD`).
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
