import { relateFamilies, type FamilyRelation } from './families.ts';
import { holdsClaim, isEarlier, type RegistrationRival } from './precedence.ts';
import type { RegistrationFacts, Rival } from './registration.ts';
import type { RuleContext } from './rules/rule.ts';

/** How a registration stands to an earlier one of the same partner for the same customer. */
export interface OwnEarlier {
  readonly rival: RegistrationRival;
  readonly relation: 'same_deal' | FamilyRelation;
}

/** Null for a rival that is none, or that no longer holds its claim. Two that both name no product are one deal; a renewal is another. */
export function ownEarlier(facts: RegistrationFacts, rival: Rival, { today, policy }: RuleContext): OwnEarlier | null {
  if (rival.kind !== 'registration' || rival.partnerId !== facts.partnerId || rival.match.verdict !== 'same') return null;
  if (!holdsClaim(rival, today) || !isEarlier(rival, facts)) return null;
  if (rival.dealType !== facts.dealType) return { rival, relation: 'disjoint' };
  const isUnnamed = [facts, rival].every(({ productFamily }) => !productFamily?.trim());
  const relation = relateFamilies(facts.productFamily, rival.productFamily, policy.productFamilies);
  return { rival, relation: isUnnamed || relation === 'same' ? 'same_deal' : relation };
}

/** What a later registration of the same deal says otherwise, as `amount 60000.00 USD instead of 50000.00 USD`. A blank says nothing. */
export function differencesBetween(
  { terms }: Pick<RegistrationFacts, 'terms'>,
  before: Pick<RegistrationFacts, 'terms'>,
): readonly string[] {
  const labels = { amount: 'amount', expectedClose: 'expected close', contactEmail: 'contact' } as const;
  return (['amount', 'expectedClose', 'contactEmail'] as const).flatMap((field) => {
    const [now, then] = [terms[field], before.terms[field]];
    if (now === null || now.toLowerCase() === then?.toLowerCase()) return [];
    return [`${labels[field]} ${now} instead of ${then ?? 'none'}`];
  });
}
