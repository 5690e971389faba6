import { disjointSets } from '#src/domain/disjoint-sets.ts';

/**
 * Groups pairs that share a company, directly or through other pairs. Pairs of one cluster must not be used
 * both for fitting and for evaluation.
 *
 * @param pairs the names of the two companies of each pair
 * @returns for each pair the number of its cluster, from 0 in order of appearance
 */
export function pairClusters(pairs: readonly (readonly [string, string])[]): readonly number[] {
  const places = new Map([...new Set(pairs.flat())].map((name, place) => [name, place]));
  const placeOf = (name: string): number => places.get(name) ?? 0;
  const sets = disjointSets();
  for (const [left, right] of pairs) sets.join(placeOf(left), placeOf(right));
  const roots = pairs.map(([left]) => sets.rootOf(placeOf(left)));
  const numbers = new Map([...new Set(roots)].map((root, number) => [root, number]));
  return roots.map((root) => numbers.get(root) ?? 0);
}
