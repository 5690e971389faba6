import { describe, expect, it } from 'vitest';
import { isRefusal, refuse, shown, shownList } from '#mappings/engine/refusal.ts';
import { readDate, readInstant } from '#mappings/engine/values/calendar.ts';
import { readCountry } from '#mappings/engine/values/country.ts';
import { decimalToNumber, readDecimal } from '#mappings/engine/values/decimal.ts';
import { readDomain } from '#mappings/engine/values/domain-name.ts';
import { nearest } from '#mappings/engine/values/nearest.ts';

const codeOr = (result: unknown): unknown => (isRefusal(result) ? result.code : result);
const blanks = [null, undefined, '', '  '];

describe('an instant', () => {
  it.each<[unknown, string]>([
    ['2026-11-22T10:00:00Z', '2026-11-22T10:00:00.000Z'],
    ['2026-11-22t10:00:00z'.toUpperCase(), '2026-11-22T10:00:00.000Z'],
    ['2026-11-22 10:00z', '2026-11-22T10:00:00.000Z'],
    [' 2026-11-22T10:00+0000 ', '2026-11-22T10:00:00.000Z'],
    ['2026-11-22T10:00:00+01:30', '2026-11-22T08:30:00.000Z'],
    ['2026-11-22T10:00:00-01:30', '2026-11-22T11:30:00.000Z'],
    ['2026-11-22T10:00:00+14:59', '2026-11-21T19:01:00.000Z'],
    ['2026-11-22T10:00:00.5Z', '2026-11-22T10:00:00.500Z'],
    ['2026-11-22T10:00:00.123456789Z', '2026-11-22T10:00:00.123Z'],
    ['2026-11-22T23:59:59Z', '2026-11-22T23:59:59.000Z'],
    ['2026-11-22T00:00:00Z', '2026-11-22T00:00:00.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['2026-01-31T00:00:00Z', '2026-01-31T00:00:00.000Z'],
    ['2026-12-01T00:00:00Z', '2026-12-01T00:00:00.000Z'],
    ['1000-01-01T00:00:00Z', '1000-01-01T00:00:00.000Z'],
    ['10000000000000', '2286-11-20T17:46:40.000Z'],
    ['-10000000000000', '1653-02-10T06:13:20.000Z'],
    ['10000000000', '1970-04-26T17:46:40.000Z'],
    [1_795_341_600_000, '2026-11-22T10:00:00.000Z'],
    [0, '1970-01-01T00:00:00.000Z'],
  ])('is read from %j as %s', (value, instant) => {
    expect(readInstant(value)).toBe(instant);
  });

  it.each([
    'soon',
    '2026-11-22',
    '2026-11-22T10:00:00',
    '2026-11-22T24:00:00Z',
    '2026-11-22T10:60:00Z',
    '2026-11-22T10:00:60Z',
    '2026-11-22T10:00:00+15:00',
    '2026-11-22T10:00:00+01:60',
    '2026-11-22T10:00:00.1234567890Z',
    '2026-00-22T10:00:00Z',
    '2026-13-22T10:00:00Z',
    '2026-11-00T10:00:00Z',
    '2026-11-31T10:00:00Z',
    '2026-02-29T10:00:00Z',
    '0999-11-22T10:00:00Z',
    '1000-01-01T00:00:00+01:00',
    '1000000000',
    '100000000000000',
    1e16,
    Number.NaN,
    -62_200_000_000_000,
    253_402_300_800_000,
    true,
    {},
    [],
  ])('is refused for %j', (value) => {
    expect(readInstant(value)).toEqual({
      code: 'not_an_instant',
      message: `${shown(value)} is not a point in time.`,
      fix: 'Store a date and time with its offset, such as 2026-11-22T10:00:00Z.',
    });
  });

  it.each(blanks)('is null for %j', (value) => {
    expect([readInstant(value), readDate(value)]).toEqual([null, null]);
  });
});

describe('a date', () => {
  it.each<[unknown, string]>([
    ['2026-11-22', '2026-11-22'],
    [' 2024-02-29 ', '2024-02-29'],
    ['1000-01-01', '1000-01-01'],
    ['2026-12-31', '2026-12-31'],
    ['2026-11-22T23:59:59-01:00', '2026-11-23'],
    [1_795_341_600_000, '2026-11-22'],
  ])('is read from %j as %s', (value, date) => {
    expect(readDate(value)).toBe(date);
  });

  it.each([
    'soon',
    '2026-02-29',
    '2026-04-31',
    '2026-00-01',
    '2026-13-01',
    '2026-01-00',
    '2026-01-32',
    '0999-01-01',
    '20261122',
    true,
  ])('is refused for %j', (value) => {
    expect(readDate(value)).toEqual({
      code: 'not_a_date',
      message: `${shown(value)} is not a date.`,
      fix: 'Store the date as YYYY-MM-DD.',
    });
  });
});

describe('a decimal', () => {
  it.each<[unknown, string]>([
    [' 12 ', '12'],
    ['+12.50', '12.5'],
    ['-12.50', '-12.5'],
    ['-0', '0'],
    ['-0.0', '0'],
    ['0.10', '0.1'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['00012', '12'],
    ['1e3', '1000'],
    ['1.5E+2', '150'],
    ['1.5e-2', '0.015'],
    ['15e-1', '1.5'],
    ['15e-2', '0.15'],
    ['-1e-3', '-0.001'],
    ['0e5', '0'],
    ['123456789012345678901234567890.5', '123456789012345678901234567890.5'],
    [0.1, '0.1'],
    [1e-7, '0.0000001'],
    [-5, '-5'],
    [0, '0'],
  ])('is read from %j as %s', (value, decimal) => {
    expect(readDecimal(value)).toBe(decimal);
  });

  it.each([
    '.',
    '+',
    '1,5',
    '1 000',
    '5 €',
    '1e',
    '1e1000',
    '--5',
    '0x10',
    'NaN',
    Number.NaN,
    Number.POSITIVE_INFINITY,
    true,
    {},
  ])('is refused for %j', (value) => {
    expect(readDecimal(value)).toEqual({
      code: 'not_a_number',
      message: `${shown(value)} is not a number.`,
      fix: 'Store a plain number such as 1234.50, without separators or a currency sign.',
    });
  });

  it.each(blanks)('is null for %j', (value) => {
    expect(readDecimal(value)).toBeNull();
  });

  it.each([
    ['12.5', 12.5],
    ['0.1', 0.1],
    ['9007199254740993', '9007199254740993'],
    ['0.1000000000000000055', '0.1000000000000000055'],
    [`1${'0'.repeat(400)}`, `1${'0'.repeat(400)}`],
  ])('%s is sent as %j: as a number only when that has exactly these digits', (decimal, sent) => {
    expect(decimalToNumber(decimal)).toBe(sent);
  });
});

describe('a domain', () => {
  it.each<[unknown, string]>([
    ['acme.com', 'acme.com'],
    [' ACME.com ', 'acme.com'],
    ['http://acme.com', 'acme.com'],
    ['https:///acme.com/x', 'acme.com'],
    ['ftp+x.1-a://acme.com', 'acme.com'],
    ['//acme.com', 'acme.com'],
    ['acme.com?x', 'acme.com'],
    ['acme.com#x', 'acme.com'],
    ['user:pass@acme.com:80/x', 'acme.com'],
    ['a@b@acme.com', 'acme.com'],
    ['mailto:jo@acme.com', 'acme.com'],
    ['acme.com:', 'acme.com'],
    ['acme.com.', 'acme.com'],
    ['www.acme.com', 'acme.com'],
    ['www2.www.acme.com', 'acme.com'],
    ['www.com', 'www.com'],
    ['www12.acme.com', 'www12.acme.com'],
    ['shop.acme.co.uk', 'shop.acme.co.uk'],
    ['a_b.acme.com', 'a_b.acme.com'],
    ['xn--mller-kva.xn--p1ai', 'xn--mller-kva.xn--p1ai'],
    ['müller.de', 'xn--mller-kva.de'],
    [`${'a'.repeat(63)}.com`, `${'a'.repeat(63)}.com`],
    [`${'a.'.repeat(125)}com`, `${'a.'.repeat(125)}com`],
  ])('is read from %j as %s', (value, domain) => {
    expect(readDomain(value)).toBe(domain);
  });

  it.each([
    'acme',
    'acme.c',
    'acme.c0m',
    '-acme.com',
    'acme-.com',
    'a b.com',
    '10.0.0.1',
    'n/a',
    'm üller.de',
    `${'a'.repeat(64)}.com`,
    `${'a.'.repeat(126)}com`,
    5,
    {},
  ])('is refused for %j', (value) => {
    expect(readDomain(value)).toEqual({
      code: 'not_a_domain',
      message: `${shown(value)} is not a web or e-mail address.`,
      fix: 'Store the website (acme.com) or leave it empty.',
    });
  });

  it.each(blanks)('is null for %j', (value) => {
    expect(readDomain(value)).toBeNull();
  });
});

describe('a country', () => {
  it('is read from its name or its code', () => {
    expect(['Germany', ' de ', 'U.S.A.'].map(readCountry)).toEqual(['DE', 'DE', 'US']);
    expect(blanks.map(readCountry)).toEqual([null, null, null, null]);
  });

  it.each(['Bavaria', 49, true, {}])('is refused for %j', (value) => {
    expect(readCountry(value)).toEqual({
      code: 'not_a_country',
      message: `${shown(value)} is not a country.`,
      fix: 'Store the English name of the country or its two-letter code, such as DE.',
    });
  });
});

describe('the most similar name', () => {
  it.each<[string, readonly string[], string | null]>([
    ['citi', ['City', 'Name'], 'City'],
    ['city', ['City', 'city'], 'City'],
    ['ctiy', ['city'], 'city'],
    ['abc', ['xyz'], null],
    ['ab', ['cd'], 'cd'],
    ['ab', ['cde'], null],
    ['abcdefghi', ['abcdefxyz'], 'abcdefxyz'],
    ['abcdefghi', ['abcdewxyz'], null],
    ['abcdefghijkl', ['abcdefghwxyz'], 'abcdefghwxyz'],
    ['abcdefgh', ['abcdefghij'], 'abcdefghij'],
    ['abcdefgh', ['abcdefghijk'], null],
    ['name', ['names', 'name_'], 'names'],
    ['name', [], null],
    ['', ['ab'], 'ab'],
    [`${'a'.repeat(120)}b`, [`${'a'.repeat(120)}c`], `${'a'.repeat(120)}c`],
  ])('to %s among %j is %s', (name, candidates, expected) => {
    expect(nearest(name, candidates)).toBe(expected);
  });
});

describe('a refusal', () => {
  it('is the only object that a transform returns', () => {
    expect(refuse('c', 'm', 'f')).toEqual({ code: 'c', message: 'm', fix: 'f' });
    expect([refuse('c', 'm', 'f'), null, 'text', 5, true, undefined].map(isRefusal)).toEqual([
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
  });

  it.each<[unknown, string]>([
    ['a "b"', '"a \\"b\\""'],
    [5, '"5"'],
    [null, '"null"'],
    [undefined, '"undefined"'],
    [true, '"true"'],
    [[1], 'a list'],
    [{}, 'an object'],
    ['x'.repeat(60), `"${'x'.repeat(60)}"`],
    ['x'.repeat(61), `"${'x'.repeat(60)}…"`],
  ])('shows %j as %s', (value, text) => {
    expect(shown(value)).toBe(text);
  });

  it('lists at most three values', () => {
    expect(shownList(['a', 'b', 'c'])).toBe('"a", "b", "c"');
    expect(shownList(['a', 'b', 'c', 'd', 'e'])).toBe('"a", "b", "c" and 2 more');
    expect(codeOr(refuse('c', 'm', 'f'))).toBe('c');
  });
});
