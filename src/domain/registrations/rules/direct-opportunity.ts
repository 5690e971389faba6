/**
 * Our own sales team already works on the deal. A person must decide whether to pay a partner for it or to
 * take it from a colleague. The opportunity that the registration is linked to is the registered deal itself
 * and no rival. An opportunity that was opened after the registration only gets a note, unless it is in a
 * late stage. An opportunity for unrelated products only gets a note too.
 */
import type { EngagementPolicy } from '#src/domain/program/engagement.ts';
import { areTwoDeals, relateFamilies, type FamilyRelation } from '#src/domain/registrations/families.ts';
import {
  dayOf,
  describeMatch,
  familyText,
  inBrackets,
  namedFamilyText,
  verdictText,
} from '#src/domain/registrations/finding-text.ts';
import type { OpportunityRival } from '#src/domain/registrations/precedence.ts';
import type { Finding, RegistrationFacts } from '#src/domain/registrations/registration.ts';
import type { RivalRule } from './rule.ts';

export const directOpportunity: RivalRule = (facts, rival, { policy }) => {
  if (rival.kind !== 'opportunity' || rival.id === facts.opportunityId || rival.match.verdict === 'different')
    return null;
  const relation = relateFamilies(facts.productFamily, rival.productFamily, policy.productFamilies);
  const isLate = isLateStage(rival, policy);
  const isYounger = openedAfter(rival, facts);
  const match = describeMatch(rival.match);
  const opened = rival.openedAt === null ? null : `opened ${dayOf(rival.openedAt)}`;
  const details = inBrackets(
    isLate ? `late stage: ${rival.stage}` : rival.stage,
    isYounger ? `${opened}, after this registration` : opened,
    namedFamilyText(relation, rival.productFamily),
    match,
  );
  return {
    rule: 'direct_opportunity',
    effect: effectOf(rival, { relation, isLate, isYounger }, policy),
    rival,
    message: `${verdictText(rival)} as our open opportunity "${rival.name}" at ${rival.accountName} ${details}.`,
    publicMessage: `${verdictText(rival)} as an open opportunity of our sales team ${inBrackets(familyText(relation), match)}.`,
  };
};

interface Circumstances {
  readonly relation: FamilyRelation;
  readonly isLate: boolean;
  readonly isYounger: boolean;
}

function effectOf(
  rival: OpportunityRival,
  { relation, isLate, isYounger }: Circumstances,
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
