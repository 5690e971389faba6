import type { NormalisedCompany } from './company.ts';
import { companyKeys, oneDeletions } from './keys.ts';

/** Words shorter than this have too many neighbours one letter away. */
const shortestSlip = 5;

/** All a company is found by, and its words that somebody may write with a slip of the hand. */
export function searchKeys(company: NormalisedCompany) {
  const { strong, weak } = companyKeys(company);
  const words = weak.flatMap((key) => (key.startsWith('tok:') ? [key.slice('tok:'.length)] : []));
  return { strong, weak, words: words.filter((word) => word.length >= shortestSlip && !/\d/.test(word)) };
}

/** Writings under which a word and its misspellings meet: itself, and itself with each letter left out. */
export function slipsOf(word: string): readonly string[] {
  return [word, ...oneDeletions(word)];
}
