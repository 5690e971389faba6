/**
 * A deal grows, slips or gets another contact, and the partner registers it again. That is no conflict but an
 * update, and it belongs on the first registration: that one keeps its place in the queue and its protection.
 * The later one is turned down and says what to change.
 */
import { differencesBetween, samePartnerEarlier } from '#src/domain/registrations/same-partner-deals.ts';
import { describeMatch, inBrackets, submittedOn } from '#src/domain/registrations/words.ts';
import type { RivalRule } from './rule.ts';

export const samePartnerUpdate: RivalRule = (facts, rival, context) => {
  const earlier = samePartnerEarlier(facts, rival, context);
  if (earlier?.relation !== 'same_deal') return null;
  const differences = differencesBetween(facts, earlier.rival);
  if (differences.length === 0) return null;
  const { number, match } = earlier.rival;
  const update = `Update of ${number} by the same partner ${inBrackets(submittedOn(earlier.rival), describeMatch(match))}`;
  // Its own registration is no secret to the partner.
  const says = `${update}: ${differences.join('; ')}. Change ${number} instead: it keeps its place and its protection.`;
  return { rule: 'own_update', effect: 'block', rival, says, tells: says };
};
