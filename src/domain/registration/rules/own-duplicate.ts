/**
 * A partner who registers one customer twice would hold it twice as long. The first registration stands; the later one is
 * turned down and names it, so that the partner can update that one instead.
 */
import { holdsClaim, isEarlier } from '../precedence.ts';
import { describeMatch, submittedOn } from '../words.ts';
import type { Rule } from './rule.ts';

export const ownDuplicate: Rule = (facts, rival, today) => {
  if (rival.kind !== 'registration' || rival.partnerId !== facts.partnerId || rival.match.verdict !== 'same') return null;
  if (!holdsClaim(rival, today) || !isEarlier(rival, facts)) return null;
  return {
    rule: 'own_duplicate',
    effect: 'block',
    rival,
    says: `Duplicate of ${rival.number} by the same partner (${submittedOn(rival)}, ${describeMatch(rival.match)}).`,
  };
};
