/**
 * Two partners registered one customer at the same instant. Nothing that Fairway knows says who was first, so
 * neither is approved by the order of ids: a person decides both. For unrelated products it is only a note, as
 * for an earlier registration.
 */
import { competingRegistration } from '#src/domain/registrations/competing-registration.ts';
import { inBrackets, verdictText } from '#src/domain/registrations/finding-text.ts';
import type { RivalRule } from './rule.ts';

export const sameInstant: RivalRule = (facts, candidate, context) => {
  const found = competingRegistration(facts, candidate, context, 'same_instant');
  if (found === null) return null;
  const { rival, isOtherDeal, approved, match, family, namedFamily } = found;
  const details = inBrackets(approved, `submitted ${rival.submittedAt}`, namedFamily, match);
  return {
    rule: 'same_instant',
    effect: isOtherDeal ? 'note' : 'review',
    rival,
    message: `Tie: ${verdictText(rival)} as ${rival.number} by ${rival.partnerName}, registered at the same instant ${details}.`,
    publicMessage: `${verdictText(rival)} as a registration of another partner from the same instant ${inBrackets(approved, family, match)}.`,
  };
};
