import { parsePhoneNumberFromString, type CountryCode, type PhoneNumber } from 'libphonenumber-js/min';

/** Fewer digits are an extension or a service number, and no company's own. */
const fewestDigits = 7;

/**
 * E.164 (`+498963600`) where the number or the company says which country; the bare digits otherwise, which
 * still compare. Null for what is no number, or one that stands for none (0000000).
 *
 * @param country ISO 3166-1 alpha-2
 */
export function phoneNumber(written: string | null | undefined, country: string | null): string | null {
  const text = written?.trim() ?? '';
  const digits = text.replace(/(?:ext|x|#).*$/i, '').replace(/\D/g, '');
  if (digits.length < fewestDigits || new Set(digits).size < 3) return null;
  const parsed = parse(text.replace(/^00(?=[1-9])/, '+'), country);
  return parsed?.isPossible() ? parsed.number : digits;
}

function parse(text: string, country: string | null): PhoneNumber | undefined {
  if (text.startsWith('+')) return parsePhoneNumberFromString(text);
  return country === null ? undefined : parsePhoneNumberFromString(text, country as CountryCode);
}
