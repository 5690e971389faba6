import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addExact,
  ceilingExact,
  divideExact,
  exact,
  floorExact,
  formatExact,
  multiplyExact,
  parseExact,
  roundExact,
  subtractExact,
} from '#src/domain/exact.ts';

describe('exact numbers', () => {
  test.each([
    ['7.5', '15/2'],
    ['100/3', '100/3'],
    ['-0.250', '-1/4'],
    [12, '12'],
    ['6/4', '3/2'],
  ])('%s is read exactly', (text, expected) => {
    expect(formatExact(parseExact(text))).toBe(expected);
  });

  test.each(['', 'x', '1e5', '1/0', '1.5/2', '--1', '.5'])('“%s” is refused', (text) => {
    expect(() => parseExact(text)).toThrow(/is not a decimal or a fraction/);
  });

  test.each([
    ['2.5', 3n, 2n, 2n],
    ['-2.5', -3n, -2n, -2n],
    ['3.5', 4n, 4n, 3n],
    ['2.51', 3n, 3n, 2n],
    ['-2.4', -2n, -2n, -2n],
  ])('%s is rounded half away from zero, half even and down', (text, away, even, down) => {
    const value = parseExact(text);
    expect(roundExact(value, 'half_away')).toBe(away);
    expect(roundExact(value, 'half_even')).toBe(even);
    expect(roundExact(value, 'down')).toBe(down);
  });

  test('floor and ceiling go the right way for negative numbers', () => {
    expect(floorExact(parseExact('-2.5'))).toBe(-3n);
    expect(ceilingExact(parseExact('-2.5'))).toBe(-2n);
    expect(floorExact(parseExact('-2'))).toBe(-2n);
  });

  const number = fc
    .tuple(fc.bigInt({ min: -1000n, max: 1000n }), fc.bigInt({ min: 1n, max: 99n }))
    .map(([a, b]) => exact(a, b));

  test('subtraction undoes addition and division undoes multiplication', () => {
    fc.assert(
      fc.property(number, number, (a, b) => {
        expect(subtractExact(addExact(a, b), b)).toEqual(a);
        if (b[0] !== 0n) expect(divideExact(multiplyExact(a, b), b)).toEqual(a);
        expect(parseExact(formatExact(a))).toEqual(a);
      }),
    );
  });
});
