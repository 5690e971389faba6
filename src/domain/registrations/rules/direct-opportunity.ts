/**
 * Our own sales team already works the deal: paying a partner for it, or pulling it from a colleague, is a
 * decision for a person. The opportunity the registration itself is linked to is that deal, not a rival of
 * it. One that was opened after the partner registered, or is for products that have nothing to do with the
 * claim's, is told — unless the former is about to close.
 */
import type { EngagementPolicy } from '#src/domain/program/engagement.ts';
import { areTwoDeals, relateFamilies, type FamilyRelation } from '#src/domain/registrations/families.ts';
import type { OpportunityRival } from '#src/domain/registrations/precedence.ts';
import type { Finding, RegistrationFacts } from '#src/domain/registrations/registration.ts';
import {
  customerWords,
  day,
  describeMatch,
  familyWords,
  inBrackets,
  namedFamilyWords,
} from '#src/domain/registrations/words.ts';
import type { RivalRule } from './rule.ts';

export const directOpportunity: RivalRule = (facts, rival, { policy }) => {
  if (rival.kind !== 'opportunity' || rival.id === facts.opportunityId || rival.match.verdict === 'different')
    return null;
  const relation = relateFamilies(facts.productFamily, rival.productFamily, policy.productFamilies);
  const isLate = isLateStage(rival, policy);
  const isYounger = openedAfter(rival, facts);
  const match = describeMatch(rival.match);
  const details = inBrackets(
    isLate ? `about to close: ${rival.stage}` : rival.stage,
    rival.openedAt === null
      ? null
      : `opened ${day(rival.openedAt)}${isYounger ? ', after this registration' : ''}`,
    namedFamilyWords(relation, rival.productFamily),
    match,
  );
  return {
    rule: 'direct_opportunity',
    effect: effectOf(rival, { relation, isLate, isYounger }, policy),
    rival,
    says: `${customerWords(rival)} as our own opportunity "${rival.name}" at ${rival.accountName} ${details}.`,
    tells: `${customerWords(rival)} as an open opportunity of the vendor's own sales team ${inBrackets(familyWords(relation), match)}.`,
  };
};

interface Standing {
  readonly relation: FamilyRelation;
  readonly isLate: boolean;
  readonly isYounger: boolean;
}

function effectOf(
  rival: OpportunityRival,
  { relation, isLate, isYounger }: Standing,
  policy: EngagementPolicy,
): Finding['effect'] {
  if (areTwoDeals(relation, policy)) return 'note';
  if (isLate) return 'review';
  return rival.match.verdict === 'same' && !isYounger ? 'review' : 'note';
}

function isLateStage({ stage }: OpportunityRival, { lateStages }: EngagementPolicy): boolean {
  const name = stage?.trim().toLowerCase();
  return lateStages.some((late) => late.trim().toLowerCase() === name);
}

function openedAfter({ openedAt }: OpportunityRival, { submittedAt }: RegistrationFacts): boolean {
  return openedAt !== null && Date.parse(openedAt) > Date.parse(submittedAt);
}
