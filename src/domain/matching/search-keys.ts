import type { NormalisedCompany } from './company.ts';
import { companyKeys, oneDeletions } from './keys.ts';

/** Shorter words have too many other words one letter away. */
const shortestFuzzyWord = 5;

/** A longer word is no word, and has as many misspellings as letters. */
const longestFuzzyWord = 40;

/** The search keys of a company, and its words that are also searched with typing errors. */
export function searchKeys(company: NormalisedCompany) {
  const { strong, weak } = companyKeys(company);
  const words = weak.flatMap((key) => (key.startsWith('tok:') ? [key.slice('tok:'.length)] : []));
  return {
    strong,
    weak,
    words: words.filter(
      (word) => word.length >= shortestFuzzyWord && word.length <= longestFuzzyWord && !/\d/.test(word),
    ),
  };
}

/** The spellings that a word shares with its misspellings: itself, and itself with each letter left out. */
export function slipsOf(word: string): readonly string[] {
  return [word, ...oneDeletions(word)];
}
