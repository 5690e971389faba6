import { describe, expect, test } from 'vitest';
import type { MatchField, MatchLevel, NormalisedCompany } from '#src/domain/matching/company.ts';
import { compareCompanies } from '#src/domain/matching/compare.ts';
import { prepareCompany } from '#src/domain/matching/prepare.ts';

type Parts = Partial<NormalisedCompany>;

const terms = { names: 1, counts: {} };
const prepared = (parts: Parts) =>
  prepareCompany(
    { core: 'contoso', tokens: ['contoso'], legalForm: null, domain: null, country: null, ...parts },
    terms,
  );

/** The level of one field, which must be the same from both sides. */
function levelOf(field: MatchField, left: Parts, right: Parts): MatchLevel {
  const level = compareCompanies(prepared(left), prepared(right))[field];
  expect(compareCompanies(prepared(right), prepared(left))[field]).toBe(level);
  return level;
}

describe('registry ids', () => {
  test.each<[string, Parts, Parts, MatchLevel]>([
    ['the same VAT number', { vat: 'DE136695976' }, { vat: 'DE136695976' }, 'exact'],
    ['one LEI', { lei: 'A' }, { lei: 'A' }, 'exact'],
    ['the same D-U-N-S number', { duns: '1' }, { duns: '1' }, 'exact'],
    ['one agrees, one does not', { vat: 'DE1', duns: '1' }, { vat: 'DE2', duns: '1' }, 'exact'],
    [
      'the last agrees, the first do not',
      { vat: 'DE1', lei: 'A', duns: '1' },
      { vat: 'DE2', lei: 'B', duns: '1' },
      'exact',
    ],
    ['two VAT numbers of one country', { vat: 'DE1' }, { vat: 'DE2' }, 'different'],
    ['two VAT numbers of two countries', { vat: 'DE1' }, { vat: 'DK1' }, 'missing'],
    ['two VAT numbers whose countries share the second letter', { vat: 'DE1' }, { vat: 'BE1' }, 'missing'],
    ['two LEIs', { lei: 'AA' }, { lei: 'AB' }, 'different'],
    ['two LEIs that begin differently', { lei: 'XA' }, { lei: 'YA' }, 'different'],
    ['two D-U-N-S numbers', { duns: '1' }, { duns: '2' }, 'different'],
    ['ids of two kinds', { vat: 'DE1' }, { duns: '1' }, 'missing'],
    ['ids on one side only', { vat: 'DE1', lei: 'A', duns: '1' }, {}, 'missing'],
  ])('%s', (_case, left, right, level) => {
    expect(levelOf('registry_id', left, right)).toBe(level);
  });
});

describe('domains', () => {
  test.each<[string, Parts, Parts, MatchLevel]>([
    ['one website', { domain: 'acme.com' }, { domain: 'acme.com' }, 'exact'],
    [
      'an e-mail address at the other website',
      { domain: 'a.de', mailDomain: 'acme.com' },
      { domain: 'acme.com' },
      'strong',
    ],
    [
      'e-mail addresses of the same domain',
      { domain: 'a.de', mailDomain: 'acme.com' },
      { domain: 'b.de', mailDomain: 'acme.com' },
      'strong',
    ],
    [
      'e-mail addresses of different domains',
      { domain: 'a.de', mailDomain: 'x.com' },
      { domain: 'b.de', mailDomain: 'y.com' },
      'different',
    ],
    [
      'an e-mail address on one side, of another domain',
      { domain: 'a.de', mailDomain: 'x.com' },
      { domain: 'b.de' },
      'different',
    ],
    [
      'the same label of four letters with two endings',
      { domain: 'acme.com' },
      { domain: 'acme.de' },
      'close',
    ],
    [
      'the same label of three letters with two endings',
      { domain: 'abc.com' },
      { domain: 'abc.de' },
      'different',
    ],
    ['the same label with and without a hyphen', { domain: 'ac-me.com' }, { domain: 'acme.co.uk' }, 'close'],
    ['two labels', { domain: 'acme.com' }, { domain: 'acne.com' }, 'different'],
    ['a website on one side only', { domain: 'acme.com' }, {}, 'missing'],
    ['no website at all', {}, {}, 'missing'],
    ['a website that spells the other name', { domain: 'contoso.com' }, { core: 'contoso' }, 'weak'],
    [
      'a website that spells two words of the other name',
      { domain: 'data-dogs.com' },
      { core: 'data dogs' },
      'weak',
    ],
    [
      'a website that spells an alias',
      { domain: 'traps.com' },
      { core: 'coyote', aliases: ['traps'] },
      'weak',
    ],
    ['a website of five letters that spells the name', { domain: 'acmes.com' }, { core: 'acmes' }, 'weak'],
    ['a website of four letters that spells the name', { domain: 'acme.com' }, { core: 'acme' }, 'missing'],
    ['a website that spells another name', { domain: 'summit.com' }, { core: 'contoso' }, 'missing'],
  ])('%s', (_case, left, right, level) => {
    expect(levelOf('domain', left, right)).toBe(level);
  });
});

