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
  GB: 'gro britannien,grossbritannien,u k,britain,england,scotland,wales,northern ireland,united kingdom of great britain and northern ireland',
  GR: 'hellas',
  HK: 'hong kong sar',
  IE: 'republic of ireland,rep of ireland,eire',
  IT: 'italia',
  KP: 'democratic peoples republic of korea,dprk',
  KR: 'korea,rok',
  LA: 'lao pdr',
  LY: 'libyan arab jamahiriya',
  MD: 'republic of moldova',
  MK: 'macedonia',
  MM: 'burma',
  MO: 'macau',
  NL: 'holland,nederland',
  NO: 'norge',
  PL: 'polska',
  PS: 'palestinian territory,palestinian territory occupied,occupied palestinian territory',
  SA: 'ksa,kingdom of saudi arabia',
  SE: 'sverige',
  SG: 'republic of singapore',
  SH: 'saint helena ascension and tristan da cunha',
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

/**
 * The languages of CRMs, in which people type and import names of countries. Unicode's data, which is part of Node,
 * has the names.
 */
const languages =
  'ar bg ca cs da de el es et fi fr he hr hu id it ja ko lt lv nb nl pl pt ro ru sk sl sv th tr uk vi zh-Hans zh-Hant';

/** The letters of a name in any script, without accents, case and punctuation. */
const foldedInAnyScript = (name: string): string =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\p{M}'’]+/gu, '')
    .replace(/[^\p{L}]+/gu, ' ')
    .trim();

let otherNames: ReadonlyMap<string, string> | null = null;

/**
 * Names in other languages, made at the first name that English data does not know. A name that means two countries
 * in two languages is left out.
 */
function namesInOtherLanguages(): ReadonlyMap<string, string> {
  if (otherNames) return otherNames;
  const codes = Object.keys(isoCountries.getAlpha2Codes());
  const table = new Map<string, string>();
  const ambiguous = new Set<string>();
  for (const language of languages.split(' ')) {
    const names = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' });
    for (const code of codes) {
      const name = foldedInAnyScript(names.of(code) ?? '');
      const other = table.get(name);
      if (other !== undefined && other !== code) ambiguous.add(name);
      if (name !== '') table.set(name, code);
    }
  }
  for (const name of ambiguous) table.delete(name);
  otherNames = table;
  return table;
}

/** `Moldova, Republic of`: ISO writes the name first. The rest alone may name another country. */
const isoOrder = /^([^,]+), (.+ of(?: the)?)$/i;
/** Two countries have these names, so what follows the comma decides. */
const sharedNames = new Set(['korea', 'congo', 'virgin islands']);

function codeOfIsoName(text: string): string | undefined {
  const [, name, rest] = isoOrder.exec(text) ?? [];
  if (name === undefined || rest === undefined) return undefined;
  const whole = codeByText.get(fold(`${rest} ${name}`));
  return whole ?? (sharedNames.has(fold(name)) ? undefined : codeByText.get(fold(name)));
}

/** The ISO 3166-1 alpha-2 code for a country's code or name in any common spelling. Null if it is neither. */
export function countryCode(country: string): string | null {
  if (country.length > longestName) return null;
  const text = country.trim();
  return (
    codeByText.get(text) ??
    codeByText.get(fold(text)) ??
    codeOfIsoName(text) ??
    (text.length > 2 || /\P{ASCII}/u.test(text)
      ? namesInOtherLanguages().get(foldedInAnyScript(text))
      : undefined) ??
    null
  );
}

/** The single words that name a country. In "Acme Germany", the word Germany says where Acme is. */
export const countryWords: ReadonlySet<string> = new Set(
  [...codeByText.keys()].filter((name) => /^[a-z]{4,}$/.test(name)),
);
