import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError } from '#src/domain/errors.ts';
import {
  allocate,
  currencyExponent,
  displayMinor,
  formatMinor,
  groupThousands,
  largestMinor,
  multiplyRate,
  parseMinor,
} from '#src/domain/money.ts';

const currencies = fc.constantFrom('USD', 'EUR', 'JPY', 'KWD', 'HUF');
const amounts = fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n });

describe('currencies', () => {
  test.each([
    ['USD', 2],
    ['JPY', 0],
    ['KWD', 3],
    ['HUF', 2],
    ['IDR', 2],
  ])('%s has the decimals of ISO 4217, not those of locale data', (code, decimals) => {
    expect(currencyExponent(code)).toBe(decimals);
  });

  test('a code that is not a currency is refused with the code', () => {
    expect(() => currencyExponent('XQQ')).toThrow('"XQQ" is not an ISO 4217 currency code');
  });
});

describe('parsing and formatting', () => {
  test('formatting and parsing gives the same amount in every currency', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -largestMinor, max: largestMinor }),
        currencies,
        (minor, currency) => parseMinor(formatMinor(minor, currency), currency) === minor,
      ),
    );
  });

  test('the largest amount is parsed, and one more is refused with the limit', () => {
    expect(parseMinor('-999999999999999.99', 'USD')).toBe(-largestMinor);
    expect(parseMinor('99999999999999999', 'JPY')).toBe(largestMinor);
    const limits = { USD: '999999999999999.99', JPY: '99999999999999999', KWD: '99999999999999.999' };
    for (const [currency, largest] of Object.entries(limits))
      for (const amount of [formatMinor(largestMinor + 1n, currency), '-9223372036854775809', '9'.repeat(61)])
        expect(() => parseMinor(amount, currency)).toThrow(`an amount in ${currency} is at most ${largest}.`);
  });

  test.each([
    ['1234.50', 'USD', 123450n],
    ['-0.05', 'USD', -5n],
    [' 7 ', 'USD', 700n],
    ['1.2', 'EUR', 120n],
    ['1.2300', 'EUR', 123n],
    ['1000', 'JPY', 1000n],
    ['1000.00', 'JPY', 1000n],
    ['0.001', 'KWD', 1n],
  ])('%s %s is parsed exactly', (decimal, currency, minor) => {
    expect(parseMinor(decimal, currency)).toBe(minor);
  });

  test.each([
    ['12.345', 'USD'],
    ['0.5', 'JPY'],
    ['1,234.50', 'USD'],
    ['1e3', 'USD'],
    ['', 'USD'],
    ['12.', 'USD'],
    ['NaN', 'USD'],
  ])('"%s" %s is refused with the value', (decimal, currency) => {
    expect(() => parseMinor(decimal, currency)).toThrow(AppError);
    expect(() => parseMinor(decimal, currency)).toThrow(`"${decimal}"`);
  });

  test.each([
    [-1230n, 'USD', '-12.30'],
    [5n, 'USD', '0.05'],
    [0n, 'USD', '0.00'],
    [1000n, 'JPY', '1000'],
    [-1n, 'KWD', '-0.001'],
  ])('%s minor units of %s are written %s', (minor, currency, decimal) => {
    expect(formatMinor(minor, currency)).toBe(decimal);
  });

  test('amounts in sentences have thousands separators', () => {
    expect(displayMinor(61230000n, 'USD')).toBe('612,300.00 USD');
    expect(displayMinor(-123456789n, 'JPY')).toBe('-123,456,789 JPY');
    expect(displayMinor(99900n, 'USD')).toBe('999.00 USD');
  });
});

describe('rates', () => {
  const rates = fc.tuple(fc.bigInt({ min: 0n, max: 10_000n }), fc.bigInt({ min: 1n, max: 10_000n }));

  test('half a cent is rounded to the even neighbour, or up on request', () => {
    expect(multiplyRate(50n, [5n, 100n])).toBe(2n);
    expect(multiplyRate(70n, [5n, 100n])).toBe(4n);
    expect(multiplyRate(50n, [5n, 100n], 'half_up')).toBe(3n);
    expect(multiplyRate(51n, [5n, 100n])).toBe(3n);
  });

  test('a negative amount gives exactly the negative result', () => {
    fc.assert(
      fc.property(
        amounts,
        rates,
        fc.constantFrom('half_even' as const, 'half_up' as const),
        (minor, rate, rounding) => {
          expect(multiplyRate(-minor, rate, rounding)).toBe(-multiplyRate(minor, rate, rounding));
        },
      ),
    );
  });

  test('the result is within half a minor unit of the exact product', () => {
    fc.assert(
      fc.property(amounts, rates, (minor, rate) => {
        const error = multiplyRate(minor, rate) * rate[1] - minor * rate[0];
        expect(2n * (error < 0n ? -error : error) <= rate[1]).toBe(true);
      }),
    );
  });

  test('a rate with a denominator of zero is refused', () => {
    expect(() => multiplyRate(1n, [1n, 0n])).toThrow(AppError);
  });
});

