/**
 * Exact rational numbers. Amounts, rates and quantities of incentives are calculated with them, and rounded
 * once at the end, so that results do not depend on the order of the operations.
 */
import { AppError } from './errors.ts';

/** Numerator and a positive denominator without a common factor. */
export type Exact = readonly [numerator: bigint, denominator: bigint];

/** How a sum of exact amounts becomes minor units. `down` rounds towards zero. */
export const exactRoundings = ['half_away', 'half_even', 'down'] as const;
export type ExactRounding = (typeof exactRoundings)[number];

export const exactZero: Exact = [0n, 1n];
export const exactOne: Exact = [1n, 1n];

/** @throws AppError `internal` for the denominator 0 */
export function exact(numerator: bigint, denominator = 1n): Exact {
  if (denominator === 1n) return [numerator, 1n];
  if (denominator === 0n) throw new AppError('internal', 'An exact number cannot have the denominator 0.');
  const sign = denominator < 0n ? -1n : 1n;
  const factor = greatestCommonFactor(magnitude(numerator), magnitude(denominator));
  return [(sign * numerator) / factor, (sign * denominator) / factor];
}

/**
 * Parses a plain decimal ("7.5", "-0.25") or a fraction of two whole numbers ("100/3").
 *
 * @throws AppError `bad_request` for any other text
 */
export function parseExact(text: string | number): Exact {
  const [, sign, whole, fraction = '', denominator] =
    /^([+-]?)(\d{1,40})(?:\.(\d{1,40})|\/(\d{1,40}))?$/.exec(String(text).trim()) ?? [];
  if (whole === undefined || (denominator !== undefined && BigInt(denominator) === 0n))
    throw new AppError('bad_request', `"${text}" is not a decimal or a fraction, such as 7.5 or 100/3.`);
  const numerator = BigInt(whole + fraction) * (sign === '-' ? -1n : 1n);
  return exact(numerator, denominator === undefined ? 10n ** BigInt(fraction.length) : BigInt(denominator));
}

export function addExact(a: Exact, b: Exact): Exact {
  if (a[1] === b[1]) return exact(a[0] + b[0], a[1]);
  return exact(a[0] * b[1] + b[0] * a[1], a[1] * b[1]);
}

export function subtractExact(a: Exact, b: Exact): Exact {
  return addExact(a, [-b[0], b[1]]);
}

export function multiplyExact(a: Exact, b: Exact): Exact {
  return exact(a[0] * b[0], a[1] * b[1]);
}

/** @throws AppError `internal` when `b` is 0 */
export function divideExact(a: Exact, b: Exact): Exact {
  return exact(a[0] * b[1], a[1] * b[0]);
}

export function sumExact(values: Iterable<Exact>): Exact {
  let sum = exactZero;
  for (const value of values) sum = addExact(sum, value);
  return sum;
}

/** Negative, zero or positive, as for `sort`. */
export function compareExact(a: Exact, b: Exact): number {
  const difference = a[0] * b[1] - b[0] * a[1];
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export function smallerExact(a: Exact, b: Exact): Exact {
  return compareExact(a, b) <= 0 ? a : b;
}

export function largerExact(a: Exact, b: Exact): Exact {
  return compareExact(a, b) >= 0 ? a : b;
}

/** The largest whole number that is not above the value. */
export function floorExact([numerator, denominator]: Exact): bigint {
  const quotient = numerator / denominator;
  return numerator < 0n && numerator % denominator !== 0n ? quotient - 1n : quotient;
}

/** The smallest whole number that is not below the value. */
export function ceilingExact([numerator, denominator]: Exact): bigint {
  return -floorExact([-numerator, denominator]);
}

/** Rounds to a whole number. Symmetric in sign, so that a reversal rounds as what it reverses. */
export function roundExact([numerator, denominator]: Exact, rounding: ExactRounding): bigint {
  const positive = magnitude(numerator);
  const quotient = positive / denominator;
  const twice = (positive % denominator) * 2n;
  const tieGoesUp = rounding === 'half_away' || quotient % 2n === 1n;
  const goesUp = rounding !== 'down' && (twice > denominator || (twice === denominator && tieGoesUp));
  const rounded = goesUp ? quotient + 1n : quotient;
  return numerator < 0n ? -rounded : rounded;
}

/** The number as text that `parseExact` reads: a whole number, or a fraction. */
export function formatExact([numerator, denominator]: Exact): string {
  return denominator === 1n ? String(numerator) : `${numerator}/${denominator}`;
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function greatestCommonFactor(a: bigint, b: bigint): bigint {
  let [left, right] = [a, b];
  while (right !== 0n) [left, right] = [right, left % right];
  return left;
}
