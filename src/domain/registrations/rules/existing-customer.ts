/**
 * New business with a company that has bought before is often a renewal under another name, and a renewal
 * belongs to the partner who made the first sale. Another product is new business, and so is a further deal
 * by the partner who brought the customer: both only get a note. A customer whose last purchase is older than the
 * programme's look-back is a new customer.
 */
import { monthsBefore } from '#src/domain/period.ts';
import { customerHistory, isOtherProduct } from '#src/domain/registrations/customer-history.ts';
import { dayOf, inBrackets } from '#src/domain/registrations/finding-text.ts';
import type { RegistrationRule } from './rule.ts';

export const existingCustomer: RegistrationRule = (facts, rivals, context) => {
  if (facts.dealType !== 'new') return null;
  const { today, policy, version } = context;
  const from = version === 1 ? null : monthsBefore(dayOf(facts.submittedAt), policy.lookBackMonths);
  const history = customerHistory(facts, rivals, { today, from });
  if (history.since === null) return null;
  const isIncumbent = history.incumbents.some(({ partnerId }) => partnerId === facts.partnerId);
  const isOther = isOtherProduct(facts, history, context);
  const isClear = isIncumbent || isOther;
  const details = inBrackets(
    `first purchase ${history.since}`,
    ...history.incumbents.map(({ partnerName, how }) => `${partnerName}: ${how}`),
    isOther ? 'different product families' : null,
  );
  return {
    rule: 'existing_customer',
    effect: isClear ? 'note' : policy.existingCustomer,
    rival: history.shownBy,
    message: `New business with an existing customer ${details}.`,
    publicMessage: isClear
      ? 'Existing customer.'
      : 'Existing customer: the partner should state what is new or register a renewal.',
  };
};
