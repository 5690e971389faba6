/**
 * A renewal belongs to the partner the customer came through: it is approved for one that was invoiced for it
 * or registered it before. For any other, and for a company that is not known to have bought, a person looks.
 */
import { customerHistory, type CustomerHistory } from '#src/domain/registrations/customer-history.ts';
import type { RegistrationFacts } from '#src/domain/registrations/registration.ts';
import type { RegistrationRule } from './rule.ts';

export const renewal: RegistrationRule = (facts, rivals, { today }) => {
  if (facts.dealType !== 'renewal') return null;
  const history = customerHistory(facts, rivals, today);
  if (history.incumbents.some(({ partnerId }) => partnerId === facts.partnerId)) return null;
  return { rule: 'renewal', effect: 'review', rival: history.shownBy, ...wordsFor(facts, history) };
};

function wordsFor(
  { partnerName }: RegistrationFacts,
  { since, incumbents }: CustomerHistory,
): { readonly says: string; readonly tells: string } {
  if (incumbents.length > 0) {
    const others = incumbents.map((one) => `${one.partnerName} (${one.how})`).join(', ');
    return {
      says: `Renewal for a customer that came through ${others}, and not through ${partnerName}.`,
      tells: 'A renewal for a customer that came through another partner.',
    };
  }
  return since === null
    ? {
        says: 'Renewal for a company that is not known to have bought before.',
        tells: 'A renewal for a company that is not known to be a customer.',
      }
    : {
        says: `Renewal for a customer since ${since}; nothing shows that it came through ${partnerName}.`,
        tells: 'A renewal for a customer that is not known to have come through you.',
      };
}
