/**
 * The CRM may limit a partner to certain countries. A registration outside of them is an exception that a
 * person has to grant. If the country or the territory cannot be read, a person checks it too.
 */
import { territoryOf, type Territory } from '#src/domain/registrations/territory.ts';
import type { RegistrationRule } from './rule.ts';

export const outsideTerritory: RegistrationRule = (facts) => {
  const territory = territoryOf(facts.territory);
  const country = facts.customerCountry;
  if (territory === null || (country !== null && territory.countries.includes(country))) return null;
  // The message is public as it is, because partners know their own territory.
  const message = messageFor(country, territory);
  return { rule: 'outside_territory', effect: 'review', rival: null, message, publicMessage: message };
};

function messageFor(country: string | null, { countries, unread }: Territory): string {
  const listed = [...countries, ...unread.map((text) => `"${text}"`)].join(', ');
  if (country === null)
    return `The customer's country is not known, and the partner's territory is limited to ${listed}.`;
  if (unread.length === 0)
    return `Outside the partner's territory: the customer is in ${country}, the territory is ${listed}.`;
  return `Possibly outside the partner's territory: the customer is in ${country}, the territory is ${listed}, and not every entry is a country.`;
}
