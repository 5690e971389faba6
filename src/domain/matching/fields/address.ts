import { isFillerText } from './filler.ts';
import { foldWords } from '#src/domain/matching/names/fold.ts';

/** Kinds of streets and directions. People shorten or omit them, so they do not distinguish streets. */
const ignoredWords: ReadonlySet<string> = new Set(
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

/** Words after which the line gives the part of a building. */
const unitWords =
  /^(?:suite|ste|unit|apt|apartment|floor|fl|room|rm|bldg|building|office|ofc|etage|piso|piano|lokal)$/;

/** The number of words that identify a street. The following words are usually the town. */
const maxStreetWords = 2;

export interface StreetAddress {
  readonly house?: string;
  readonly street?: string;
}

/**
 * Extracts house number and street from one line in any country's style: "27 W. Washington St.", "Hauptstraße
 * 12a", "12, rue de la Paix". It is simple on purpose: comparing only needs the same result for two spellings
 * of one address.
 */
export function streetAddress(line: string | null | undefined): StreetAddress {
  if (isFillerText(line ?? '')) return {};
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
    .filter((word) => word !== '' && !ignoredWords.has(word));
  const street = known.slice(0, maxStreetWords).join(' ');
  return { ...(house !== undefined && { house }), ...(street !== '' && { street }) };
}

/** Removes the street's kind or ending: "hauptstrasse" and "hauptstr" become "haupt", "51th" becomes "51". */
function bareStreet(word: string): string {
  return word
    .replace(/^(\d+)th$/, '$1')
    .replace(/(?<=[a-z]{3})(?:strasse|str|straat|gatan|gata|vagen|gade)$/, '');
}

/** Values that people type when they have no postcode. */
const fillerPostcodes = /^(?:0+|9{4,}|12345(?:-?6789)?|123456)$/;

/**
 * The postcode in upper case with only letters and digits, without the extension of a ZIP+4 code.
 *
 * @param country ISO 3166-1 alpha-2. For the US, a leading zero that a spreadsheet removed is restored
 */
export function postcodeOf(written: string | null | undefined, country: string | null): string | null {
  const text = (written ?? '').trim().toUpperCase();
  if (fillerPostcodes.test(text)) return null;
  const zip = /^(\d{5})(?:-?\d{4})?$/.exec(text)?.[1];
  if (zip !== undefined) return zip;
  const plain = text.replace(/[^A-Z0-9]/g, '');
  if (country === 'US' && /^\d{4}$/.test(plain)) return `0${plain}`;
  return /\d/.test(plain) ? plain : null;
}

export function cityOf(written: string | null | undefined): string | null {
  if (isFillerText(written ?? '')) return null;
  const words = foldWords(written ?? '').map((word) => (word === 'st' ? 'saint' : word));
  return words.length === 0 ? null : words.join(' ');
}

/** The address as one line for display. Null if it is not known. */
export function addressLine({ house, street }: StreetAddress): string | null {
  const line = [house, street].filter((part) => part !== undefined).join(' ');
  return line === '' ? null : line;
}
