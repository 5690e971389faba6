/**
 * Another partner registered the same customer later. The first registration gets a note and is not delayed:
 * the conflict is handled on the later one. If the later one has been approved in the meantime, a person
 * decides, because approving both would promise one customer twice (or one customer's products, in a
 * programme that protects deals).
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

export const laterRegistration: RivalRule = (facts, rival, context) => {
  if (rival.kind !== 'registration' || rival.partnerId === facts.partnerId) return null;
  if (rival.match.verdict === 'different') return null;
  if (!holdsProtection(rival, context.today)) return null;
  if (precedenceOf(rival, facts, context) !== 'later') return null;
  const relation = relateFamilies(facts.productFamily, rival.productFamily, context);
  const approved = rival.status === 'approved' ? 'already approved' : null;
  const match = describeMatch(rival.match);
  const details = inBrackets(
    approved,
    submittedOn(rival),
    namedFamilyText(relation, rival.productFamily),
    match,
  );
  return {
    rule: 'later_registration',
    effect: approved !== null && !areTwoDeals(relation, context.policy) ? 'review' : 'note',
    rival,
    message: `${verdictText(rival)} as the later registration ${rival.number} by ${rival.partnerName} ${details}.`,
    publicMessage: `${verdictText(rival)} as a later registration of another partner ${inBrackets(approved, familyText(relation), match)}.`,
  };
};
