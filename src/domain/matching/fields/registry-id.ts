import { stdnum, type Validator } from 'stdnum';
import { countryCode } from '#src/domain/country.ts';
import type { RegistryIds } from '#src/domain/matching/company.ts';

/** What each country calls the number its companies are taxed under, or the one it is made of. */
export const vatNames: Readonly<Record<string, string>> = {
  ...{
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
  },
  ...{
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
  },
  ...{
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
  },
};

/**
 * Registry ids that can be right: with their check digits where they have some, in one writing. A wrong id
 * would count as strong evidence, so one that cannot be right counts as none.
 *
 * @param country ISO 3166-1 alpha-2, for a VAT number written without its prefix
 */
export function registryIds(
  ids: RegistryIds | undefined,
  country: string | null,
): { vat?: string; lei?: string; duns?: string } {
  const vat = vatNumber(compact(ids?.vat), country);
  const lei = leiCode(compact(ids?.lei));
  const duns = /^\d{9}$/.exec(compact(ids?.duns))?.[0] ?? null;
  return { ...(vat && { vat }), ...(lei && { lei }), ...(duns && { duns }) };
}

function compact(written: string | null | undefined): string {
  return (written ?? '').toUpperCase().replace(/[^A-Z0-9]/g, '');
}

/**
 * What follows the number of the company itself: the name of the tax, in each language of the country, or one
 * of its accounts.
 */
const endings: Readonly<Record<string, RegExp>> = {
  CH: /(?:MWST|TVA|IVA|TPV)$/,
  NO: /MVA$/,
  CA: /R[A-Z]\d{4}$/,
};

const fewestDigits = 5;

function vatNumber(text: string, country: string | null): string | null {
  if (text.replace(/\D/g, '').length < fewestDigits) return null;
  const prefix = vatCountry(text.slice(0, 2));
  // A number without a prefix may begin like one: Mexican companies by their initials.
  const own = country === null || country === prefix ? null : checked(country, text);
  if (own !== null) return own;
  if (prefix !== null)
    return validatorOf(prefix) ? checked(prefix, text, text.slice(2)) : prefix + text.slice(2);
  return country === null || validatorOf(country) ? null : country + text;
}

/**
 * Some validators want the prefix, some refuse it. Null where neither writing can be right, and where nobody
 * can tell.
 */
function checked(code: string, ...writings: readonly string[]): string | null {
  const validator = validatorOf(code);
  if (!validator) return null;
  const results = writings.map((one) => validator.validate(one.replace(endings[code] ?? '', '')));
  const result = results.find(({ isValid }) => isValid);
  if (!result?.isValid) return null;
  return code + (result.compact.startsWith(code) ? result.compact.slice(2) : result.compact);
}

/** Greece writes EL, Northern Ireland XI. */
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
  for (const sign of text)
    for (const digit of String(Number.parseInt(sign, 36))) rest = (rest * 10 + Number(digit)) % 97;
  return rest === 1 ? text : null;
}
