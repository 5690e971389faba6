import { stdnum, type Validator } from 'stdnum';
import { countryCode } from '../country.ts';
import type { RegistryIds } from './company.ts';

/** What each country calls the number its companies are taxed under. */
const vatNames: Readonly<Record<string, string>> = {
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
    CH: 'vat',
    NO: 'mva',
    AU: 'abn',
    BR: 'cnpj',
    IN: 'gstin',
    MX: 'rfc',
    US: 'ein',
    CA: 'bn',
  },
};

/**
 * Registry ids that can be right: with their check digits where they have some, in one writing. A wrong id would count as
 * strong evidence, so one that cannot be right counts as none.
 *
 * @param country ISO 3166-1 alpha-2, for a VAT number written without its prefix
 */
export function registryIds(ids: RegistryIds | undefined, country: string | null): { vat?: string; lei?: string; duns?: string } {
  const vat = vatNumber(compact(ids?.vat), country);
  const lei = leiCode(compact(ids?.lei));
  const duns = /^\d{9}$/.exec(compact(ids?.duns))?.[0] ?? null;
  return { ...(vat && { vat }), ...(lei && { lei }), ...(duns && { duns }) };
}

function compact(written: string | null | undefined): string {
  return (written ?? '').toUpperCase().replace(/[^A-Z0-9]/g, '');
}

function vatNumber(text: string, country: string | null): string | null {
  if (!/\d{5}/.test(text)) return null;
  const prefix = vatCountry(text.slice(0, 2));
  const code = prefix ?? country;
  if (code === null) return null;
  const digits = prefix === null ? text : text.slice(2);
  const validator = validatorOf(code);
  if (!validator) return code + digits;
  // Some validators want the prefix, some refuse it.
  const result = [text, digits].map((one) => validator.validate(one)).find(({ isValid }) => isValid);
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
  for (const sign of text) for (const digit of String(Number.parseInt(sign, 36))) rest = (rest * 10 + Number(digit)) % 97;
  return rest === 1 ? text : null;
}
