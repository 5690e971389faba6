import { describe, expect, test } from 'vitest';
import { territoryOf } from '#src/domain/registrations/territory.ts';
import { brief, decideWith } from './registration-builders.ts';

const decideIn = (territory: string | null, customerCountry: string | null) =>
  decideWith({ claim: { territory, customerCountry } });

describe('a partner’s territory', () => {
  test.each([
    ['DE; AT;CH', ['DE', 'AT', 'CH'], []],
    ['Germany, Austria', ['DE', 'AT'], []],
    ['DE|DE', ['DE'], []],
    ['DACH; fr', ['FR'], ['DACH']],
  ])('%j is read', (text, countries, unread) => {
    expect(territoryOf(text)).toEqual({ countries, unread });
  });

  test.each([null, '', ' ; '])('%j is anywhere', (text) => {
    expect(territoryOf(text)).toBeNull();
    expect(brief(decideIn(text, 'BR'))).toEqual(['approve']);
  });
});

describe('a claim', () => {
  test('inside the territory is none of anybody’s business', () => {
    expect(brief(decideIn('DE; AT', 'AT'))).toEqual(['approve']);
    expect(brief(decideIn('DACH; AT', 'AT'))).toEqual(['approve']);
  });

  test('outside it needs a person, though nobody competes', () => {
    const decision = decideIn('DE; AT', 'FR');
    expect(brief(decision)).toEqual(['review', 'outside_territory review']);
    expect(decision.reason).toBe(
      "Outside the partner's territory: the customer is in FR, the territory is DE, AT.",
    );
  });

  test.each([
    [
      'whose customer is in no country',
      'DE',
      null,
      "The partner's territory is DE, and the customer's country is not known.",
    ],
    ['where the territory is no list of countries', 'DACH', 'DE', 'Perhaps outside'],
  ])('%s needs a person', (_case, territory, country, says) => {
    const decision = decideIn(territory, country);
    expect(brief(decision)).toEqual(['review', 'outside_territory review']);
    expect(decision.reason).toContain(says);
  });
});
