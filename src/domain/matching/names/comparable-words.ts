/**
 * The words of a name as they are compared and searched: abbreviations and translations as one word, numbers
 * as digits, and one spelling for umlauts. The name itself stays as it was written.
 */
import businessWords from './business-words.json' with { type: 'json' };
import { fillers } from './name-words.ts';
import { numberWords, romanNumber } from './number-words.ts';
import { isTypo } from './typo.ts';

/**
 * Common words of company names that are written in several ways or languages, by language, and cities. The key
 * is the word that is compared; behind it are the other spellings, folded: abbreviations, plurals and
 * translations. A word that is a brand in its language, such as "deutsche" or "nippon", is left out, because its
 * translation would be too common to identify the brand.
 */
const languages: Readonly<Record<string, Readonly<Record<string, string>>>> = businessWords;

/** Each other spelling, with the words that are compared instead. */
export const synonyms: ReadonlyMap<string, string> = new Map(
  Object.values(languages).flatMap((language) =>
    Object.entries(language).flatMap(([usual, spellings]) =>
      spellings.split(' ').map((spelling) => [spelling, usual] as const),
    ),
  ),
);

const usualWords: ReadonlySet<string> = new Set(synonyms.values());

/** Long, common English words. A typing error in one of them does not make another name. */
const longWords = Object.entries(businessWords.english)
  .flatMap(([usual, spellings]) => [usual, ...spellings.split(' ')])
  .filter((word) => word.length >= 7 && !word.includes(' '));
const longWordsByStart = Map.groupBy(longWords, (word) => word.slice(0, 2));

export interface ComparableWord {
  readonly word: string;
  /** The word before its umlauts were folded. */
  readonly unfolded: string;
  /** The word whose frequency counts: a number word before it became digits. */
  readonly counted: string;
}

/** @param core a folded name; a placeholder, which has other characters, gives no words */
export function comparableWords(core: string): readonly ComparableWord[] {
  const words: string[] = [];
  for (const token of core.split(' ')) {
    if (!isWord(token)) continue;
    const usual = usualWord(token);
    if (usual.includes(' ')) words.push(...usual.split(' '));
    else words.push(usual);
  }
  return numbersAsDigits(words);
}

/** True for a word of letters and digits, as folding makes them. */
export function isWord(token: string): boolean {
  for (let at = 0; at < token.length; at++) {
    const code = token.charCodeAt(at);
    if ((code < 97 || code > 122) && (code < 48 || code > 57)) return false;
  }
  return token !== '';
}

/** The words without those that do not identify a company, or all if there are no others. */
export function withoutFillers(all: readonly ComparableWord[]): readonly ComparableWord[] {
  const words = all.filter(({ counted }, at) => !isFiller(counted, at, all.length));
  return words.length === 0 ? all : words;
}

/** "e" and "y" mean "and" only between other words: the last letter of "PG&E" is no filler. */
function isFiller(word: string, at: number, length: number): boolean {
  return fillers.has(word) && (word.length > 1 || at + 1 < length);
}

function usualWord(word: string): string {
  const known = synonyms.get(word);
  if (known !== undefined || word.length < 7 || usualWords.has(word)) return known ?? word;
  const corrected = longWordsByStart.get(word.slice(0, 2))?.find((long) => isTypo(word, long));
  return corrected === undefined ? word : (synonyms.get(corrected) ?? corrected);
}

/** "Fund III" and "Fund 3", "Twenty-one" and "21", "First" and "1st". A Roman number is never the first word. */
function numbersAsDigits(words: readonly string[]): readonly ComparableWord[] {
  const result: ComparableWord[] = [];
  for (let at = 0; at < words.length; at++) {
    const counted = words[at] ?? '';
    const value = numberWords.get(counted);
    const next = value !== undefined && isTens(value) ? numberWords.get(words[at + 1] ?? '') : undefined;
    if (value !== undefined && next !== undefined && isUnit(next)) {
      const unfolded = `${value.slice(0, -1)}${next}`;
      result.push({ word: unfolded, unfolded, counted });
      at++;
    } else if (value !== undefined) {
      result.push({ word: value, unfolded: value, counted });
    } else {
      const unfolded = (at > 0 ? romanNumber(counted) : null) ?? counted;
      result.push({ word: foldUmlauts(unfolded), unfolded, counted: unfolded });
    }
  }
  return result;
}

function isTens(value: string): boolean {
  return /^[2-9]0$/.test(value);
}

function isUnit(value: string): boolean {
  return /^[1-9](?:st|nd|rd|th)?$/.test(value);
}

/**
 * One spelling for letters that are written in two ways: ä and ae, ö and oe, ø and oe, ü and ue, å and aa. The
 * accents were removed before. At the end of a word these letters are not an umlaut ("blue", "value").
 */
export function foldUmlauts(word: string): string {
  return word.length < 4
    ? word
    : word.replace(/(?<!q)([aou])e(?=[a-z])|aa(?=[a-z])/g, (pair) => pair.slice(0, 1));
}
