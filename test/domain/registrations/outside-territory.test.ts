import { describe, expect, test } from 'vitest';
import { territoryOf } from '#src/domain/registrations/territory.ts';
import { brief, decideWith } from './registration-builders.ts';

const decideIn = (territory: string | null, customerCountry: string | null) =>
  decideWith({ facts: { territory, customerCountry } });

describe('a partner’s territory', () => {
  test.each([
    ['DE; AT;CH', ['DE', 'AT', 'CH'], []],
    ['Germany, Austria', ['DE', 'AT'], []],
    ['DE|DE', ['DE'], []],
    ['DACH; fr', ['FR'], ['DACH']],
  ])('%j is parsed', (text, countries, unread) => {
    expect(territoryOf(text)).toEqual({ countries, unread });
  });

  test.each([null, '', ' ; '])('%j means anywhere', (text) => {
    expect(territoryOf(text)).toBeNull();
    expect(brief(decideIn(text, 'BR'))).toEqual(['approve']);
  });
});

describe('a registration', () => {
  test('inside the territory has no finding', () => {
    expect(brief(decideIn('DE; AT', 'AT'))).toEqual(['approve']);
    expect(brief(decideIn('DACH; AT', 'AT'))).toEqual(['approve']);
  });

  test('outside the territory needs a review, even without a rival', () => {
    const decision = decideIn('DE; AT', 'FR');
    expect(brief(decision)).toEqual(['review', 'outside_territory review']);
    expect(decision.reason).toBe(
      "Outside the partner's territory: the customer is in FR, the territory is DE, AT.",
    );
  });

  test.each([
    [
      'without a customer country',
      'DE',
      null,
      "The customer's country is not known, and the partner's territory is limited to DE.",
    ],
    ['with a territory that is not a list of countries', 'DACH', 'DE', 'Possibly outside'],
  ])('%s needs a review', (_case, territory, country, message) => {
    const decision = decideIn(territory, country);
    expect(brief(decision)).toEqual(['review', 'outside_territory review']);
    expect(decision.reason).toContain(message);
  });
});
