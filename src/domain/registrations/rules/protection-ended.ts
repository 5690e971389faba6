/**
 * A protection that has ended no longer protects: a registration that is submitted after it, or still waits
 * when it ends, can be approved. A protection that ended recently is still shown, because the partner who
 * held it may be about to close the deal.
 */
import { daysBetween } from '#src/domain/period.ts';
import { ruleSetting } from '#src/domain/program/rule-settings.ts';
import { relateFamilies } from '#src/domain/registrations/families.ts';
import { dayOf, describeMatch, inBrackets, verdictText } from '#src/domain/registrations/finding-text.ts';
import type { RivalRule } from './rule.ts';

export const protectionEnded: RivalRule = (facts, rival, context) => {
  const { today, policy } = context;
  if (rival.kind !== 'registration' || rival.partnerId === facts.partnerId) return null;
  if (rival.match.verdict !== 'same') return null;
  if (rival.status !== 'approved' && rival.status !== 'expired') return null;
  if (rival.protectedUntil === null || rival.protectedUntil >= today) return null;
  if (
    daysBetween(rival.protectedUntil, dayOf(facts.submittedAt)) > ruleSetting(policy, 'protection_ended').days
  )
    return null;
  if (relateFamilies(facts.productFamily, rival.productFamily, context) === 'disjoint') return null;
  const match = describeMatch(rival.match);
  const ago = daysBetween(rival.protectedUntil, today);
  const ended = `protection ended on ${rival.protectedUntil}, ${ago} ${ago === 1 ? 'day' : 'days'} ago`;
  return {
    rule: 'protection_ended',
    effect: 'note',
    rival,
    message: `${verdictText(rival)} as ${rival.number} by ${rival.partnerName} ${inBrackets(ended, match)}.`,
    publicMessage: `${verdictText(rival)} as a registration of another partner whose protection has ended ${inBrackets(match)}.`,
  };
};
