/**
 * The rule a channel stands on: whoever registered a customer first is protected. A later claim of another
 * partner is never approved over it without a person looking, not even when the two companies are only
 * related. Where the programme protects deals rather than customers, a claim for products that have nothing
 * to do with the earlier one's is told and goes through.
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

export const earlierRegistration: RivalRule = (facts, rival, { today, policy }) => {
  if (
    rival.kind !== 'registration' ||
    rival.partnerId === facts.partnerId ||
    rival.match.verdict === 'different'
  )
    return null;
  if (!holdsProtection(rival, today) || !isEarlier(rival, facts)) return null;
  const relation = relateFamilies(facts.productFamily, rival.productFamily, policy.productFamilies);
  const match = describeMatch(rival.match);
  const details = inBrackets(submittedOn(rival), namedFamilyWords(relation, rival.productFamily), match);
  return {
    rule: 'earlier_claim',
    effect: areTwoDeals(relation, policy) ? 'note' : 'review',
    rival,
    says: `${customerWords(rival)} as ${rival.number} by ${rival.partnerName} ${details}.`,
    tells: `${customerWords(rival)} as an earlier registration of another partner ${inBrackets(familyWords(relation), match)}.`,
  };
};
