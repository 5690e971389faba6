/**
 * True if the owner of a deal must know of a partner's registration. A sales rep who works on a protected
 * customer finds out from their own opportunity, before the partner complains.
 */
import { areTwoDeals, relateFamilies } from './families.ts';
import type { OpportunityRival } from './precedence.ts';
import type { RegistrationFacts } from './registration.ts';
import type { RuleContext } from './rules/rule.ts';
import { rivalRules } from './rules/rules.ts';

/**
 * True if the deal is open and about the same customer and the same products, also when it was opened after the
 * registration, or if a rule does not approve the registration because of it.
 */
export function competesForDeal(
  facts: RegistrationFacts,
  rival: OpportunityRival,
  context: RuleContext,
): boolean {
  if (rival.id === facts.opportunityId) return false;
  const relation = relateFamilies(facts.productFamily, rival.productFamily, context);
  const isOpen = (rival.outcome ?? 'open') === 'open';
  if (isOpen && rival.match.verdict === 'same' && !areTwoDeals(relation, context.policy)) return true;
  return Object.values(rivalRules).some((rule) => {
    const effect = rule(facts, rival, context)?.effect;
    return effect === 'review' || effect === 'block';
  });
}
