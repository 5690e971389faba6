/**
 * Some partners may sell in certain countries only, and the CRM says in which. A claim elsewhere is not
 * wrong, but an exception that somebody has to grant. Where country or territory cannot be read nobody can
 * say that it is inside, so a person looks, too.
 */
import { territoryOf, type Territory } from '#src/domain/registrations/territory.ts';
import type { RegistrationRule } from './rule.ts';

export const outsideTerritory: RegistrationRule = (facts) => {
  const territory = territoryOf(facts.territory);
  if (
    territory === null ||
    (facts.customerCountry !== null && territory.countries.includes(facts.customerCountry))
  )
    return null;
  // A partner knows its own territory.
  const says = wordsFor(facts.customerCountry, territory);
  return { rule: 'outside_territory', effect: 'review', rival: null, says, tells: says };
};

function wordsFor(country: string | null, { countries, unread }: Territory): string {
  const listed = [...countries, ...unread.map((text) => `"${text}"`)].join(', ');
  if (country === null)
    return `The partner's territory is ${listed}, and the customer's country is not known.`;
  if (unread.length === 0)
    return `Outside the partner's territory: the customer is in ${country}, the territory is ${listed}.`;
  return `Perhaps outside the partner's territory: the customer is in ${country}, the territory is ${listed}, and not all of that names a country.`;
}
