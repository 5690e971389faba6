/**
 * A distributor, a reseller and a referrer may work on one deal: each has another part in it. Where the programme
 * allows their roles together, they are no rivals, and the reviewer reads that both are there.
 */
import { areCoSellers } from '#src/domain/registrations/programme/co-sellers.ts';
import { describeMatch, inBrackets, submittedOn } from '#src/domain/registrations/finding-text.ts';
import { holdsProtection } from '#src/domain/registrations/precedence.ts';
import type { RivalRule } from '#src/domain/registrations/rules/rule.ts';

export const coSell: RivalRule = (facts, rival, { policy, today }) => {
  if (rival.kind !== 'registration' || rival.partnerId === facts.partnerId) return null;
  if (rival.match.verdict === 'different' || !holdsProtection(rival, today)) return null;
  if (!areCoSellers(facts.role, rival.role, policy)) return null;
  const match = describeMatch(rival.match);
  return {
    rule: 'co_sell',
    effect: 'note',
    rival,
    message: `Same deal as ${rival.number} by ${rival.partnerName} ${inBrackets(submittedOn(rival), match)}, which is the ${rival.role?.trim().toLowerCase()} there; ${facts.partnerName} is the ${facts.role?.trim().toLowerCase()}. The programme allows both.`,
    publicMessage: `Another partner has another role in this deal, which the programme allows ${inBrackets(match)}.`,
  };
};
