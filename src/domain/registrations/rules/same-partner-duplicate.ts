/**
 * A partner that registers one deal twice would hold the customer for twice as long. The first registration
 * remains valid; the second is rejected and names the first. A renewal, or another product for the same
 * customer, is a separate deal and only gets a note. If the products may be the same, if the first deal is already
 * won or lost, or if name, place, amount or date may be those of another project, a person decides. A second registration with new terms is an update: see
 * `same-partner-update.ts`.
 */
import { describeMatch, inBrackets, submittedOn } from '#src/domain/registrations/finding-text.ts';
import type { Finding } from '#src/domain/registrations/registration.ts';
import {
  differencesBetween,
  doubtsAbout,
  findEarlierDeal,
  type EarlierDeal,
} from '#src/domain/registrations/same-partner-deals.ts';
import type { RivalRule } from './rule.ts';

export const samePartnerDuplicate: RivalRule = (facts, rival, context) => {
  const earlier = findEarlierDeal(facts, rival, context);
  if (!earlier) return null;
  const isSameDeal = earlier.relation === 'same_deal';
  const doubts = isSameDeal ? doubtsAbout(facts, earlier.rival, context) : [];
  if (isSameDeal && doubts.length === 0 && differencesBetween(facts, earlier.rival).length > 0) return null;
  const { opening, closing, effect } =
    doubts.length > 0 ? possibleDuplicate(doubts.join('; ')) : verdicts[earlier.relation];
  const { number, match } = earlier.rival;
  const details = inBrackets(submittedOn(earlier.rival), describeMatch(match));
  // The message is public as it is, because both registrations are the partner's.
  const message = `${opening(number)} ${details}.${closing(number)}`;
  return { rule: 'same_partner_duplicate', effect, rival, message, publicMessage: message };
};

interface Verdict {
  readonly effect: Finding['effect'];
  readonly opening: (number: string) => string;
  readonly closing: (number: string) => string;
}

const nothing = (): string => '';
const possibleDuplicate = (reason: string): Verdict => ({
  effect: 'review',
  opening: (number) => `Possibly a duplicate of ${number} by the same partner: ${reason}`,
  closing: nothing,
});
const differentDeal: Verdict = {
  effect: 'note',
  opening: (number) => `Different deal from ${number} by the same partner for this customer`,
  closing: nothing,
};

const verdicts: Readonly<Record<EarlierDeal['relation'], Verdict>> = {
  same_deal: {
    effect: 'block',
    opening: (number) => `Duplicate of ${number} by the same partner`,
    closing: (number) => ` ${number} has the same terms and remains valid.`,
  },
  closed_deal: {
    effect: 'review',
    opening: (number) => `Possibly a new deal: ${number} by the same partner is already closed`,
    closing: nothing,
  },
  same: differentDeal,
  unknown: possibleDuplicate('only one of the two has a product family of the programme'),
  ancestor: possibleDuplicate('one product family is part of the other'),
  sibling: differentDeal,
  disjoint: differentDeal,
};
