import { isRefusal } from '#mappings/engine/refusal.ts';
import { buildTransform, transformNames } from '#mappings/engine/transform.ts';
import type { ValueSpec } from '#mappings/engine/transform.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const options: Record<(typeof transformNames)[number], ValueSpec> = {
  text: { name: 'text' },
  boolean: { name: 'boolean' },
  decimal: { name: 'decimal' },
  date: { name: 'date' },
  instant: { name: 'instant' },
  reference: { name: 'reference' },
  domain: { name: 'domain' },
  country: { name: 'country' },
  upper: { name: 'upper' },
  equals: { name: 'equals', values: ['Channel Partner / Reseller'] },
  lookup: { name: 'lookup', map: { 'New Business': 'new', Existing: 'renewal' } },
  trim: { name: 'trim' },
  lower: { name: 'lower' },
  title: { name: 'title' },
  cut: { name: 'cut', length: 10 },
  split: { name: 'split', separator: ' ', part: 1 },
  replace: { name: 'replace', find: '-', with: '/' },
  currency: { name: 'currency', code: 'EUR', format: '1.234,56' },
  scale: { name: 'scale', by: '100' },
  round: { name: 'round', places: 2 },
  phone: { name: 'phone', country: 'DE' },
  email: { name: 'email' },
};

const read = (spec: ValueSpec | (typeof transformNames)[number], value: unknown): unknown => {
  const result = buildTransform(typeof spec === 'string' ? options[spec] : spec).read(value);
  return isRefusal(result) ? result.code : result;
};

describe('reading', () => {
  it.each([
    ['text', '  Acme  ', 'Acme'],
    ['text', '   ', null],
    ['text', 'one\r\ntwo', 'one\ntwo'],
    ['text', 94105, '94105'],
    ['text', { a: 1 }, 'not_text'],
    ['upper', ' usd ', 'USD'],
    ['boolean', 'TRUE', true],
    ['boolean', '', null],
    ['boolean', 'yes', 'not_true_or_false'],
    ['reference', ['123'], '123'],
    ['reference', [], null],
    ['reference', ['1', '2'], '1;2'],
    ['equals', 'channel partner / reseller', true],
    ['equals', 'Customer', false],
    ['equals', null, false],
    ['lookup', 'Existing', 'renewal'],
    ['lookup', 'Other', 'value_not_listed'],
  ] as const)('%s reads %j as %j', (name, value, expected) => {
    expect(read(name, value)).toBe(expected);
  });

  it.each([
    [0.1, '0.1'],
    [1234.5, '1234.5'],
    ['1234.50', '1234.5'],
    ['000.50', '0.5'],
    ['-0.00', '0'],
    [1e21, '1000000000000000000000'],
    ['1.5e-7', '0.00000015'],
    ['9007199254740993.01', '9007199254740993.01'],
    ['1,234.50', 'not_a_number'],
    ['$12', 'not_a_number'],
    ['.', 'not_a_number'],
    [true, 'not_a_number'],
  ])('decimal reads %j as %j', (value, expected) => {
    expect(read('decimal', value)).toBe(expected);
  });

  it.each([
    ['date', '2026-02-28', '2026-02-28'],
    ['date', '2026-02-29', 'not_a_date'],
    ['date', '2026-11-22T23:30:00.000+0000', '2026-11-22'],
    ['date', 1_795_305_600_000, '2026-11-22'],
    ['date', '20261122', 'not_a_date'],
    ['date', '0026-11-22', 'not_a_date'],
    ['instant', '2026-11-22T10:00:00.000+0000', '2026-11-22T10:00:00.000Z'],
    ['instant', '2026-11-22T10:00:00+02:00', '2026-11-22T08:00:00.000Z'],
    ['instant', '2026-01-01T00:30:00.1234567-05:30', '2026-01-01T06:00:00.123Z'],
    ['instant', '1795341600000', '2026-11-22T10:00:00.000Z'],
    ['instant', '2026-11-22T10:00:00', 'not_an_instant'],
    ['instant', '2026-11-22T25:00:00Z', 'not_an_instant'],
  ] as const)('%s reads %j as %j', (name, value, expected) => {
    expect(read(name, value)).toBe(expected);
  });

  it.each([
    ['https://www.Acme.com:8080/shop?x=1#y', 'acme.com'],
    ['jo@mail.acme.co.uk', 'mail.acme.co.uk'],
    ['mailto:jo@acme.com', 'acme.com'],
    ['ACME.com.', 'acme.com'],
    ['acme.com:8080', 'acme.com'],
    ['müller.de', 'xn--mller-kva.de'],
    ['www.com', 'www.com'],
    ['n/a', 'not_a_domain'],
    ['10.0.0.1', 'not_a_domain'],
    ['', null],
  ])('domain reads %j as %j', (value, expected) => {
    expect(read('domain', value)).toBe(expected);
  });

  it.each([
    ['Germany', 'DE'],
    ['de', 'DE'],
    ['U.S.A.', 'US'],
    ['The Netherlands', 'NL'],
    ['Czech Republic', 'CZ'],
    ['Turkey', 'TR'],
    ['Hong Kong', 'HK'],
    ['Korea, Republic of', 'KR'],
    ["Cote d'Ivoire", 'CI'],
    ['Bosnia and Herzegovina', 'BA'],
    ['UK', 'GB'],
    ['EU', 'not_a_country'],
    ['Bavaria', 'not_a_country'],
  ])('country reads %j as %j', (value, expected) => {
    expect(read('country', value)).toBe(expected);
  });

  it('a lookup returns `otherwise` for values that it does not list', () => {
    expect(read({ name: 'lookup', map: { Closed: true }, otherwise: false }, 'Open')).toBe(false);
  });
});

describe('every transform', () => {
  it.each(transformNames)('%s reads its own result as the same value', (name) => {
    const transform = buildTransform(options[name]);
    if (['equals', 'lookup', 'scale', 'split', 'replace'].includes(name)) return;
    fc.assert(
      fc.property(
        fc.oneof(
          fc.jsonValue(),
          fc.webUrl(),
          fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
        ),
        (value) => {
          const once = transform.read(value);
          if (!isRefusal(once)) expect(transform.read(once)).toBe(once);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('writing', () => {
  it('a decimal without an exact double is written as its digits', () => {
    const write = buildTransform(options.decimal).write?.as('number');
    expect(write?.('1234.5')).toBe(1234.5);
    expect(write?.('9007199254740993.01')).toBe('9007199254740993.01');
  });

  it('a value of the wrong type is refused and not sent', () => {
    const code = (result: unknown): unknown => (isRefusal(result) ? result.code : result);
    expect(code(buildTransform(options.date).write?.as('date')('soon'))).toBe('not_a_date');
    expect(code(buildTransform(options.decimal).write?.as('number')('12 EUR'))).toBe('not_a_number');
    expect(code(buildTransform(options.lookup).write?.as('text')('unknown'))).toBe('value_not_listed');
  });
});
