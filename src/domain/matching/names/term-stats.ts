import { fillers, isPartWord } from './name-words.ts';

/** How often words occur in names: plain JSON, part of a model. */
export interface TermStats {
  /** Names counted. */
  readonly names: number;
  /** In how many of them a word occurs. A word that is not here is rarer than all that are. */
  readonly counts: Readonly<Record<string, number>>;
}

/** Of words never seen, so that a slip of the hand is not worth more than any name. */
const mostBits = 13;
/** Words that name a part of a group tell little, however rare they are in the names counted. */
const partBits = 1.5;
/** Numbers are compared by themselves. */
const numberBits = 3;
const leastBits = 1;

/** What sharing a word says, in bits: log2 of one over its frequency, between 1 and 13. */
export function termBits(word: string, { names, counts }: TermStats): number {
  if (isPartWord(word) || fillers.has(word)) return partBits;
  if (/^\d+$/.test(word)) return numberBits;
  const count = Object.hasOwn(counts, word) ? (counts[word] ?? 0) : 0;
  return count === 0 ? mostBits : Math.min(mostBits, Math.max(leastBits, Math.log2(names / count)));
}

/** Counts the words of these names, given as cores. Those in fewer than `atLeast` names are left out. */
export function countTerms(cores: Iterable<string>, atLeast: number): TermStats {
  const seen = new Map<string, number>();
  let names = 0;
  for (const core of cores) {
    names++;
    for (const word of new Set(core.split(' '))) seen.set(word, (seen.get(word) ?? 0) + 1);
  }
  const kept = [...seen].filter(([, count]) => count >= atLeast).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { names, counts: Object.fromEntries(kept) };
}
