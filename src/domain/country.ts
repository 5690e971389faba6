/**
 * What Unicode names besides the countries of ISO 3166-1: groups of states, private use, and reserved
 * islands.
 */
const notCountries = new Set([
  'AC',
  'CP',
  'CQ',
  'DG',
  'EA',
  'EU',
  'EZ',
  'IC',
  'QO',
  'TA',
  'UN',
  'XA',
  'XB',
  'ZZ',
]);

/** How people and address forms write countries whose Unicode name is another one, separated by commas. */
const aliases: Readonly<Record<string, string>> = {
  AE: 'uae,are,emirates',
  AR: 'arg',
  AT: 'aut,oesterreich,osterreich',
  AU: 'aus',
  BA: 'bosnia',
  BE: 'bel,belgique,belgie',
  BO: 'plurinational state of bolivia',
  BN: 'brunei darussalam',
  BR: 'bra,brasil',
  CA: 'can',
  CD: 'democratic republic of the congo,dr congo,drc,cod',
  CG: 'congo,republic of the congo,cog',
  CH: 'che,schweiz,suisse,svizzera',
  CI: 'ivory coast',
  CL: 'chl',
  CN: 'prc,chn,peoples republic of china,china mainland,mainland china',
  CO: 'col',
  CV: 'cabo verde',
  CW: 'netherlands antilles',
  CZ: 'czech republic,cze,cesko',
  DE: 'deu,deutschland,federal republic of germany',
  DK: 'dnk,danmark',
  ES: 'esp,espana',
  FI: 'fin,suomi',
  FK: 'falkland islands malvinas',
  FM: 'federated states of micronesia',
  FR: 'fra',
  GB: 'uk,u k,gbr,great britain,britain,england,scotland,wales,northern ireland,united kingdom of great britain and northern ireland',
  GR: 'grc,hellas',
  HK: 'hong kong,hkg,hong kong sar',
  HU: 'hun',
  ID: 'idn',
  IE: 'irl,republic of ireland,eire',
  IL: 'isr',
  IN: 'ind',
  IR: 'islamic republic of iran',
  IT: 'ita,italia',
  JP: 'jpn',
  KP: 'democratic peoples republic of korea,dprk',
  KR: 'korea,republic of korea,korea republic of,kor,rok',
  LA: 'lao pdr,lao peoples democratic republic',
  LU: 'lux',
  MD: 'republic of moldova',
  MK: 'macedonia,republic of north macedonia',
  MM: 'myanmar,burma',
  MO: 'macau,macao,mac',
  MX: 'mex',
  MY: 'mys',
  NL: 'nld,holland,nederland',
  NO: 'nor,norge',
  NZ: 'nzl',
  PH: 'phl',
  PL: 'pol,polska',
  PS: 'palestine,state of palestine',
  PT: 'prt',
  RO: 'rou',
  RU: 'russian federation,rus',
  SA: 'sau,ksa,kingdom of saudi arabia',
  SE: 'swe,sverige',
  SG: 'sgp,republic of singapore',
  SY: 'syrian arab republic',
  SZ: 'swaziland',
  TH: 'tha',
  TL: 'east timor',
  TR: 'turkey,tur',
  TW: 'twn,taiwan province of china,chinese taipei,republic of china',
  TZ: 'united republic of tanzania',
  UA: 'ukr',
  US: 'usa,u s,u s a,united states of america,america',
  VA: 'holy see',
  VE: 'bolivarian republic of venezuela',
  VN: 'viet nam,vnm',
  ZA: 'zaf,rsa,republic of south africa',
};

/** Accents, case, punctuation, `&` and a leading article carry no meaning in a country's name. */
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

const byName = buildTable();

function buildTable(): ReadonlyMap<string, string> {
  const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
  const letters = Array.from({ length: 26 }, (_, index) => String.fromCharCode(65 + index));
  const table = new Map<string, string>();
  for (const code of letters.flatMap((first) => letters.map((second) => first + second))) {
    const name = names.of(code);
    // A withdrawn code (`SU`, `UK`) is named after, and replaced by, the one in force.
    if (!name || notCountries.has(code) || new Intl.Locale(`und-${code}`).region !== code) continue;
    for (const key of [code, code.toLowerCase(), name, fold(name)]) table.set(key, code);
  }
  for (const [code, spellings] of Object.entries(aliases)) {
    for (const spelling of spellings.split(',')) table.set(spelling, code);
  }
  return table;
}

/** ISO 3166-1 alpha-2 for a code or a name, in any case and spelling people use; null when it is neither. */
export function countryCode(country: string): string | null {
  const text = country.trim();
  return byName.get(text) ?? byName.get(fold(text)) ?? null;
}

/** Every single word that names a country: "Acme Germany" is Acme in Germany. */
export const countryWords: ReadonlySet<string> = new Set(
  [...byName.keys()].filter((name) => /^[a-z]{4,}$/.test(name)),
);
