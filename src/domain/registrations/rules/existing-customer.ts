/**
 * New business with a company that has bought before is often a renewal by another name, and a renewal
 * belongs to whoever sold the first time. Selling it another product is new business; so is a further deal by
 * the partner it came through.
 */
import { customerHistory, type CustomerHistory } from '#src/domain/registrations/customer-history.ts';
import { relateFamilies } from '#src/domain/registrations/families.ts';
import type { RegistrationFacts } from '#src/domain/registrations/registration.ts';
import { inBrackets } from '#src/domain/registrations/words.ts';
import type { RegistrationRule, RuleContext } from './rule.ts';

export const existingCustomer: RegistrationRule = (facts, rivals, context) => {
  if (facts.dealType !== 'new') return null;
  const history = customerHistory(facts, rivals, context.today);
  if (history.since === null) return null;
  const isOwn = history.incumbents.some(({ partnerId }) => partnerId === facts.partnerId);
  const isOther = isOtherProduct(facts, history, context);
  const details = [
    ...history.incumbents.map(({ partnerName, how }) => `${partnerName}: ${how}`),
    ...(isOther ? ['of other product families'] : []),
  ];
  return {
    rule: 'existing_customer',
    effect: isOwn || isOther ? 'note' : context.policy.existingCustomer,
    rival: history.shownBy,
    says: `New business with a customer since ${history.since}${details.length > 0 ? ` ${inBrackets(...details)}` : ''}.`,
    tells: `The company is a customer already${isOwn || isOther ? '' : ': say what is new about this deal, or register a renewal'}.`,
  };
};

function isOtherProduct(
  { productFamily }: RegistrationFacts,
  { families }: CustomerHistory,
  { policy }: RuleContext,
): boolean {
  if (families === null) return false;
  const relations = families.map((family) => relateFamilies(productFamily, family, policy.productFamilies));
  return relations.every((relation) => relation === 'disjoint' || relation === 'sibling');
}
