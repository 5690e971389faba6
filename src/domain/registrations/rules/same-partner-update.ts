/**
 * A deal grows, is delayed or gets another contact, and the partner registers it again. This is an update,
 * not a conflict, and belongs on the first registration, which keeps its submission date and its protection.
 * The second registration is rejected with a message that says what to change on the first. If it may be another
 * project, a person decides: see `same-partner-duplicate.ts`.
 */
import { describeMatch, inBrackets, submittedOn } from '#src/domain/registrations/finding-text.ts';
import {
  differencesBetween,
  doubtsAbout,
  findEarlierDeal,
} from '#src/domain/registrations/same-partner-deals.ts';
import type { RivalRule } from './rule.ts';

export const samePartnerUpdate: RivalRule = (facts, rival, context) => {
  const earlier = findEarlierDeal(facts, rival, context);
  if (earlier?.relation !== 'same_deal' || doubtsAbout(facts, earlier.rival, context).length > 0) return null;
  const differences = differencesBetween(facts, earlier.rival);
  if (differences.length === 0) return null;
  const { number, match } = earlier.rival;
  const update = `Update of ${number} by the same partner ${inBrackets(submittedOn(earlier.rival), describeMatch(match))}`;
  // The message is public as it is, because both registrations are the partner's.
  const message = `${update}: ${differences.join('; ')}. Change ${number} instead; it keeps its submission date and its protection.`;
  return { rule: 'same_partner_update', effect: 'block', rival, message, publicMessage: message };
};
