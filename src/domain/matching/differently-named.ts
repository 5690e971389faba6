import { fillers, isDistinctive } from './names/name-words.ts';
import { isTypo } from './names/typo.ts';

/**
 * The number of differently named companies among these names, given as cores. Names that share a telling
 * word, also with a typing error, or that are equal without spaces, count as one company.
 */
export function countDifferentlyNamed(cores: readonly string[]): number {
  const groups: { readonly joined: Set<string>; readonly words: Set<string> }[] = [];
  for (const core of new Set(cores)) {
    const joined = core.replaceAll(' ', '');
    const words = core.split(' ').filter((word) => isDistinctive(word) && !fillers.has(word));
    const [first, ...others] = groups.filter(
      (group) => group.joined.has(joined) || words.some((word) => isAmong(word, group.words)),
    );
    const group = first ?? { joined: new Set<string>(), words: new Set<string>() };
    if (!first) groups.push(group);
    group.joined.add(joined);
    for (const word of words) group.words.add(word);
    for (const other of others) {
      for (const one of other.joined) group.joined.add(one);
      for (const word of other.words) group.words.add(word);
      groups.splice(groups.indexOf(other), 1);
    }
  }
  return groups.length;
}

function isAmong(word: string, words: ReadonlySet<string>): boolean {
  return words.has(word) || [...words].some((other) => isTypo(word, other));
}
