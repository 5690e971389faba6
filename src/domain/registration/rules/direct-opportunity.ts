/**
 * Our own sales team already works the deal: paying a partner for it, or pulling it from a colleague, is a decision for a
 * person. The opportunity the registration itself is linked to is that deal, not a rival of it.
 */
import { customerWords, day, describeMatch } from '../words.ts';
import type { Rule } from './rule.ts';

export const directOpportunity: Rule = (facts, rival) => {
  if (rival.kind !== 'opportunity' || rival.id === facts.opportunityId || rival.match.verdict === 'different') return null;
  const details = [rival.stage, rival.openedAt === null ? null : `opened ${day(rival.openedAt)}`, describeMatch(rival.match)];
  return {
    rule: 'direct_opportunity',
    effect: rival.match.verdict === 'same' ? 'review' : 'note',
    rival,
    says: `${customerWords(rival)} as our own opportunity "${rival.name}" at ${rival.accountName} (${details.filter((detail) => detail !== null).join(', ')}).`,
    tells: `${customerWords(rival)} as an open opportunity of the vendor's own sales team (${describeMatch(rival.match)}).`,
  };
};
