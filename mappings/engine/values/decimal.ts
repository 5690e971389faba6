import { refuse, shown } from '#mappings/engine/refusal.ts';
import type { Refusal } from '#mappings/engine/refusal.ts';

/** Longer texts are no number that a field can hold, and are not parsed, because that takes time. */
const longestNumber = 2_100;
const alreadyCanonical = /^-?(?:0|[1-9]\d*)(?:\.\d*[1-9])?$/;
const readable = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * The canonical decimal string of a number or numeric text: without exponent, leading and trailing zeros, and
 * `-0`. Two spellings of one amount therefore never look like a change. A number is converted by its shortest
 * decimal form, as in the JSON it came from. Separators and currency signs are refused, because a wrong guess
 * would change the amount.
 */
export function readDecimal(value: unknown): string | null | Refusal {
  if (value === null || value === undefined) return null;
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : null;
  if (text === '') return null;
  if (text !== null && text !== '-0' && text.length <= longestNumber && alreadyCanonical.test(text))
    return text;
  const parts = text === null || text.length > longestNumber ? null : readable.exec(text);
  if (!parts || !((parts[2] ?? '') + (parts[3] ?? ''))) {
    return refuse(
      'not_a_number',
      `${shown(value)} is not a number.`,
      'Store a plain number such as 1234.50, without separators or a currency sign.',
    );
  }
  return canonical(parts[1] === '-', parts[2] ?? '', parts[3] ?? '', Number(parts[4] ?? 0));
}

function canonical(negative: boolean, whole: string, fraction: string, exponent: number): string {
  const digits = whole + fraction;
  const point = whole.length + exponent;
  const before = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '';
  const after = point < 0 ? '0'.repeat(-point) + digits : digits.slice(point);
  const wholePart = before.replace(/^0+/, '') || '0';
  const fractionPart = after.replace(/0+$/, '');
  const unsigned = fractionPart ? `${wholePart}.${fractionPart}` : wholePart;
  return negative && unsigned !== '0' ? `-${unsigned}` : unsigned;
}

/**
 * A canonical decimal for a vendor's number field: a JSON number if the double has exactly these digits,
 * otherwise the digits as text. Vendors accept both, but an inexact double could lose a cent.
 */
export function decimalToNumber(decimal: string): number | string {
  const number = Number(decimal);
  return Number.isFinite(number) && readDecimal(number) === decimal ? number : decimal;
}