describe('allocation', () => {
  const weights = fc
    .array(fc.bigInt({ min: 0n, max: 10n ** 12n }), { minLength: 1, maxLength: 30 })
    .filter((all) => all.some((weight) => weight > 0n));
  const idsFor = (all: readonly bigint[]): string[] => all.map((_, index) => `line-${index}`);

  test('the parts sum to the total exactly, each within one unit of its exact share', () => {
    fc.assert(
      fc.property(amounts, weights, (total, all) => {
        const sum = all.reduce((a, b) => a + b, 0n);
        const parts = allocate(total, all, idsFor(all));
        expect(parts.reduce((a, b) => a + b, 0n)).toBe(total);
        parts.forEach((part, index) => {
          const distance = part * sum - total * (all[index] ?? 0n);
          expect(distance < sum && distance > -sum).toBe(true);
        });
      }),
    );
  });

  test('each part is the same for any order of the lines', () => {
    fc.assert(
      fc.property(amounts, weights, (total, all) => {
        const ids = idsFor(all);
        const backwards = allocate(total, all.toReversed(), ids.toReversed()).toReversed();
        expect(backwards).toEqual(allocate(total, all, ids));
      }),
    );
  });

  test('remaining units go to the largest remainders, for ties to the smaller id', () => {
    expect(allocate(100n, [1n, 1n, 1n], ['c', 'a', 'b'])).toEqual([33n, 34n, 33n]);
    expect(allocate(-100n, [1n, 1n, 1n], ['c', 'a', 'b'])).toEqual([-33n, -34n, -33n]);
    expect(allocate(10n, [2n, 5n], ['a', 'b'])).toEqual([3n, 7n]);
  });

  test('zero can be split without weights, an amount cannot', () => {
    expect(allocate(0n, [0n, 0n], ['a', 'b'])).toEqual([0n, 0n]);
    expect(() => allocate(1n, [0n], ['a'])).toThrow(AppError);
    expect(() => allocate(1n, [-1n, 2n], ['a', 'b'])).toThrow(AppError);
    expect(() => allocate(1n, [1n], [])).toThrow(AppError);
  });
});

describe('every currency', () => {
  test.each([
    [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF'],
    [2, 'AED AUD BRL CAD CHF CNY CZK DKK EUR GBP INR MXN NOK NZD PLN SEK SGD TRY USD ZAR'],
    [2, 'AFN ALL COP HUF IDR IRR KPW LAK LBP MGA MMK PKR SOS SYP YER'],
    [3, 'BHD IQD JOD KWD LYD OMR TND'],
  ])('has %i decimals in ISO 4217: %s', (decimals, codes) => {
    for (const code of codes.split(' ')) expect([code, currencyExponent(code)]).toEqual([code, decimals]);
  });
});

describe('a refusal names the problem and the fix', () => {
  const refusalOf = (call: () => unknown): unknown => {
    try {
      return call();
    } catch (error) {
      return error instanceof AppError ? [error.code, error.message, error.detail] : error;
    }
  };

  test.each<[() => unknown, string, string, object]>([
    [
      () => currencyExponent('usd'),
      'bad_request',
      '"usd" is not an ISO 4217 currency code, such as USD or EUR.',
      {},
    ],
    [
      () => parseMinor('12,5', 'USD'),
      'bad_request',
      '"12,5" is not a plain decimal amount, such as 1234.50.',
      {},
    ],
    [() => parseMinor('1.005', 'USD'), 'bad_request', '"1.005" has more decimals than USD allows (2).', {}],
    [
      () => multiplyRate(1n, [1n, 0n]),
      'internal',
      'A rate needs a positive denominator.',
      { rate: ['1', '0'] },
    ],
    [
      () => multiplyRate(1n, [1n, -5n]),
      'internal',
      'A rate needs a positive denominator.',
      { rate: ['1', '-5'] },
    ],
    [() => allocate(1n, [1n], []), 'internal', 'Every weight needs an id.', {}],
    [() => allocate(1n, [-1n, 2n], ['a', 'b']), 'internal', 'A weight cannot be negative.', {}],
    [
      () => allocate(1n, [0n], ['a']),
      'internal',
      'There is an amount to split, but all weights are zero.',
      {},
    ],
  ])('%#: %s', (call, code, message, detail) => {
    expect(refusalOf(call)).toEqual([code, message, detail]);
  });
});

test('a plus sign and blanks around an amount are ignored', () => {
  expect(parseMinor(' +12.30 ', 'USD')).toBe(1230n);
});

test.each([
  ['999', '999'],
  ['1000', '1,000'],
  ['-1000.5', '-1,000.5'],
  ['1234567.12345', '1,234,567.12345'],
])('%s is shown as %s, with thousands separators only before the decimal point', (decimal, shown) => {
  expect(groupThousands(decimal)).toBe(shown);
});

test('for equal remainders and ids the position decides', () => {
  expect(allocate(1n, [1n, 1n], ['a', 'a'])).toEqual([1n, 0n]);
  expect(allocate(2n, [1n, 1n, 1n], ['b', 'a', 'b'])).toEqual([1n, 1n, 0n]);
});
