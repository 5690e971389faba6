import { AppError } from '#src/domain/errors.ts';
import { currencyExponent } from '#src/domain/money.ts';

export type AmountReading =
  | { readonly ok: true; readonly amount: string }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly fix: string };

const plain = /^(\d+)(?:[.,](\d+))?$/;
const grouped = /^(\d{1,3}(?:([., '’\u00a0\u202f])\d{3})(?:\2\d{3})*)(?:([.,])(\d+))?$/;
/** `1,234` is more than a thousand in some countries, and between one and two in others. */
const eitherWay = /^[1-9]\d{0,2}([.,])\d{3}$/;
/** With its decimals an amount has at most 17 digits: more do not fit into the ledger. */
const mostDigits = 17;
const longestWhole = 15;

export type DecimalMark = '.' | ',';

/** The decimal mark of one amount, if it can be no other. */
export function shownMark(text: string): DecimalMark | null {
  const amount = text.trim();
  const simple = /^(\d+)([.,])(\d+)$/.exec(amount);
  if (simple) {
    const [, whole = '', mark, fraction = ''] = simple;
    const isGroup = fraction.length === 3 && whole.length <= 3 && !whole.startsWith('0');
    return isGroup ? null : (mark as DecimalMark);
  }
  const parts = grouped.exec(amount);
  if (!parts) return null;
  const [, , group, mark] = parts;
  if (mark !== undefined && mark !== group) return mark as DecimalMark;
  if (mark === undefined && /[.,].*[.,]/.test(amount)) return group === '.' ? ',' : '.';
  return null;
}

/**
 * Converts an amount in an ERP's format to a plain decimal (`1234.50`). A decimal comma and thousands
 * separators are accepted when they have only one meaning. An amount with two possible meanings is refused,
 * because it could be wrong by a factor of a thousand, unless the other amounts of its column show which mark
 * separates the decimals.
 *
 * @param digits decimals of the currency
 * @param decimal the decimal mark of the column; null when its other amounts do not show it
 */
export function readAmount(text: string, digits: number, decimal: DecimalMark | null = null): AmountReading {
  const amount = text.trim();
  if (/^[-−(]|-$/.test(amount)) {
    return refused(
      'amount_negative',
      `${JSON.stringify(text)} is negative`,
      'Write the amount without a sign and set kind to credit_memo.',
    );
  }
  const ambiguous = eitherWay.exec(amount);
  const isThousand = ambiguous !== null && decimal !== null && ambiguous[1] !== decimal;
  if (isThousand) return { ok: true, amount: withDecimals(amount.replace(/[.,]/, ''), '', digits) };
  const isKnown = decimal !== null || (digits === 3 && ambiguous?.[1] === '.');
  if (ambiguous && !isKnown) {
    return refused(
      'amount_unreadable',
      `${JSON.stringify(text)} can be read in two ways`,
      'Write the amount without thousands separators and with its decimals, such as 1234.00.',
    );
  }
  const parts = split(amount);
  if (!parts)
    return refused(
      'amount_unreadable',
      `${JSON.stringify(text)} is not an amount`,
      'Write digits with a decimal point, such as 1234.50.',
    );
  const whole = parts.whole.replace(/^0+(?=\d)/, '');
  const fraction = parts.fraction.replace(/0+$/, '');
  if (fraction.length > digits)
    return refused(
      'amount_too_precise',
      `${JSON.stringify(text)} has more decimals than its currency`,
      `Round the amount to ${digits} decimals.`,
    );
  const longest = Math.min(longestWhole, mostDigits - digits);
  if (whole.length > longest)
    return refused(
      'amount_too_large',
      `The amount ${JSON.stringify(text)} is too large`,
      `Write at most ${longest} digits before the decimal point.`,
    );
  return { ok: true, amount: withDecimals(whole, fraction, digits) };
}

const withDecimals = (whole: string, fraction: string, digits: number): string =>
  digits === 0 ? whole : `${whole}.${fraction.padEnd(digits, '0')}`;

function split(amount: string): { readonly whole: string; readonly fraction: string } | null {
  const simple = plain.exec(amount);
  if (simple) return { whole: simple[1] ?? '', fraction: simple[2] ?? '' };
  const parts = grouped.exec(amount);
  if (!parts || parts[2] === parts[3]) return null;
  return { whole: (parts[1] ?? '').replace(/\D/g, ''), fraction: parts[4] ?? '' };
}

const refused = (code: string, message: string, fix: string): AmountReading => ({
  ok: false,
  code,
  message: `${message}.`,
  fix,
});

/** The decimals of an ISO 4217 currency. Null when there is no such currency. */
export function currencyDigits(currency: string): number | null {
  try {
    return currencyExponent(currency);
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}
