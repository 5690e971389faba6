import { isWord } from './comparable-words.ts';
import { fillers } from './name-words.ts';

/** Letters of legal forms that some companies count among their initials: CNPC, ONGC, HPCL. */
const formLetters: Readonly<Record<string, readonly string[]>> = {
  co: ['c'],
  corp: ['c'],
  ltd: ['c', 'l', 'cl'],
};
/** With the letter of a legal form, shorter initials fit too many names: BBC and "Brown, Boveri & Cie". */
const shortestWithForm = 4;
const longestInitials = 6;
/** Two letters are the initials of too many names, except with an "and" between: EY and "Ernst & Young". */
const joiner = / (?:and|und|et|y|e|og|en) /;

/**
 * The abbreviations that the initials of a name can form: with and without "and", "of" and "for", and with the
 * letter of the legal form. A word of two letters without a vowel is an abbreviation itself: HM Revenue &
 * Customs is HMRC.
 */
export function initialsOf(core: string, legalForm: string | null): readonly string[] {
  const all = core.split(' ').filter(isWord);
  const words = all.filter((word) => !fillers.has(word));
  if (words.length < 2 || words.length > longestInitials) return [];
  const shortest = joiner.test(core) ? 2 : 3;
  const short = words.map(firstLetters).join('');
  const ways = new Set([short]);
  if (all.length > words.length) ways.add(all.map(firstLetters).join(''));
  for (const letters of formLetters[legalForm ?? ''] ?? [])
    if (words.length + letters.length >= shortestWithForm) ways.add(short + letters);
  return [...ways].filter((one) => one.length >= shortest && one.length <= longestInitials);
}

function firstLetters(word: string): string {
  return word.length === 2 && !/[aeiouy\d]/.test(word) ? word : word.slice(0, 1);
}

/** "3M" is "MMM". */
export function spelledOut(short: string): string {
  return /^[2-5][a-z]$/.test(short) ? short.slice(1).repeat(Number(short.slice(0, 1))) : short;
}
