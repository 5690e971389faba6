/**
 * The partner that sold a running contract keeps its renewal. In the last days of the contract, new business of another
 * partner with the same products is often the renewal under another name, and a renewal that is registered much
 * earlier would only block others. `renewal.ts` has renewals by a partner that did not sell the contract.
 */
import { addDays, isBusinessDate } from '#src/domain/period.ts';
import { ruleSetting } from '#src/domain/program/rule-settings.ts';
import { customerHistory, isOtherProduct } from '#src/domain/registrations/customer-history.ts';
import { dayOf } from '#src/domain/registrations/finding-text.ts';
import type { Finding, RegistrationFacts } from '#src/domain/registrations/registration.ts';
import type { RegistrationRule } from '#src/domain/registrations/rules/rule.ts';

export const incumbentContract: RegistrationRule = (facts, rivals, context) => {
  const { endField, days } = ruleSetting(context.policy, 'incumbent_contract');
  if (endField === null) return null;
  const history = customerHistory(facts, rivals, { today: context.today, from: null });
  const others = history.incumbents.filter(({ partnerId }) => partnerId !== facts.partnerId);
  const isIncumbent = others.length < history.incumbents.length;
  const isRenewal = facts.dealType === 'renewal';
  if (isRenewal ? !isIncumbent : isIncumbent || others.length === 0) return null;
  if (!isRenewal && isOtherProduct(facts, history, context)) return null;
  const finding = { rule: 'incumbent_contract', effect: 'review', rival: history.shownBy } as const;
  const ends = contractEnd(facts, endField);
  if (ends === null) return { ...finding, isUnclear: true, ...unknownEnd(endField) };
  const day = dayOf(facts.submittedAt);
  const firstDay = addDays(ends, -days);
  if (isRenewal) return day < firstDay ? { ...finding, ...tooEarly(ends, { firstDay, days }) } : null;
  if (day < firstDay || day > ends) return null;
  const holders = others.map(({ partnerName, how }) => `${partnerName} (${how})`).join(', ');
  return {
    ...finding,
    message: `The contract through ${holders} runs until ${ends}. In its last ${days} days the renewal belongs to that partner; another product, or a registration after ${ends}, would pass.`,
    publicMessage:
      'The customer has a running contract through another partner, which comes first for the renewal. Another product, or a registration after the end of the contract, would pass.',
  };
};

/** The last day of the newest contract. Null if the CRM has none that is a date. */
function contractEnd({ accounts = [] }: RegistrationFacts, field: string): string | null {
  const ends = accounts.flatMap(({ match, fields }) => {
    const day = (fields[field] ?? '').slice(0, 10);
    return match === 'same' && isBusinessDate(day) ? [day] : [];
  });
  return ends.toSorted().at(-1) ?? null;
}

type Texts = Pick<Finding, 'message' | 'publicMessage'>;

function unknownEnd(field: string): Texts {
  return {
    message: `The end of the customer's contract is not known: the field ${field} of its account is blank or not a date.`,
    publicMessage: "The end of the customer's present contract is not known.",
  };
}

function tooEarly(ends: string, { firstDay, days }: { firstDay: string; days: number }): Texts {
  return {
    message: `Too early for the renewal: the contract runs until ${ends}, and the renewal can be registered from ${firstDay}.`,
    publicMessage: `Too early for the renewal: it can be registered in the last ${days} days of the contract.`,
  };
}
