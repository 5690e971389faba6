import { relateFamilies, type FamilyRelation } from './families.ts';
import { holdsProtection, isEarlier, type RegistrationRival } from './precedence.ts';
import type { DealTerms, RegistrationFacts, Rival } from './registration.ts';
import type { RuleContext } from './rules/rule.ts';

/** How a registration stands to an earlier one of the same partner for the same customer. */
export interface SamePartnerEarlier {
  readonly rival: RegistrationRival;
  /** `closed_deal`: the same deal, by all that is written, but that one is won or lost. */
  readonly relation: 'same_deal' | 'closed_deal' | FamilyRelation;
}

/**
 * Null for a rival that is none, or that no longer holds its claim. Two that both name no product are one
 * deal; a renewal is another.
 */
export function samePartnerEarlier(
  facts: RegistrationFacts,
  rival: Rival,
  { today, policy }: RuleContext,
): SamePartnerEarlier | null {
  if (rival.kind !== 'registration' || rival.partnerId !== facts.partnerId || rival.match.verdict !== 'same')
    return null;
  if (!holdsProtection(rival, today) || !isEarlier(rival, facts)) return null;
  if (rival.dealType !== facts.dealType) return { rival, relation: 'disjoint' };
  const isUnnamed = [facts, rival].every(({ productFamily }) => !productFamily?.trim());
  const relation = relateFamilies(facts.productFamily, rival.productFamily, policy.productFamilies);
  if (!isUnnamed && relation !== 'same') return { rival, relation };
  return {
    rival,
    relation: rival.outcome === 'won' || rival.outcome === 'lost' ? 'closed_deal' : 'same_deal',
  };
}

/**
 * What a later registration of the same deal says otherwise, as `amount 60000.00 USD instead of 50000.00
 * USD`. A blank says nothing. The contact is a person and the sentence goes to the audit trail, which nobody
 * can erase anything from: whom it names is not repeated.
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
