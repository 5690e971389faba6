import type { RegistrationFacts, Rival } from './registration.ts';
import type { RuleContext } from './rules/rule.ts';

export type RegistrationRival = Extract<Rival, { kind: 'registration' }>;
export type OpportunityRival = Extract<Rival, { kind: 'opportunity' }>;

type Submission = Pick<RegistrationFacts, 'id' | 'submittedAt'>;

export type Precedence = 'earlier' | 'same_instant' | 'later';

/**
 * The order of two registrations of different partners. Equal instants are a tie, because nothing that Fairway
 * knows says who was first. In decisions by the first version of the rules, the smaller id was earlier.
 */
export function precedenceOf(
  registration: Submission,
  other: Submission,
  { version }: Pick<RuleContext, 'version'>,
): Precedence {
  const isTie = Date.parse(registration.submittedAt) === Date.parse(other.submittedAt);
  if (isTie && version > 1) return 'same_instant';
  return isEarlier(registration, other) ? 'earlier' : 'later';
}

/**
 * True if one registration comes before another of the same partner. Instants are compared in UTC. For equal
 * instants the smaller id is earlier, so that one of two duplicates remains.
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
