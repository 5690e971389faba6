import { AppError } from '#src/domain/errors.ts';
import { exact, formatExact, type Exact } from '#src/domain/exact.ts';

/**
 * A value with bigints and exact fractions as plain JSON: a bigint is `{"n": "12"}` and a fraction is
 * `{"q": "1/3"}`. Members that are `undefined` are left out.
 */
export function encodeStored(value: unknown): unknown {
  if (typeof value === 'bigint') return { n: value.toString() };
  if (isExact(value)) return { q: formatExact(value) };
  if (Array.isArray(value)) return value.map(encodeStored);
  // PostgreSQL stores neither a NUL nor half a surrogate pair.
  if (typeof value === 'string') return value.replaceAll('\u0000', '\uFFFD').toWellFormed();
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => [key, encodeStored(member)]),
  );
}

/**
 * The value that `encodeStored` encoded.
 *
 * @throws AppError `internal` for a number that is damaged
 */
export function decodeStored<Value>(encoded: unknown): Value {
  return decode(encoded) as Value;
}

function decode(encoded: unknown): unknown {
  if (Array.isArray(encoded)) return encoded.map(decode);
  if (typeof encoded !== 'object' || encoded === null) return encoded;
  const members = Object.entries(encoded);
  const [only] = members;
  if (members.length === 1 && only !== undefined && typeof only[1] === 'string') {
    if (only[0] === 'n') return wholeNumber(only[1]);
    if (only[0] === 'q') return fraction(only[1]);
  }
  return Object.fromEntries(members.map(([key, member]) => [key, decode(member)]));
}

function wholeNumber(text: string): bigint {
  if (!/^-?\d+$/.test(text)) throw new AppError('internal', 'A stored number is damaged.', { text });
  return BigInt(text);
}

function fraction(text: string): Exact {
  const [numerator = '', denominator = '1'] = text.split('/');
  return exact(wholeNumber(numerator), wholeNumber(denominator));
}

function isExact(value: unknown): value is Exact {
  return (
    Array.isArray(value) && value.length === 2 && typeof value[0] === 'bigint' && typeof value[1] === 'bigint'
  );
}
