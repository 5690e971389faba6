/**
 * The rule a channel stands on: whoever registered a customer first is protected. A later claim of another partner is
 * never approved over it without a person looking, not even when the two companies are only related.
 */
import { holdsClaim, isEarlier } from '../precedence.ts';
import { customerWords, describeMatch, submittedOn } from '../words.ts';
import type { Rule } from './rule.ts';

export const earlierClaim: Rule = (facts, rival, today) => {
  if (rival.kind !== 'registration' || rival.partnerId === facts.partnerId || rival.match.verdict === 'different') return null;
  if (!holdsClaim(rival, today) || !isEarlier(rival, facts)) return null;
  return {
    rule: 'earlier_claim',
    effect: 'review',
    rival,
    says: `${customerWords(rival)} as ${rival.number} by ${rival.partnerName} (${submittedOn(rival)}, ${describeMatch(rival.match)}).`,
    tells: `${customerWords(rival)} as an earlier registration of another partner (${describeMatch(rival.match)}).`,
  };
};
