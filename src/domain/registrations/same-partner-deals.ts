import { relateFamilies, type FamilyRelation } from './families.ts';
import { holdsProtection, isEarlier, type RegistrationRival } from './precedence.ts';
import type { DealTerms, RegistrationFacts, Rival } from './registration.ts';
import type { RuleContext } from './rules/rule.ts';

/** An earlier registration of the same partner for the same customer. */
export interface EarlierDeal {
  readonly rival: RegistrationRival;
  /**
   * The relation of the two deals. `closed_deal`: it looks like the same deal, but the earlier one is won or
   * lost.
   */
  readonly relation: 'same_deal' | 'closed_deal' | FamilyRelation;
}

/**
 * Null if the rival is not an earlier registration of the same partner for the same customer, or if it has
 * ended. Two registrations without a product family are the same deal; a renewal and new business are not.
 */
export function findEarlierDeal(
  facts: RegistrationFacts,
  rival: Rival,
  { today, policy }: RuleContext,
): EarlierDeal | null {
  if (rival.kind !== 'registration' || rival.partnerId !== facts.partnerId || rival.match.verdict !== 'same')
    return null;
  if (!holdsProtection(rival, today) || !isEarlier(rival, facts)) return null;
  if (rival.dealType !== facts.dealType) return { rival, relation: 'disjoint' };
  const isUnnamed = [facts, rival].every(({ productFamily }) => !productFamily?.trim());
  const relation = relateFamilies(facts.productFamily, rival.productFamily, policy.productFamilies);
  if (!isUnnamed && relation !== 'same') return { rival, relation };
  const isClosed = rival.outcome === 'won' || rival.outcome === 'lost';
  return { rival, relation: isClosed ? 'closed_deal' : 'same_deal' };
}

/**
 * The terms in which a later registration of the same deal differs, such as `amount 60000.00 USD instead of
 * 50000.00 USD`. A blank is not a difference. The contact's address is left out, because the text goes to the
 * audit trail, from which personal data cannot be erased.
 */
export function differencesBetween(
  { terms }: Pick<RegistrationFacts, 'terms'>,
  before: Pick<RegistrationFacts, 'terms'>,
): readonly string[] {
  const differs = (field: keyof DealTerms): boolean =>
    terms[field] !== null && terms[field].toLowerCase() !== before.terms[field]?.toLowerCase();
  const values = (field: 'amount' | 'expectedClose'): string =>
    `${terms[field]} instead of ${before.terms[field] ?? 'none'}`;
  return [
    ...(differs('amount') ? [`amount ${values('amount')}`] : []),
    ...(differs('expectedClose') ? [`expected close ${values('expectedClose')}`] : []),
    ...(differs('contactEmail') ? ['another contact'] : []),
  ];
}
