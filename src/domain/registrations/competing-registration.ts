import { areTwoDeals, relateFamilies } from './families.ts';
import { describeMatch, familyText, namedFamilyText } from './finding-text.ts';
import { areCoSellers } from './programme/co-sellers.ts';
import { holdsProtection, precedenceOf, type Precedence, type RegistrationRival } from './precedence.ts';
import type { RegistrationFacts, Rival } from './registration.ts';
import type { RuleContext } from './rules/rule.ts';

/** A registration of another partner that competes for the customer, and the texts that findings about it share. */
export interface CompetingRegistration {
  readonly rival: RegistrationRival;
  /** True if the programme protects deals and the two are for unrelated products. */
  readonly isOtherDeal: boolean;
  readonly approved: 'already approved' | null;
  readonly match: string;
  /** The relation of the product families, and the same with the name of the rival's family. */
  readonly family: string | null;
  readonly namedFamily: string | null;
}

/** Null if the rival is no such registration, no longer holds a place, or was registered in another order. */
export function competingRegistration(
  facts: RegistrationFacts,
  rival: Rival,
  context: RuleContext,
  order: Precedence,
): CompetingRegistration | null {
  if (rival.kind !== 'registration' || rival.partnerId === facts.partnerId) return null;
  if (rival.match.verdict === 'different') return null;
  if (areCoSellers(facts.role, rival.role, context.policy)) return null;
  if (!holdsProtection(rival, context.today)) return null;
  if (precedenceOf(rival, facts, context) !== order) return null;
  const relation = relateFamilies(facts.productFamily, rival.productFamily, context);
  return {
    rival,
    isOtherDeal: areTwoDeals(relation, context.policy),
    approved: rival.status === 'approved' ? 'already approved' : null,
    match: describeMatch(rival.match),
    family: familyText(relation),
    namedFamily: namedFamilyText(relation, rival.productFamily),
  };
}
