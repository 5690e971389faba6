/**
 * Money is a `bigint` of minor units (such as cents) together with an ISO 4217 code; a rate is an exact
 * rational. No float is used, so sums are exact in any order.
 */
import { AppError } from './errors.ts';

/** An exact rational: `[5n, 100n]` is 5 %. */
export type Rate = readonly [numerator: bigint, denominator: bigint];

/**
 * ISO 4217 exponents for currencies where the JavaScript engine gives the number of decimals that people
 * display instead (prices in HUF are shown without decimals, but ERPs invoice two).
 */
const isoExponents: Readonly<Record<string, number>> = {
  AFN: 2,
  ALL: 2,
  COP: 2,
  HUF: 2,
  IDR: 2,
  IQD: 3,
  IRR: 2,
  KPW: 2,
  LAK: 2,
  LBP: 2,
  MGA: 2,
  MMK: 2,
  PKR: 2,
  SOS: 2,
  SYP: 2,
  YER: 2,
};

const exponents = new Map(
  Intl.supportedValuesOf('currency').map((code) => [code, isoExponents[code] ?? displayExponent(code)]),
);

function displayExponent(currency: string): number {
  return (
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
  );
}

/**
 * The number of decimals of a currency: 2 for USD, 0 for JPY, 3 for KWD.
 *
 * @throws AppError `bad_request` if the code is not a currency
 */
export function currencyExponent(code: string): number {
  const exponent = exponents.get(code);
  if (exponent === undefined)
    throw new AppError('bad_request', `"${code}" is not an ISO 4217 currency code, such as USD or EUR.`);
  return exponent;
}

/**
 * The largest amount, in minor units. 92 such amounts together still fit into the 64 bits of an integer of
 * PostgreSQL, and sums are stored with more digits.
 */
export const largestMinor = 10n ** 17n - 1n;
/** More digits than an amount has. Longer texts are not parsed, because that takes time. */
const longestDecimal = 60;

/**
 * Parses a plain decimal ("1234.5", "-12.30") exactly.
 *
 * @throws AppError `bad_request` for any other text, for more decimals than the currency has unless they are
 *   zeros, because an invoice must not be rounded, and, with `detail.largest`, for an amount beyond
 *   `largestMinor`
 */
export function parseMinor(decimal: string, currency: string): bigint {
  const exponent = currencyExponent(currency);
  if (decimal.length > longestDecimal) throw tooLarge(`${decimal.slice(0, 20)}…`, currency);
  const [, sign, whole, fraction = ''] = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(decimal.trim()) ?? [];
  if (whole === undefined)
    throw new AppError('bad_request', `"${decimal}" is not a plain decimal amount, such as 1234.50.`);
  const digits = fraction.replace(/0+$/, '');
  if (digits.length > exponent) {
    throw new AppError(
      'bad_request',
      `"${decimal}" has more decimals than ${currency} allows (${exponent}).`,
    );
  }
  const magnitude = BigInt(whole + digits.padEnd(exponent, '0'));
  if (magnitude > largestMinor) throw tooLarge(decimal, currency);
  return sign === '-' ? -magnitude : magnitude;
}

function tooLarge(decimal: string, currency: string): AppError {
  const largest = formatMinor(largestMinor, currency);
  return new AppError(
    'bad_request',
    `The amount "${decimal}" is too large: an amount in ${currency} is at most ${largest}.`,
    { largest },
  );
}

/**
 * Formats an amount as a plain decimal with all decimals of the currency: "-12.30". The inverse of
 * `parseMinor`.
 */
export function formatMinor(minor: bigint, currency: string): string {
  const exponent = currencyExponent(currency);
  const digits = absolute(minor)
    .toString()
    .padStart(exponent + 1, '0');
  const whole = digits.slice(0, digits.length - exponent);
  const fraction = exponent === 0 ? '' : `.${digits.slice(-exponent)}`;
  return `${minor < 0n ? '-' : ''}${whole}${fraction}`;
}

/** Formats an amount for sentences: "612,300.00 USD". */
export function displayMinor(minor: bigint, currency: string): string {
  return `${groupThousands(formatMinor(minor, currency))} ${currency}`;
}

/** Inserts thousands separators: "612300.00" becomes "612,300.00". */
export function groupThousands(decimal: string): string {
  return decimal.replace(/\B(?<!\.\d*)(?=(?:\d{3})+(?:\.|$))/g, ',');
}

export type Rounding = 'half_even' | 'half_up';

/**
 * Multiplies an amount by a rate and rounds once. The result is symmetric in sign, so that a credit memo
 * reverses its invoice exactly.
 */
export function multiplyRate(minor: bigint, rate: Rate, rounding: Rounding = 'half_even'): bigint {
  const [numerator, denominator] = rate;
  if (denominator <= 0n)
    throw new AppError('internal', 'A rate needs a positive denominator.', { rate: rate.map(String) });
  const product = minor * numerator;
  const magnitude = absolute(product);
  const quotient = magnitude / denominator;
  const twice = (magnitude % denominator) * 2n;
  const tieGoesUp = rounding === 'half_up' || quotient % 2n === 1n;
  const rounded = twice > denominator || (twice === denominator && tieGoesUp) ? quotient + 1n : quotient;
  return product < 0n ? -rounded : rounded;
}

/**
 * Splits `total` in proportion to `weights` so that the parts sum to it exactly: each gets the floor of its
 * share, and the remaining units go to the largest remainders (for equal remainders, to the smaller id). The
 * parts keep the given order, and each is within one minor unit of its exact share.
 *
 * @throws AppError `internal` if a weight is negative, or if all are zero while `total` is not
 */
export function allocate(total: bigint, weights: readonly bigint[], ids: readonly string[]): bigint[] {
  if (weights.length !== ids.length) throw new AppError('internal', 'Every weight needs an id.');
  if (weights.some((weight) => weight < 0n)) throw new AppError('internal', 'A weight cannot be negative.');
  const sum = weights.reduce((left, right) => left + right, 0n);
  if (sum === 0n) {
    if (total !== 0n)
      throw new AppError('internal', 'There is an amount to split, but all weights are zero.');
    return weights.map(() => 0n);
  }
  const magnitude = absolute(total);
  const shares = weights.map((weight, index) => ({
    index,
    id: ids[index] ?? '',
    units: (magnitude * weight) / sum,
    remainder: (magnitude * weight) % sum,
  }));
  const unitsLeft = magnitude - shares.reduce((units, share) => units + share.units, 0n);
  const byRemainder = shares.toSorted(
    (a, b) => descending(a.remainder, b.remainder) || ascending(a.id, b.id) || a.index - b.index,
  );
  const roundedUp = new Set(byRemainder.slice(0, Number(unitsLeft)).map((share) => share.index));
  return shares.map(({ index, units }) => {
    const part = roundedUp.has(index) ? units + 1n : units;
    return total < 0n ? -part : part;
  });
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function descending(a: bigint, b: bigint): number {
  return a === b ? 0 : a > b ? -1 : 1;
}

function ascending(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
