/**
 * Our own sales team works on the deal, or closed it since the partner registered. A person must decide whether
 * to pay a partner for it or to take it from a colleague. An opportunity that was opened after the registration
 * only gets a note, unless it is in a late stage or won. A lost one gets a note: the conflict is over. An
 * opportunity for unrelated products only gets a note too. `linked-opportunity.ts` has the opportunity that the
 * registration is linked to.
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
import type { DealOutcome, Finding, RegistrationFacts } from '#src/domain/registrations/registration.ts';
import type { RivalRule } from './rule.ts';

export const directOpportunity: RivalRule = (facts, rival, context) => {
  if (rival.kind !== 'opportunity' || rival.id === facts.opportunityId || rival.match.verdict === 'different')
    return null;
  const { outcome = 'open', closedOn = null } = rival;
  if (outcome !== 'open' && (closedOn === null || closedOn < dayOf(facts.submittedAt))) return null;
  const relation = relateFamilies(facts.productFamily, rival.productFamily, context);
  const isLate = isLateStage(rival, context.policy);
  const isYounger = openedAfter(rival, facts);
  const match = describeMatch(rival.match);
  const opened = rival.openedAt === null ? null : `opened ${dayOf(rival.openedAt)}`;
  const details = inBrackets(
    isLate ? `late stage: ${rival.stage}` : rival.stage,
    isYounger ? `${opened}, after this registration` : opened,
    outcome === 'open' ? null : `${outcome} ${closedOn}`,
    namedFamilyText(relation, rival.productFamily),
    match,
  );
  const ours = deals[outcome];
  return {
    rule: 'direct_opportunity',
    effect: effectOf(rival, { outcome, relation, isLate, isYounger }, context.policy),
    rival,
    message: `${verdictText(rival)} as our ${ours} "${rival.name}" at ${rival.accountName} ${details}.`,
    publicMessage: `${verdictText(rival)} as ${outcome === 'open' ? 'an open' : 'a closed'} opportunity of our sales team ${inBrackets(familyText(relation), match)}.`,
  };
};

const deals: Readonly<Record<DealOutcome, string>> = {
  open: 'open opportunity',
  won: 'won opportunity',
  lost: 'lost opportunity',
};

interface Circumstances {
  readonly outcome: DealOutcome;
  readonly relation: FamilyRelation;
  readonly isLate: boolean;
  readonly isYounger: boolean;
}

function effectOf(
  rival: OpportunityRival,
  { outcome, relation, isLate, isYounger }: Circumstances,
  policy: EngagementPolicy,
): Finding['effect'] {
  if (outcome === 'lost' || areTwoDeals(relation, policy)) return 'note';
  if (isLate || outcome === 'won') return 'review';
  return rival.match.verdict === 'same' && !isYounger ? 'review' : 'note';
}

function isLateStage({ stage }: OpportunityRival, { lateStages }: EngagementPolicy): boolean {
  const name = stage?.trim().toLowerCase();
  return lateStages.some((late) => late.trim().toLowerCase() === name);
}

function openedAfter({ openedAt }: OpportunityRival, { submittedAt }: RegistrationFacts): boolean {
  return openedAt !== null && Date.parse(openedAt) > Date.parse(submittedAt);
}
