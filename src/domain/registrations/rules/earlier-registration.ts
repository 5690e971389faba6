/**
 * The central rule of a channel: the partner who registered a customer first is protected. A later
 * registration of another partner is never approved without a person's decision, even if the two companies
 * are only related. In a programme that protects deals rather than customers, a registration for unrelated
 * products gets a note and is approved.
 */
import { competingRegistration } from '#src/domain/registrations/competing-registration.ts';
import { inBrackets, submittedOn, verdictText } from '#src/domain/registrations/finding-text.ts';
import type { RivalRule } from './rule.ts';

export const earlierRegistration: RivalRule = (facts, candidate, context) => {
  const found = competingRegistration(facts, candidate, context, 'earlier');
  if (found === null) return null;
  const { rival, isOtherDeal, match, family, namedFamily } = found;
  const details = inBrackets(submittedOn(rival), namedFamily, match);
  return {
    rule: 'earlier_registration',
    effect: isOtherDeal ? 'note' : 'review',
    rival,
    message: `${verdictText(rival)} as ${rival.number} by ${rival.partnerName} ${details}.`,
    publicMessage: `${verdictText(rival)} as an earlier registration of another partner ${inBrackets(family, match)}.`,
  };
};