describe('phone numbers', () => {
  test.each<[string, string | undefined, string | undefined, MatchLevel]>([
    ['one number', '+498963600', '+498963600', 'exact'],
    ['a number on one side only', '+498963600', undefined, 'missing'],
    ['without the country code, with the leading zero', '+4989636001', '089636001', 'strong'],
    ['without the area code, seven digits', '+13123865286', '3865286', 'strong'],
    ['six digits in common at the end', '+13123865286', '865286', 'different'],
    ['two extensions of the same number', '+498963612', '+498963634', 'close'],
    ['two extensions of eight digits', '89636012', '89636034', 'close'],
    ['two extensions of seven digits', '8963612', '8963634', 'different'],
    ['two numbers that differ before the extension', '+498963612', '+498964612', 'different'],
    ['numbers of different lengths with different endings', '+498963612', '8963634', 'different'],
  ])('%s', (_case, left, right, level) => {
    expect(levelOf('phone', left ? { phone: left } : {}, right ? { phone: right } : {})).toBe(level);
  });
});

describe('addresses', () => {
  const at = (house: string | null, street: string | null, postcode?: string): Parts => ({
    ...(house !== null && { house }),
    ...(street !== null && { street }),
    ...(postcode !== undefined && { postcode }),
  });

  test.each<[string, Parts, Parts, MatchLevel]>([
    ['one house', at('12', 'washington'), at('12', 'washington'), 'exact'],
    ['the same house number, a longer street', at('12', 'washington'), at('12', 'washington park'), 'exact'],
    [
      'the same house number, a different second word',
      at('12', 'washington park'),
      at('12', 'washington hill'),
      'strong',
    ],
    [
      'the same house number, a typing error in the street',
      at('12', 'washington'),
      at('12', 'washnigton'),
      'strong',
    ],
    ['the same house number, a common word', at('12', 'old park'), at('12', 'park'), 'strong'],
    ['the same house number, a shortened street', at('12', 'wash'), at('12', 'washington'), 'strong'],
    ['the same house number and postcode', at('12', 'oak', '60302'), at('12', 'elm', '60302'), 'strong'],
    [
      'the same house number, different postcodes',
      at('12', 'oak', '60302'),
      at('12', 'elm', '60303'),
      'weak',
    ],
    ['the same house number, no postcode', at('12', 'oak'), at('12', 'elm'), 'weak'],
    ['a neighbour, 20 numbers further', at('12', 'oak'), at('32', 'oak'), 'close'],
    ['21 numbers on', at('12', 'oak'), at('33', 'oak'), 'different'],
    ['a neighbour, with a letter', at('12A', 'oak'), at('14B', 'oak'), 'close'],
    [
      'a neighbour in a street with a different second word',
      at('12', 'oak hill'),
      at('14', 'oak park'),
      'different',
    ],
    ['a neighbour in a longer street', at('12', 'oak'), at('14', 'oak park'), 'close'],
    ['a neighbour in another street', at('12', 'oak'), at('14', 'elm'), 'different'],
    ['the same street, no number', at(null, 'oak'), at(null, 'oak'), 'close'],
    ['the same street, a number on one side', at('12', 'oak'), at(null, 'oak'), 'close'],
    ['different streets, no number', at(null, 'oak'), at('1', 'elm'), 'missing'],
    ['a street with a typing error, no number', at(null, 'washington'), at('1', 'washnigton'), 'missing'],
    ['no street on one side', at('12', null), at('12', 'oak'), 'missing'],
  ])('%s', (_case, left, right, level) => {
    expect(levelOf('address', left, right)).toBe(level);
  });
});

test.each<[string | undefined, string | undefined, MatchLevel]>([
  ['60302', '60302', 'exact'],
  ['60302', '60399', 'close'],
  ['60302', '60402', 'different'],
  ['SW1A1AA', 'SW19ZZ', 'close'],
  ['60302', undefined, 'missing'],
])('the postcodes %s and %s are %s: three characters are a district', (left, right, level) => {
  expect(levelOf('postcode', left ? { postcode: left } : {}, right ? { postcode: right } : {})).toBe(level);
});

test.each<[string | undefined, string | undefined, MatchLevel]>([
  ['frankfurt', 'frankfurt', 'exact'],
  ['frankfurt', 'frankfurt am main', 'close'],
  ['frankfurt', 'frankfurts', 'close'],
  ['frankfurt', 'frankfurter', 'different'],
  ['york', 'yorktown', 'different'],
  ['york', 'new york', 'different'],
  ['frankfurt', 'frankfrut', 'close'],
  ['frankfurt', 'munich', 'different'],
  ['frankfurt', undefined, 'missing'],
])('the cities %s and %s are %s', (left, right, level) => {
  expect(levelOf('city', left ? { city: left } : {}, right ? { city: right } : {})).toBe(level);
});

test.each<[string | null, string | null, MatchLevel]>([
  ['DE', 'DE', 'exact'],
  ['DE', 'US', 'different'],
  ['DE', null, 'missing'],
  [null, null, 'missing'],
])('the countries %s and %s are %s', (left, right, level) => {
  expect(levelOf('country', { country: left }, { country: right })).toBe(level);
});

test('the levels of the name, its words and its numbers are those of the names', () => {
  const found = compareCompanies(prepared({ core: 'acme 4' }), prepared({ core: 'acme 5' }));
  expect([found.name, found.words, found.numbers]).toEqual([
    found.names.name,
    found.names.words,
    found.names.numbers,
  ]);
  expect(found.numbers).toBe('different');
});
