import { describe, expect, test } from 'vitest';
import { cityOf, postcodeOf, streetAddress } from '#src/domain/matching/fields/address.ts';
import { writtenNames } from '#src/domain/matching/names/aliases.ts';
import { comparableWords } from '#src/domain/matching/names/comparable-words.ts';
import { normaliseCompany } from '#src/domain/matching/normalise.ts';
import { phoneNumber } from '#src/domain/matching/fields/phone.ts';
import { registryIds } from '#src/domain/matching/fields/registry-id.ts';

describe('phone numbers', () => {
  test.each([
    ['(312) 386-5286', 'US', '+13123865286'],
    ['+49 (0)89 636-00', null, '+498963600'],
    ['0049 89 63600', 'US', '+498963600'],
    ['089 / 63600', 'DE', '+498963600'],
    ['(312) 386-5286 ext. 12', 'US', '+13123865286'],
    ['386-5286', null, '3865286'],
    ['0000000', 'US', null],
    ['112', 'DE', null],
    ['', 'DE', null],
    [null, 'DE', null],
  ])('%s in %s is %s', (written, country, number) => {
    expect(phoneNumber(written, country)).toBe(number);
  });
});

describe('registry ids', () => {
  test.each([
    ['DE 136.695.976', null, 'DE136695976'],
    ['136695976', 'DE', 'DE136695976'],
    ['FR 40 303 265 045', null, 'FR40303265045'],
    ['136695977', 'DE', undefined],
    ['136695976', null, undefined],
    ['n/a', 'DE', undefined],
  ])('the VAT number %s of a company in %s is %s', (vat, country, expected) => {
    expect(registryIds({ vat }, country).vat).toBe(expected);
  });

  test('an LEI counts only with correct check digits', () => {
    expect(registryIds({ lei: '5493001KJTIIGC8Y1R13' }, null)).toEqual({});
    expect(registryIds({ lei: '5493001KJTIIGC8Y1R12' }, null)).toEqual({ lei: '5493001KJTIIGC8Y1R12' });
  });

  test('a D-U-N-S number has nine digits in any grouping', () => {
    expect(registryIds({ duns: '15-048-3782' }, null)).toEqual({ duns: '150483782' });
    expect(registryIds({ duns: '1504837' }, null)).toEqual({});
  });
});

describe('addresses', () => {
  test.each([
    ['27 W. Washington St.', '27', 'washington'],
    ['221 E. 51st St.', '221', '51'],
    ['Hauptstraße 12a', '12A', 'haupt'],
    ['Hauptstr. 12 A', '12', 'haupt'],
    ['12, rue de la Paix', '12', 'paix'],
    ['Via Roma 5', '5', 'roma'],
    ['1710-1718 S. Loomis', '1710', 'loomis'],
    ['500 Market Street Suite 300', '500', 'market'],
    ['P.O. Box 1200', undefined, undefined],
    ['', undefined, undefined],
  ])('"%s" is number %s in %s', (line, house, street) => {
    expect(streetAddress(line)).toEqual({
      ...(house !== undefined && { house }),
      ...(street !== undefined && { street }),
    });
  });

  test.each([
    ['60302-1234', 'US', '60302'],
    ['2139', 'US', '02139'],
    ['sw1a 1aa', 'GB', 'SW1A1AA'],
    ['3521 AZ', 'NL', '3521AZ'],
    ['unknown', null, null],
  ])('the postcode %s in %s is %s', (written, country, postcode) => {
    expect(postcodeOf(written, country)).toBe(postcode);
  });

  test('a city is compared without accents and with “St” spelt out', () => {
    expect([cityOf('Zürich'), cityOf('St. Louis'), cityOf(' ')]).toEqual(['zurich', 'saint louis', null]);
  });
});

describe('several names in one', () => {
  test.each<[string, string, readonly string[]]>([
    ['Acme Inc. d/b/a Road Runner Traps', 'Acme Inc.', ['Road Runner Traps']],
    ['Acme, formerly known as Coyote Tools', 'Acme', ['Coyote Tools']],
    ['Acme (formerly Coyote Tools)', 'Acme', ['Coyote Tools']],
    ['Acme t/a Traps a/k/a Snares', 'Acme', ['Traps', 'Snares']],
    ['Acme vormals Koyote Werkzeuge', 'Acme', ['Koyote Werkzeuge']],
  ])('%s', (line, main, others) => {
    const written = writtenNames(line);
    expect([written.main.trim(), written.others]).toEqual([main, others]);
  });

  test.each([
    ['Bayerische Motoren Werke (BMW)', ['bmw']],
    ['Acme (Coyote Traps Supply) Ltd', ['coyote traps supply']],
    ['Acme (UK) Ltd', undefined],
    ['Acme (Hong Kong) Ltd', undefined],
    ['Acme AB (publ)', undefined],
    ['Acme (Cayman) Ltd', undefined],
    ['Acme Fund (III)', undefined],
  ])('the text in brackets in %s is an alias only if it can be a name', (name, aliases) => {
    expect(normaliseCompany({ name }).aliases).toEqual(aliases);
  });

  test('given aliases are normalised like names, and the name itself is left out', () => {
    expect(
      normaliseCompany({ name: 'Acme', aliases: ['ACME Ltd.', 'Coyote Traps GmbH', ''] }).aliases,
    ).toEqual(['coyote traps']);
  });

  test('a typing error in a very common word is corrected', () => {
    expect(comparableWords('contoso tehcnologies').map(({ word }) => word)).toEqual([
      'contoso',
      'technology',
    ]);
  });
});

test('a normalised company survives JSON and has only the fields that were given', () => {
  const full = normaliseCompany({
    name: 'Acme GmbH',
    domain: 'acme.de',
    email: 'ann@acme.com',
    phone: '089 63600',
    street: 'Hauptstr. 12',
    postcode: '80331',
    city: 'München',
    country: 'Germany',
    registryIds: { vat: '136695976', duns: '150483782' },
  });
  expect(JSON.parse(JSON.stringify(full))).toEqual(full);
  expect(full).toEqual({
    core: 'acme',
    tokens: ['acme'],
    legalForm: 'gmbh',
    domain: 'acme.de',
    mailDomain: 'acme.com',
    country: 'DE',
    phone: '+498963600',
    house: '12',
    street: 'haupt',
    postcode: '80331',
    city: 'munchen',
    vat: 'DE136695976',
    duns: '150483782',
  });
  expect(Object.keys(normaliseCompany({ name: 'Acme' }))).toEqual([
    'core',
    'tokens',
    'legalForm',
    'domain',
    'country',
  ]);
});
