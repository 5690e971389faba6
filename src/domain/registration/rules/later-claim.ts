/**
 * Somebody else registered the same customer afterwards. That is their conflict, so the first claim is told and not held
 * up — unless the later one has been approved in the meantime: then approving this one too would promise one customer twice.
 */
import { holdsClaim, isEarlier } from '../precedence.ts';
import { customerWords, describeMatch, submittedOn } from '../words.ts';
import type { Rule } from './rule.ts';

export const laterClaim: Rule = (facts, rival, today) => {
  if (rival.kind !== 'registration' || rival.partnerId === facts.partnerId || rival.match.verdict === 'different') return null;
  if (!holdsClaim(rival, today) || isEarlier(rival, facts)) return null;
  const approved = rival.status === 'approved';
  return {
    rule: 'later_claim',
    effect: approved ? 'review' : 'note',
    rival,
    says: `${customerWords(rival)} in a later registration, ${rival.number} by ${rival.partnerName} (${approved ? 'already approved, ' : ''}${submittedOn(rival)}, ${describeMatch(rival.match)}).`,
    tells: `${customerWords(rival)} in a later registration of another partner (${approved ? 'already approved, ' : ''}${describeMatch(rival.match)}).`,
  };
};
