import type { EditedTerms } from './protected-terms.ts';
import type { RegistrationFacts, Rival } from './registration.ts';
import type { RuleContext } from './rules/rule.ts';

export type RegistrationRival = Extract<Rival, { kind: 'registration' }>;
export type OpportunityRival = Extract<Rival, { kind: 'opportunity' }>;

/** The instants of a registration that its precedence may count from. */
export interface SubmissionDates {
  /** As typed in the CRM. */
  readonly submittedAt: Date;
  readonly createdAt: Date | null;
  readonly receivedAt: Date | null;
  readonly confirmedSubmittedAt: Date | null;
  /** When it got its present terms, if it was about no customer or another deal before. */
  readonly termsSince: Date | null;
}

/**
 * The instant from which precedence counts: the earliest that the CRM or Fairway can vouch for. These are the
 * creation of the record, or its receipt by Fairway where the CRM does not say it, and a typed date that an ops
 * admin has confirmed. Otherwise a partner would win by typing an earlier date. A registration that named no customer, or was about another deal,
 * counts from the change. Only rows from before these instants were stored count from the typed date.
 */
export function precedenceAt(dates: SubmissionDates): Date {
  const { submittedAt, createdAt, receivedAt, confirmedSubmittedAt, termsSince } = dates;
  if (termsSince !== null) return termsSince;
  // One clock decides: a CRM whose clock is ahead would otherwise be mixed with ours.
  const vouched = [createdAt ?? receivedAt, confirmedSubmittedAt].flatMap((one) => one?.getTime() ?? []);
  return vouched.length === 0 ? submittedAt : new Date(Math.min(...vouched));
}

/** The instant from which the response deadline counts: an edit that waits for an answer, or the submission. */
export function answerFrom(dates: SubmissionDates & { readonly editedTerms: EditedTerms | null }): Date {
  return dates.editedTerms?.state === 'waiting' ? new Date(dates.editedTerms.since) : precedenceAt(dates);
}

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
    // Without a customer there is nothing to protect.
    case 'information_needed':
    case 'rejected':
    case 'expired':
    case 'withdrawn':
      return false;
  }
}
