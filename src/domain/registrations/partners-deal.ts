import type { MatchVerdict } from '#src/domain/matching/company.ts';
import type { RegistrationFacts } from './registration.ts';

/** An opportunity that a registration is linked to. */
interface LinkedDeal {
  readonly openedAt: string | null;
  /** The match of its account with the customer of the registration. Null if it has no account. */
  readonly customer: MatchVerdict | null;
}

/**
 * True if a linked opportunity is the partner's deal: it was opened when the registration was there, and is not
 * with another company. Otherwise it may be a deal of our own sales team, and counts as one for every partner.
 */
export function isPartnersDeal(
  { openedAt, customer }: LinkedDeal,
  { submittedAt }: Pick<RegistrationFacts, 'submittedAt'>,
): boolean {
  if (openedAt === null || Date.parse(openedAt) < Date.parse(submittedAt)) return false;
  return customer === null || customer === 'same';
}
