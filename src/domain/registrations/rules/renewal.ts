/**
 * A renewal belongs to the partner who brought the customer. It is approved for a partner that was invoiced
 * for the customer or registered it before. For any other partner, and for a company without a known
 * purchase, a person decides.
 */
import { customerHistory, type CustomerHistory } from '#src/domain/registrations/customer-history.ts';
import type { Finding, RegistrationFacts } from '#src/domain/registrations/registration.ts';
import type { RegistrationRule } from './rule.ts';

export const renewal: RegistrationRule = (facts, rivals, { today }) => {
  if (facts.dealType !== 'renewal') return null;
  const history = customerHistory(facts, rivals, { today, from: null });
  if (history.incumbents.some(({ partnerId }) => partnerId === facts.partnerId)) return null;
  return { rule: 'renewal', effect: 'review', rival: history.shownBy, ...messagesFor(facts, history) };
};

function messagesFor(
  { partnerName }: RegistrationFacts,
  { since, incumbents }: CustomerHistory,
): Pick<Finding, 'message' | 'publicMessage'> {
  if (incumbents.length > 0) {
    const others = incumbents.map((one) => `${one.partnerName} (${one.how})`).join(', ');
    return {
      message: `Renewal for a customer of ${others}, not of ${partnerName}.`,
      publicMessage: 'Renewal for a customer of another partner.',
    };
  }
  return since === null
    ? {
        message: 'Renewal for a company without a known purchase.',
        publicMessage: 'Renewal for a company that is not a known customer.',
      }
    : {
        message: `Renewal for a customer since ${since}, but no sale through ${partnerName} is known.`,
        publicMessage: 'Renewal for a customer that is not known to have bought through this partner.',
      };
}
