/**
 * A partner who registers one deal twice would hold the customer twice as long. The first registration
 * stands; the later one is turned down and names it. A renewal or another product for a customer of its own
 * is a deal of its own, and is only told; where the products may be one, or where the first deal is won or
 * lost by now, a person says which it is. One that says something new is an update: see `own-update.ts`.
 */
import {
  differencesBetween,
  samePartnerEarlier,
  type SamePartnerEarlier,
} from '#src/domain/registrations/same-partner-deals.ts';
import type { Finding } from '#src/domain/registrations/registration.ts';
import { describeMatch, inBrackets, submittedOn } from '#src/domain/registrations/words.ts';
import type { RivalRule } from './rule.ts';

export const samePartnerDuplicate: RivalRule = (facts, rival, context) => {
  const earlier = samePartnerEarlier(facts, rival, context);
  if (!earlier || (earlier.relation === 'same_deal' && differencesBetween(facts, earlier.rival).length > 0))
    return null;
  const { opening, closing, effect } = verdicts[earlier.relation];
  const { number, match } = earlier.rival;
  // Its own registration is no secret to the partner.
  const says = `${opening(number)} ${inBrackets(submittedOn(earlier.rival), describeMatch(match))}.${closing(number)}`;
  return { rule: 'own_duplicate', effect, rival, says, tells: says };
};

interface Verdict {
  readonly effect: Finding['effect'];
  readonly opening: (number: string) => string;
  readonly closing: (number: string) => string;
}

const nothing = (): string => '';
const possible = (why: string): Verdict => ({
  effect: 'review',
  opening: (number) => `Possibly a duplicate of ${number} by the same partner, as ${why}`,
  closing: nothing,
});
const anotherDeal: Verdict = {
  effect: 'note',
  opening: (number) => `Another deal than ${number} by the same partner with this customer`,
  closing: nothing,
};

const verdicts: Readonly<Record<SamePartnerEarlier['relation'], Verdict>> = {
  same_deal: {
    effect: 'block',
    opening: (number) => `Duplicate of ${number} by the same partner`,
    closing: (number) => ` ${number} stands, and says the same.`,
  },
  closed_deal: {
    effect: 'review',
    opening: (number) => `Possibly another deal than ${number} by the same partner, which is closed`,
    closing: nothing,
  },
  same: anotherDeal,
  unknown: possible('only one of the two names a product family of the programme'),
  ancestor: possible('the product family of one is part of the other’s'),
  sibling: anotherDeal,
  disjoint: anotherDeal,
};
