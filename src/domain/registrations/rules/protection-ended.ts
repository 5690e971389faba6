/**
 * Protection that is over protects nobody: a claim made after it, or still waiting when it ends, is free to
 * be approved. While the end is fresh it is worth knowing, because the partner who had the customer may be
 * about to close the deal.
 */
import { daysBetween } from '#src/domain/period.ts';
import { relateFamilies } from '#src/domain/registrations/families.ts';
import { customerWords, day, describeMatch, inBrackets } from '#src/domain/registrations/words.ts';
import type { RivalRule } from './rule.ts';

/** Days before the claim's submission from which on the end of a protection is told. */
const freshDays = 30;

export const protectionEnded: RivalRule = (facts, rival, { today, policy }) => {
  if (rival.kind !== 'registration' || rival.partnerId === facts.partnerId || rival.match.verdict !== 'same')
    return null;
  if (
    (rival.status !== 'approved' && rival.status !== 'expired') ||
    rival.protectedUntil === null ||
    rival.protectedUntil >= today
  )
    return null;
  if (daysBetween(rival.protectedUntil, day(facts.submittedAt)) > freshDays) return null;
  if (relateFamilies(facts.productFamily, rival.productFamily, policy.productFamilies) === 'disjoint')
    return null;
  const match = describeMatch(rival.match);
  const ago = daysBetween(rival.protectedUntil, today);
  const ended = `protection ended on ${rival.protectedUntil}, ${ago} ${ago === 1 ? 'day' : 'days'} ago`;
  return {
    rule: 'protection_ended',
    effect: 'note',
    rival,
    says: `${customerWords(rival)} as ${rival.number} by ${rival.partnerName} ${inBrackets(ended, match)}.`,
    tells: `${customerWords(rival)} as a registration of another partner whose protection has ended ${inBrackets(match)}.`,
  };
};
