/**
 * Two partners registered one customer at the same instant. Nothing that Fairway knows says who was first, so
 * neither is approved by the order of ids: a person decides both. For unrelated products it is only a note, as
 * for an earlier registration.
 */
import { areTwoDeals, relateFamilies } from '#src/domain/registrations/families.ts';
import {
  describeMatch,
  familyText,
  inBrackets,
  namedFamilyText,
  verdictText,
} from '#src/domain/registrations/finding-text.ts';
import { holdsProtection, precedenceOf } from '#src/domain/registrations/precedence.ts';
import type { RivalRule } from './rule.ts';

export const sameInstant: RivalRule = (facts, rival, context) => {
  if (rival.kind !== 'registration' || rival.partnerId === facts.partnerId) return null;
  if (rival.match.verdict === 'different') return null;
  if (!holdsProtection(rival, context.today)) return null;
  if (precedenceOf(rival, facts, context) !== 'same_instant') return null;
  const relation = relateFamilies(facts.productFamily, rival.productFamily, context);
  const approved = rival.status === 'approved' ? 'already approved' : null;
  const match = describeMatch(rival.match);
  const details = inBrackets(
    approved,
    `submitted ${rival.submittedAt}`,
    namedFamilyText(relation, rival.productFamily),
    match,
  );
  return {
    rule: 'same_instant',
    effect: areTwoDeals(relation, context.policy) ? 'note' : 'review',
    rival,
    message: `Tie: ${verdictText(rival)} as ${rival.number} by ${rival.partnerName}, registered at the same instant ${details}.`,
    publicMessage: `${verdictText(rival)} as a registration of another partner from the same instant ${inBrackets(approved, familyText(relation), match)}.`,
  };
};
