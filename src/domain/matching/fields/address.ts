import { foldWords } from '#src/domain/matching/names/fold.ts';

/**
 * Kinds of street and directions: written, shortened or left out at will, so they tell two streets apart from
 * nothing.
 */
const silentWords: ReadonlySet<string> = new Set(
  [
    'street st str road rd avenue ave av boulevard blvd bd drive dr lane ln court ct place pl square sq terrace ter highway hwy parkway pkwy',
    'way circle cir crescent close row alley expressway plaza quay trail pike route rte north south east west n s e w ne nw se sw',
    'strasse weg platz allee gasse ring ufer damm rue chemin quai impasse allees cours via viale piazza corso largo vicolo calle avenida avda',
    'carrera cra plaza paseo camino rua praca travessa ulica ul aleja plac utca ut ter tere straat laan plein weg gata gatan vagen vej vei gade',
    'katu tie jalan jl lorong marg nagar ulitsa prospekt pr the of de la le les du des del della di da do dos das der am an im zum zur no nr num',
  ]
    .join(' ')
    .split(' '),
);

/** From here on it is the part of a building, and no longer the street. */
const unitWords =
  /^(?:suite|ste|unit|apt|apartment|floor|fl|room|rm|bldg|building|office|ofc|etage|piso|piano|lokal)$/;

/** Words a street is known by; what comes after is mostly the town. */
const wordsKept = 2;

export interface StreetAddress {
  readonly house?: string;
  readonly street?: string;
}

/**
 * House number and street from one line, as it is written anywhere: "27 W. Washington St.", "Hauptstraße
 * 12a", "12, rue de la Paix". A light reading on purpose: two writings of one address come out the same,
 * which is all that comparing needs.
 */
export function streetAddress(line: string | null | undefined): StreetAddress {
  const words = foldWords((line ?? '').replace(/(\d)\s*[-–/]\s*\d+/g, '$1')).map((word) =>
    word.replace(/^(\d+)(?:st|nd|rd|th)$/, '$1th'),
  );
  if (words.length === 0 || /^(?:po|pob|box|postfach)$/.test(words[0] ?? '')) return {};
  const at = words.findIndex((word) => /^\d+[a-z]?$/.test(word));
  const house = words[at]?.toUpperCase();
  const named = at <= 0 ? words.slice(at + 1) : words.slice(0, at);
  const end = named.findIndex((word) => unitWords.test(word));
  const known = (end < 0 ? named : named.slice(0, end))
    .map(bareStreet)
    .filter((word) => word !== '' && !silentWords.has(word));
  const street = known.slice(0, wordsKept).join(' ');
  return { ...(house !== undefined && { house }), ...(street !== '' && { street }) };
}

/** "Hauptstrasse", "Hauptstr" → "haupt"; "51th" → "51". */
function bareStreet(word: string): string {
  return word
    .replace(/^(\d+)th$/, '$1')
    .replace(/(?<=[a-z]{3})(?:strasse|str|straat|gatan|gata|vagen|gade)$/, '');
}

/**
 * Letters and digits only, upper case, without what only the post's machines read (ZIP+4).
 *
 * @param country ISO 3166-1 alpha-2; a spreadsheet has often eaten the leading zero of an American code
 */
export function postcodeOf(written: string | null | undefined, country: string | null): string | null {
  const text = (written ?? '').trim().toUpperCase();
  const zip = /^(\d{5})(?:-?\d{4})?$/.exec(text)?.[1];
  if (zip !== undefined) return zip;
  const plain = text.replace(/[^A-Z0-9]/g, '');
  if (country === 'US' && /^\d{4}$/.test(plain)) return `0${plain}`;
  return /\d/.test(plain) ? plain : null;
}

export function cityOf(written: string | null | undefined): string | null {
  const words = foldWords(written ?? '').map((word) => (word === 'st' ? 'saint' : word));
  return words.length === 0 ? null : words.join(' ');
}

/** As a line to show; null where nothing is known. */
export function addressLine({ house, street }: StreetAddress): string | null {
  const line = [house, street].filter((part) => part !== undefined).join(' ');
  return line === '' ? null : line;
}
