/**
 * The central rule of a channel: the partner who registered a customer first is protected. A later
 * registration of another partner is never approved without a person's decision, even if the two companies
 * are only related. In a programme that protects deals rather than customers, a registration for unrelated
 * products gets a note and is approved.
 */
import { areTwoDeals, relateFamilies } from '#src/domain/registrations/families.ts';
import {
  describeMatch,
  familyText,
  inBrackets,
  namedFamilyText,
  submittedOn,
  verdictText,
} from '#src/domain/registrations/finding-text.ts';
import { holdsProtection, precedenceOf } from '#src/domain/registrations/precedence.ts';
import type { RivalRule } from './rule.ts';

export const earlierRegistration: RivalRule = (facts, rival, context) => {
  if (rival.kind !== 'registration' || rival.partnerId === facts.partnerId) return null;
  if (rival.match.verdict === 'different') return null;
  if (!holdsProtection(rival, context.today)) return null;
  if (precedenceOf(rival, facts, context) !== 'earlier') return null;
  const relation = relateFamilies(facts.productFamily, rival.productFamily, context);
  const match = describeMatch(rival.match);
  const details = inBrackets(submittedOn(rival), namedFamilyText(relation, rival.productFamily), match);
  return {
    rule: 'earlier_registration',
    effect: areTwoDeals(relation, context.policy) ? 'note' : 'review',
    rival,
    message: `${verdictText(rival)} as ${rival.number} by ${rival.partnerName} ${details}.`,
    publicMessage: `${verdictText(rival)} as an earlier registration of another partner ${inBrackets(familyText(relation), match)}.`,
  };
};
