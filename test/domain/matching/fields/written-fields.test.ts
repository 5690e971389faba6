import { describe, expect, test } from 'vitest';
import { addressLine, cityOf, postcodeOf, streetAddress } from '#src/domain/matching/fields/address.ts';
import { companyDomain, mailDomain } from '#src/domain/matching/fields/domain.ts';
import { phoneNumber } from '#src/domain/matching/fields/phone.ts';
import { registryIds } from '#src/domain/matching/fields/registry-id.ts';

describe('an address line', () => {
  test.each<[string | null | undefined, string | undefined, string | undefined]>([
    ['12 Washington', '12', 'washington'],
    ['Washington 12', '12', 'washington'],
    ['12b Washington', '12B', 'washington'],
    ['12bc Washington', undefined, '12bc washington'],
    ['Washington', undefined, 'washington'],
    ['12', '12', undefined],
    ['12 Street', '12', undefined],
    ['12 Washington Park Hill', '12', 'washington park'],
    ['12-14 Washington', '12', 'washington'],
    ['12 – 14 Washington', '12', 'washington'],
    ['12/3 Washington', '12', 'washington'],
    ['221 51st', '221', '51'],
    ['221 42nd', '221', '42'],
    ['221 43rd', '221', '43'],
    ['221 44th', '221', '44'],
    ['Suite 5', '5', undefined],
    ['Floor Washington', undefined, undefined],
    ['PO Box 12', undefined, undefined],
    ['P.O.B. 12', undefined, undefined],
    ['POB 12', undefined, undefined],
    ['Box 12', undefined, undefined],
    ['Postfach 12', undefined, undefined],
    ['Boxer 12', '12', 'boxer'],
    ['12 Box Hill', '12', 'box hill'],
    [null, undefined, undefined],
    [undefined, undefined, undefined],
    ['—', undefined, undefined],
  ])('“%s” is house %s in %s', (line, house, street) => {
    expect(streetAddress(line)).toEqual({
      ...(house !== undefined && { house }),
      ...(street !== undefined && { street }),
    });
  });

  test.each([
    [{ house: '12', street: 'oak' }, '12 oak'],
    [{ street: 'oak' }, 'oak'],
    [{ house: '12' }, '12'],
    [{}, null],
  ])('%j is shown as %s', (address, line) => {
    expect(addressLine(address)).toBe(line);
  });
});

test.each<[string | null | undefined, string | null, string | null]>([
  ['60302', 'US', '60302'],
  ['60302-1234', 'US', '60302'],
  ['603021234', 'US', '60302'],
  [' 60302 ', null, '60302'],
  ['2139', 'US', '02139'],
  ['2139', 'AU', '2139'],
  ['2139', null, '2139'],
  ['213', 'US', '213'],
  ['21390', 'US', '21390'],
  ['213901', 'RU', '213901'],
  ['k1a 0b1', 'CA', 'K1A0B1'],
  ['none', 'US', null],
  ['', 'US', null],
  [null, 'US', null],
  [undefined, null, null],
])('the postcode “%s” of a company in %s is compared as %s', (written, country, expected) => {
  expect(postcodeOf(written, country)).toBe(expected);
});

test.each<[string | null | undefined, string | null]>([
  ['ST. GALLEN', 'saint gallen'],
  ['Saint-Denis', 'saint denis'],
  ['Stuttgart', 'stuttgart'],
  ['Bad Homburg v.d.H.', 'bad homburg vdh'],
  ['', null],
  [null, null],
  [undefined, null],
])('the city “%s” is compared as %s', (written, expected) => {
  expect(cityOf(written)).toBe(expected);
});

