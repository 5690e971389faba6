import { disjointSets } from '#src/domain/disjoint-sets.ts';

/**
 * Puts pairs that share a company, by way of others too, into one cluster: what is learnt from one of them
 * must not be judged by another.
 *
 * @param pairs names of the two companies of each pair
 * @returns the number of its cluster for each pair, counted from 0 in the order they come
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
