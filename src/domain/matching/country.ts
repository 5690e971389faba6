import { foldWords } from './fold.ts';

/** How people write countries when they write neither the code nor its English name. */
const otherNames: Readonly<Record<string, string>> = {
  usa: 'US',
  'united states of america': 'US',
  america: 'US',
  'great britain': 'GB',
  england: 'GB',
  scotland: 'GB',
  wales: 'GB',
  gbr: 'GB',
  deutschland: 'DE',
  deu: 'DE',
  ger: 'DE',
  osterreich: 'AT',
  aut: 'AT',
  schweiz: 'CH',
  suisse: 'CH',
  svizzera: 'CH',
  che: 'CH',
  france: 'FR',
  fra: 'FR',
  italia: 'IT',
  ita: 'IT',
  espana: 'ES',
  esp: 'ES',
  nederland: 'NL',
  holland: 'NL',
  'the netherlands': 'NL',
  nld: 'NL',
  belgie: 'BE',
  belgique: 'BE',
  sverige: 'SE',
  norge: 'NO',
  danmark: 'DK',
  suomi: 'FI',
  polska: 'PL',
  cesko: 'CZ',
  'czech republic': 'CZ',
  magyarorszag: 'HU',
  brasil: 'BR',
  can: 'CA',
  aus: 'AU',
  jpn: 'JP',
  nippon: 'JP',
  chn: 'CN',
  'peoples republic of china': 'CN',
  prc: 'CN',
  korea: 'KR',
  'republic of korea': 'KR',
  turkey: 'TR',
  turkiye: 'TR',
  uae: 'AE',
  emirates: 'AE',
  russia: 'RU',
  'russian federation': 'RU',
  'viet nam': 'VN',
  'hong kong': 'HK',
  macau: 'MO',
  ksa: 'SA',
  macedonia: 'MK',
  burma: 'MM',
  myanmar: 'MM',
  'ivory coast': 'CI',
};

/** Folded English name → ISO 3166-1 alpha-2. */
const byName = countryNames();

/** ISO 3166-1 alpha-2 for a code or a name; null when it is neither, because a wrong country would count as evidence. */
export function countryCode(country: string | null): string | null {
  const text = country?.trim() ?? '';
  if (text === '') return null;
  if (/^[A-Za-z]{2}$/.test(text)) return canonicalCode(text);
  const name = foldWords(text).join(' ');
  return byName.get(name) ?? null;
}

/** Every single word that names a country: "Acme Germany" is Acme in Germany. */
export const countryWords: ReadonlySet<string> = new Set([...byName.keys()].filter((name) => !name.includes(' ') && name.length > 3));

/** Old codes and habits to the current one: UK → GB. */
function canonicalCode(code: string): string {
  return new Intl.Locale(`und-${code}`).region ?? code.toUpperCase();
}

function countryNames(): ReadonlyMap<string, string> {
  const english = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
  const names = new Map(Object.entries(otherNames));
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  for (const code of letters.flatMap((first) => letters.map((second) => first + second))) {
    const name = english.of(code);
    if (name !== undefined) names.set(foldWords(name).join(' '), canonicalCode(code));
  }
  return names;
}
