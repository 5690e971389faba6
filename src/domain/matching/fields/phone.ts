import { parsePhoneNumberFromString, type CountryCode, type PhoneNumber } from 'libphonenumber-js/min';
import { hasFillerRun, isFillerNumber } from './filler.ts';

/** A number with fewer digits is an extension or a service number and does not identify a company. */
const fewestDigits = 7;

/**
 * The number in E.164 (`+498963600`) if the number or the company gives the country, otherwise only its
 * digits, which can still be compared. Null for a text that is not a number and for filler (000000000, 1234567).
 *
 * @param country ISO 3166-1 alpha-2
 */
export function phoneNumber(written: string | null | undefined, country: string | null): string | null {
  const text = written?.trim() ?? '';
  const digits = text.replace(/(?:ext|x|#).*$/i, '').replace(/\D/g, '');
  if (digits.length < fewestDigits || isFillerNumber(digits) || hasFillerRun(digits)) return null;
  const parsed = parse(text.replace(/^00(?=[1-9])/, '+'), country);
  if (parsed && isFillerNumber(parsed.nationalNumber)) return null;
  return parsed?.isPossible() ? parsed.number : digits;
}

function parse(text: string, country: string | null): PhoneNumber | undefined {
  if (text.startsWith('+')) return parsePhoneNumberFromString(text);
  return country === null ? undefined : parsePhoneNumberFromString(text, country as CountryCode);
}
