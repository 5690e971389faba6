import { comparableWords } from './comparable-words.ts';
import { fillers, isPartWord } from './name-words.ts';

/** Frequencies of words in names, as plain JSON. They are part of a model. */
export interface TermStats {
  /** The number of names that were counted. */
  readonly names: number;
  /** The number of names that contain the word. Words that are not listed are rarer than all others. */
  readonly counts: Readonly<Record<string, number>>;
}

/** The value of an unknown word. It is limited, because the word may be a typing error. */
const maxBits = 13;
/** Words for a part of a group are weak evidence, even if they are rare in the counted names. */
const partBits = 1.5;
/** Numbers are compared separately. */
const numberBits = 3;
const minBits = 1;

/** The value of sharing a word, in bits: log2 of one over its frequency, between 1 and 13. */
export function termBits(word: string, { names, counts }: TermStats): number {
  if (isPartWord(word) || fillers.has(word)) return partBits;
  if (/^\d+$/.test(word)) return numberBits;
  const count = Object.hasOwn(counts, word) ? (counts[word] ?? 0) : 0;
  return count === 0 ? maxBits : Math.min(maxBits, Math.max(minBits, Math.log2(names / count)));
}

/** Counts the words of names, given as cores. Words in fewer than `atLeast` names are left out. */
export function countTerms(cores: Iterable<string>, atLeast: number): TermStats {
  const counts = new Map<string, number>();
  let names = 0;
  for (const core of cores) {
    names++;
    for (const word of new Set(comparableWords(core).map(({ counted }) => counted)))
      counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const frequent = [...counts]
    .filter(([, count]) => count >= atLeast)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { names, counts: Object.fromEntries(frequent) };
}
