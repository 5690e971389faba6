import { stdnum, type Validator } from 'stdnum';
import { countryCode } from '#src/domain/country.ts';
import type { RegistryIds } from '#src/domain/matching/company.ts';
import { isFillerNumber } from './filler.ts';

/**
 * The name of each country's validator in `stdnum` for its tax number, or for the number it is built from.
 */
export const vatNames: Readonly<Record<string, string>> = {
  AT: 'uid',
  BE: 'vat',
  BG: 'vat',
  CY: 'vat',
  CZ: 'dic',
  DE: 'vat',
  DK: 'cvr',
  EE: 'kmkr',
  ES: 'nif',
  FI: 'alv',
  FR: 'tva',
  GB: 'vat',
  GR: 'vat',
  HR: 'oib',
  HU: 'anum',
  IE: 'vat',
  IT: 'iva',
  LT: 'pvm',
  LU: 'tva',
  LV: 'pvn',
  MT: 'vat',
  NL: 'btw',
  PL: 'nip',
  PT: 'nif',
  RO: 'cui',
  SE: 'vat',
  SI: 'ddv',
  SK: 'dph',
  CH: 'uid',
  NO: 'orgnr',
  AU: 'abn',
  BR: 'cnpj',
  IN: 'gstin',
  MX: 'rfc',
  US: 'ein',
  CA: 'bn',
  AR: 'cuit',
  BY: 'unp',
  CL: 'rut',
  CN: 'uscc',
  CO: 'nit',
  CR: 'cpj',
  DO: 'rnc',
  EC: 'ruc',
  GT: 'nit',
  IL: 'hp',
  JP: 'cn',
  KR: 'brn',
  MK: 'edb',
  NZ: 'ird',
  PE: 'ruc',
  PY: 'ruc',
  RS: 'pib',
  RU: 'inn',
  SG: 'uen',
  TR: 'vkn',
  TW: 'ubn',
  UA: 'edrpou',
  UY: 'rut',
  VE: 'rif',
  VN: 'mst',
};

/**
 * The registry ids that are valid, including their check digits, in one spelling. An invalid id and filler
 * (000000000, 123456789) are left out, because a wrong id would count as strong evidence.
 *
 * @param country ISO 3166-1 alpha-2, for a VAT number without its prefix
 */
export function registryIds(
  ids: RegistryIds | undefined,
  country: string | null,
): { vat?: string; lei?: string; duns?: string } {
  const vat = vatNumber(compact(ids?.vat), country);
  const lei = leiCode(compact(ids?.lei));
  const digits = /^\d{9}$/.exec(compact(ids?.duns))?.[0] ?? null;
  const duns = digits === null || isFillerNumber(digits) ? null : digits;
  return { ...(vat && { vat }), ...(lei && { lei }), ...(duns && { duns }) };
}

function compact(written: string | null | undefined): string {
  return (written ?? '').toUpperCase().replace(/[^A-Z0-9]/g, '');
}

/**
 * Endings after the company's number: the name of the tax in each language of the country, or a tax account.
 */
const endings: Readonly<Record<string, RegExp>> = {
  CH: /(?:MWST|TVA|IVA|TPV)$/,
  NO: /MVA$/,
  CA: /R[A-Z]\d{4}$/,
};

const fewestDigits = 5;

function vatNumber(text: string, country: string | null): string | null {
  const digits = text.replace(/\D/g, '');
  if (digits.length < fewestDigits || isFillerNumber(digits)) return null;
  const prefix = vatCountry(text.slice(0, 2));
  // A number without a prefix may begin with letters that look like one, such as the initials in Mexico.
  const unprefixed = country === null || country === prefix ? null : validated(country, text);
  if (unprefixed !== null) return unprefixed;
  if (prefix !== null)
    return validatorOf(prefix) ? validated(prefix, text, text.slice(2)) : prefix + text.slice(2);
  return country === null || validatorOf(country) ? null : country + text;
}

/**
 * Returns the first valid spelling, because some validators require the prefix and some refuse it. Null if
 * none is valid or if there is no validator.
 */
function validated(code: string, ...spellings: readonly string[]): string | null {
  const validator = validatorOf(code);
  if (!validator) return null;
  const results = spellings.map((one) => validator.validate(one.replace(endings[code] ?? '', '')));
  const result = results.find(({ isValid }) => isValid);
  if (!result?.isValid) return null;
  return code + (result.compact.startsWith(code) ? result.compact.slice(2) : result.compact);
}

/** The country of a VAT prefix. Greece uses EL, Northern Ireland XI. */
function vatCountry(prefix: string): string | null {
  if (prefix === 'EL') return 'GR';
  if (prefix === 'XI') return 'GB';
  return /^[A-Z]{2}$/.test(prefix) ? countryCode(prefix) : null;
}

function validatorOf(code: string): Validator | undefined {
  const name = vatNames[code];
  return name === undefined ? undefined : stdnum[code]?.[name];
}

/** ISO 17442: 18 letters and digits and two check digits by ISO 7064 (mod 97-10). */
function leiCode(text: string): string | null {
  if (!/^[A-Z0-9]{18}\d{2}$/.test(text)) return null;
  let rest = 0;
  for (const character of text)
    for (const digit of String(Number.parseInt(character, 36))) rest = (rest * 10 + Number(digit)) % 97;
  return rest === 1 ? text : null;
}
