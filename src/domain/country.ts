/**
 * Country codes for names and codes as people write them. The codes and English names come from
 * i18n-iso-countries; Unicode's data, which is part of Node, adds the short English names.
 */
import isoCountries from 'i18n-iso-countries/index.js';
import english from 'i18n-iso-countries/langs/en.json' with { type: 'json' };

/**
 * Spellings that neither source has but that CRM data contains: names in the country's language, former
 * names, parts of a country, and abbreviations. They are folded (see `fold`) and separated by commas. An
 * entry also decides a name that two countries share, such as Congo.
 */
const additionalSpellings: Readonly<Record<string, string>> = {
  AE: 'emirates',
  AT: 'oesterreich,osterreich',
  BA: 'bosnia',
  BE: 'belgique,belgie',
  BO: 'plurinational state of bolivia',
  BR: 'brasil',
  CD: 'dr congo,drc',
  CG: 'congo',
  CH: 'schweiz,suisse,svizzera',
  CN: 'prc,china mainland,mainland china',
  CV: 'cabo verde',
  CW: 'netherlands antilles',
  CZ: 'cesko',
  DE: 'deutschland,federal republic of germany',
  DK: 'danmark',
  ES: 'espana',
  FI: 'suomi',
  FM: 'federated states of micronesia',
  GB: 'u k,britain,england,scotland,wales,northern ireland,united kingdom of great britain and northern ireland',
  GR: 'hellas',
  HK: 'hong kong sar',
  IE: 'republic of ireland,eire',
  IT: 'italia',
  KP: 'democratic peoples republic of korea,dprk',
  KR: 'korea,rok',
  LA: 'lao pdr',
  MD: 'republic of moldova',
  MK: 'macedonia',
  MM: 'burma',
  MO: 'macau',
  NL: 'holland,nederland',
  NO: 'norge',
  PL: 'polska',
  SA: 'ksa,kingdom of saudi arabia',
  SE: 'sverige',
  SG: 'republic of singapore',
  SZ: 'swaziland',
  TL: 'east timor',
  TW: 'chinese taipei,republic of china',
  US: 'america',
  VA: 'holy see',
  VE: 'bolivarian republic of venezuela',
  VN: 'viet nam',
  ZA: 'rsa,republic of south africa',
};

/**
 * Removes what carries no meaning in a country's name: accents, case, punctuation, `&` and a leading article.
 */
function fold(name: string): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f'’]+/g, '');
  return plain
    .replaceAll('&', ' and ')
    .replace(/[^a-z]+/g, ' ')
    .trim()
    .replace(/^the /, '')
    .replace(/\bst\b/g, 'saint');
}

const codeByText = buildTable();

function buildTable(): ReadonlyMap<string, string> {
  isoCountries.registerLocale(english);
  const names = isoCountries.getNames('en', { select: 'all' });
  const unicodeNames = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
  const table = new Map<string, string>();
  for (const [code, alpha3] of Object.entries(isoCountries.getAlpha2Codes())) {
    const unicodeName = unicodeNames.of(code);
    const spellings = [alpha3, ...(names[code] ?? []), ...(unicodeName === undefined ? [] : [unicodeName])];
    for (const spelling of spellings) table.set(fold(spelling), code);
    // Codes are not folded: "St" abbreviates "Saint", while "ST" and "st" are the code of São Tomé.
    table.set(code, code).set(code.toLowerCase(), code);
  }
  for (const [code, spellings] of Object.entries(additionalSpellings))
    for (const spelling of spellings.split(',')) table.set(spelling, code);
  return table;
}

/** No country has a longer name. */
const longestName = 200;

/** The ISO 3166-1 alpha-2 code for a code or a name in any common spelling. Null if it is neither. */
export function countryCode(country: string): string | null {
  if (country.length > longestName) return null;
  const text = country.trim();
  return codeByText.get(text) ?? codeByText.get(fold(text)) ?? null;
}

/** The single words that name a country. In "Acme Germany", the word Germany says where Acme is. */
export const countryWords: ReadonlySet<string> = new Set(
  [...codeByText.keys()].filter((name) => /^[a-z]{4,}$/.test(name)),
);