describe('a domain', () => {
  test.each<[string | null | undefined, string | null]>([
    ['acme.com', 'acme.com'],
    [' HTTPS://WWW.Acme.co.uk/about?x=1 ', 'acme.co.uk'],
    ['shop.acme.com:8080', 'acme.com'],
    ['acme.github.io', 'acme.github.io'],
    ['acme.zendesk.com/hc/en-us', 'acme.zendesk.com'],
    ['facebook.com/acme', null],
    ['www.facebook.com', null],
    ['gmail.com', null],
    ['localhost', null],
    ['192.168.0.1', null],
    ['com', null],
    ['', null],
    ['  ', null],
    [null, null],
    [undefined, null],
  ])('“%s” belongs to %s', (address, expected) => {
    expect(companyDomain(address)).toBe(expected);
  });

  test.each<[string | null | undefined, string | null]>([
    ['ann@acme.com', 'acme.com'],
    ['Ann <ann@mail.acme.com', 'acme.com'],
    ['a@b@acme.com', 'acme.com'],
    ['x@ ACME.com ', 'acme.com'],
    ['ann@gmail.com', null],
    ['ann@googlemail.com', null],
    ['ann@facebook.com', null],
    ['ann@yahoo.co.uk', null],
    ['@acme.com', null],
    ['acme.com', null],
    ['ann@', null],
    [null, null],
    [undefined, null],
  ])('the mailbox “%s” belongs to %s', (email, expected) => {
    expect(mailDomain(email)).toBe(expected);
  });
});

test.each<[string | null | undefined, string | null, string | null]>([
  ['+49 89 63600', null, '+498963600'],
  [' 0049 89 63600 ', null, '+498963600'],
  ['0089 63600', null, '008963600'],
  ['000 89 63600', null, '0008963600'],
  ['089 63600', 'DE', '+498963600'],
  ['089 63600', null, '08963600'],
  ['089 636', 'DE', null],
  ['1234567', null, null],
  ['123456', null, null],
  ['1212121', null, null],
  ['1231231', null, '1231231'],
  ['(312) 386-5286 x12', 'US', '+13123865286'],
  ['(312) 386-5286 #12', 'US', '+13123865286'],
  ['(312) 386-5286 EXT 12', 'US', '+13123865286'],
  ['386 52 x 861234', 'US', null],
  ['12345678901234567890', 'US', null],
  ['phone', 'US', null],
  [null, 'US', null],
  [undefined, 'US', null],
])('the phone number “%s” of a company in %s is compared as %s', (written, country, expected) => {
  expect(phoneNumber(written, country)).toBe(expected);
});

describe('registry ids', () => {
  test.each<[string | null | undefined, string | null, string | undefined]>([
    ['DE136695976', null, 'DE136695976'],
    ['DE136695976', 'AT', 'DE136695976'],
    ['de 136 695 976', 'DE', 'DE136695976'],
    ['DE136695977', 'DE', undefined],
    ['EL094259216', null, 'GR094259216'],
    ['XI980780684', null, 'GB980780684'],
    // A country without a check of its numbers takes any of five digits or more.
    ['ZW20345', null, 'ZW20345'],
    ['20345', 'ZW', 'ZW20345'],
    ['1234', 'ZW', undefined],
    ['ZW1234', null, undefined],
    ['20345', null, undefined],
    ['QQ20345', null, undefined],
    ['A112345', null, undefined],
    ['QQ20345', 'ZW', 'ZWQQ20345'],
    // It begins like a number of Germany, but is one of Mexico.
    ['GODE561231GR8', 'MX', 'MXGODE561231GR8'],
    ['DEF 040506 1G1', 'MX', undefined],
    [null, 'DE', undefined],
    [undefined, 'DE', undefined],
  ])('the VAT number “%s” of a company in %s is compared as %s', (vat, country, expected) => {
    expect(registryIds({ vat }, country).vat).toBe(expected);
  });

  test.each([
    ['5493001KJTIIGC8Y1R12', '5493001KJTIIGC8Y1R12'],
    ['5493 001k jtii gc8y 1r12', '5493001KJTIIGC8Y1R12'],
    ['529900T8BM49AURSDO55', '529900T8BM49AURSDO55'],
    ['5493001KJTIIGC8Y1R13', undefined],
    ['5493001KJTIIGC8Y1R1', undefined],
    ['5493001KJTIIGC8Y1R123', undefined],
    ['5493001KJTIIGC8Y1RAB', undefined],
  ])('the LEI “%s” is compared as %s', (lei, expected) => {
    expect(registryIds({ lei }, null).lei).toBe(expected);
  });

  test.each([
    ['15-048-3782', '150483782'],
    ['15048378', undefined],
    ['1504837821', undefined],
    ['15048378A', undefined],
  ])('the D-U-N-S number “%s” is compared as %s', (duns, expected) => {
    expect(registryIds({ duns }, null).duns).toBe(expected);
  });

  test('that are not given are absent', () => {
    expect([registryIds(undefined, 'DE'), registryIds({}, 'DE')]).toEqual([{}, {}]);
  });
});
