/**
 * Another partner registered the same customer later. The first registration gets a note and is not delayed:
 * the conflict is handled on the later one. If the later one has been approved in the meantime, a person
 * decides, because approving both would promise one customer twice (or one customer's products, in a
 * programme that protects deals).
 */
import { competingRegistration } from '#src/domain/registrations/competing-registration.ts';
import { inBrackets, submittedOn, verdictText } from '#src/domain/registrations/finding-text.ts';
import type { RivalRule } from './rule.ts';

export const laterRegistration: RivalRule = (facts, candidate, context) => {
  const found = competingRegistration(facts, candidate, context, 'later');
  if (found === null) return null;
  const { rival, isOtherDeal, approved, match, family, namedFamily } = found;
  const details = inBrackets(approved, submittedOn(rival), namedFamily, match);
  return {
    rule: 'later_registration',
    effect: approved !== null && !isOtherDeal ? 'review' : 'note',
    rival,
    message: `${verdictText(rival)} as the later registration ${rival.number} by ${rival.partnerName} ${details}.`,
    publicMessage: `${verdictText(rival)} as a later registration of another partner ${inBrackets(approved, family, match)}.`,
  };
};
