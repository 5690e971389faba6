/**
 * A person rejected a registration, and the partner registers the same or nearly the same deal again, perhaps with
 * another amount or name. The rules do not overrule that person: a reviewer decides, and reads who rejected the
 * first one and why.
 */
import { monthsBefore } from '#src/domain/period.ts';
import { relateFamilies } from '#src/domain/registrations/families.ts';
import { dayOf, describeMatch, inBrackets } from '#src/domain/registrations/finding-text.ts';
import { isEarlier } from '#src/domain/registrations/precedence.ts';
import type { RivalRule } from './rule.ts';

export const samePartnerRejected: RivalRule = (facts, rival, context) => {
  if (rival.kind !== 'registration' || rival.partnerId !== facts.partnerId) return null;
  const { rejection, number, match } = rival;
  if (rival.status !== 'rejected' || !rejection || match.verdict === 'different') return null;
  if (!isEarlier(rival, facts) || rival.dealType !== facts.dealType) return null;
  if (rejection.on < monthsBefore(dayOf(facts.submittedAt), context.policy.lookBackMonths)) return null;
  const relation = relateFamilies(facts.productFamily, rival.productFamily, context);
  if (relation === 'disjoint' || relation === 'sibling') return null;
  const details = inBrackets(describeMatch(match));
  const similar = `Similar to ${number} by the same partner`;
  return {
    rule: 'same_partner_rejected',
    effect: 'review',
    rival,
    message: `${similar}, which ${rejection.by} rejected on ${rejection.on}: "${rejection.reason}" ${details}.`,
    // The number is public, because both registrations are the partner's.
    publicMessage: `${similar}, which was rejected after a review ${details}.`,
  };
};
