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

/**
 * Converts an amount in an ERP's format to a plain decimal (`1234.50`). A decimal comma and thousands
 * separators are accepted when they have only one meaning. An amount with two possible meanings is refused,
 * because it could be wrong by a factor of a thousand.
 *
 * @param digits decimals of the currency
 */
export function readAmount(text: string, digits: number): AmountReading {
  const amount = text.trim();
  if (/^[-−(]|-$/.test(amount)) {
    return refused(
      'amount_negative',
      `${JSON.stringify(text)} is negative`,
      'Write the amount without a sign and set kind to credit_memo.',
    );
  }
  const ambiguous = eitherWay.exec(amount);
  if (ambiguous && !(digits === 3 && ambiguous[1] === '.')) {
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
  return { ok: true, amount: digits === 0 ? whole : `${whole}.${fraction.padEnd(digits, '0')}` };
}

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
