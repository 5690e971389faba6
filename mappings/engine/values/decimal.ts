import { refuse, shown } from '#mappings/engine/refusal.ts';
import type { Refusal } from '#mappings/engine/refusal.ts';

const alreadyCanonical = /^-?(?:0|[1-9]\d*)(?:\.\d*[1-9])?$/;
const readable = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * A number or numeric text as the one plain decimal string for that value: no exponent, no leading or
 * trailing zeros, no `-0`. Two spellings of one amount therefore never look like a change. A number is taken
 * by its shortest decimal spelling, which is what stood in the JSON. Separators and currency signs are
 * refused: guessing them would move a comma.
 */
export function readDecimal(value: unknown): string | null | Refusal {
  if (value === null || value === undefined) return null;
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : null;
  if (text === '') return null;
  if (text !== null && text !== '-0' && alreadyCanonical.test(text)) return text;
  const parts = text === null ? null : readable.exec(text);
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
 * A canonical decimal as a vendor's number: a JSON number when the double stands for exactly these digits,
 * the digits as text when it would not. Vendors read both; only one of them can lose a cent.
 */
export function decimalToNumber(decimal: string): number | string {
  const number = Number(decimal);
  return Number.isFinite(number) && readDecimal(number) === decimal ? number : decimal;
}
