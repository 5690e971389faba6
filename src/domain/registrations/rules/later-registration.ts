/**
 * Somebody else registered the same customer afterwards. That is their conflict, so the first claim is told
 * and not held up — unless the later one has been approved in the meantime: then approving this one too would
 * promise one customer twice, or one customer's products twice where the programme protects deals.
 */
import { areTwoDeals, relateFamilies } from '#src/domain/registrations/families.ts';
import { holdsProtection, isEarlier } from '#src/domain/registrations/precedence.ts';
import {
  customerWords,
  describeMatch,
  familyWords,
  inBrackets,
  namedFamilyWords,
  submittedOn,
} from '#src/domain/registrations/words.ts';
import type { RivalRule } from './rule.ts';

export const laterRegistration: RivalRule = (facts, rival, { today, policy }) => {
  if (
    rival.kind !== 'registration' ||
    rival.partnerId === facts.partnerId ||
    rival.match.verdict === 'different'
  )
    return null;
  if (!holdsProtection(rival, today) || isEarlier(rival, facts)) return null;
  const relation = relateFamilies(facts.productFamily, rival.productFamily, policy.productFamilies);
  const approved = rival.status === 'approved' ? 'already approved' : null;
  const match = describeMatch(rival.match);
  const details = inBrackets(
    approved,
    submittedOn(rival),
    namedFamilyWords(relation, rival.productFamily),
    match,
  );
  return {
    rule: 'later_claim',
    effect: approved !== null && !areTwoDeals(relation, policy) ? 'review' : 'note',
    rival,
    says: `${customerWords(rival)} in a later registration, ${rival.number} by ${rival.partnerName} ${details}.`,
    tells: `${customerWords(rival)} in a later registration of another partner ${inBrackets(approved, familyWords(relation), match)}.`,
  };
};
