/**
 * Our own sales team has a lead with the customer. A lead is less than a deal: somebody showed interest. A person
 * decides only if the lead is fresh, because an old lead without work on it is no reason to
 * delay a partner. A lead that was converted is no rival any more: its opportunity is.
 */
import { daysBetween } from '#src/domain/period.ts';
import { ruleSetting } from '#src/domain/program/rule-settings.ts';
import { dayOf, describeMatch, inBrackets, verdictText } from '#src/domain/registrations/finding-text.ts';
import type { RivalRule } from './rule.ts';

export const openLead: RivalRule = (facts, rival, { policy }) => {
  if (rival.kind !== 'lead' || rival.match.verdict === 'different') return null;
  const { openedAt } = rival;
  const age = openedAt === null ? null : daysBetween(dayOf(openedAt), dayOf(facts.submittedAt));
  const isYounger = openedAt !== null && Date.parse(openedAt) > Date.parse(facts.submittedAt);
  const isFresh = age !== null && age <= ruleSetting(policy, 'open_lead').days && !isYounger;
  const match = describeMatch(rival.match);
  const opened = openedAt === null ? null : `opened ${dayOf(openedAt)}`;
  const details = inBrackets(rival.status, isYounger ? `${opened}, after this registration` : opened, match);
  return {
    rule: 'open_lead',
    effect: isFresh && rival.match.verdict === 'same' ? 'review' : 'note',
    rival,
    message: `${verdictText(rival)} as our lead at ${rival.accountName} ${details}.`,
    publicMessage: `${verdictText(rival)} as a lead of our sales team ${inBrackets(match)}.`,
  };
};
