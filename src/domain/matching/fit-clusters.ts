/**
 * Puts pairs that share a company, by way of others too, into one cluster: what is learnt from one of them must not be judged by another.
 *
 * @param pairs names of the two companies of each pair
 * @returns the number of its cluster for each pair, counted from 0 in the order they come
 */
export function clustersOf(pairs: readonly (readonly [string, string])[]): readonly number[] {
  const parents = new Map<string, string>();
  const rootOf = (name: string): string => {
    let root = name;
    for (let parent = parents.get(root); parent !== undefined; parent = parents.get(root)) root = parent;
    // The next look is short.
    for (let at = name; at !== root;) {
      const next = parents.get(at) ?? root;
      parents.set(at, root);
      at = next;
    }
    return root;
  };
  for (const [left, right] of pairs) {
    const [a, b] = [rootOf(left), rootOf(right)];
    if (a !== b) parents.set(a, b);
  }
  const numbers = new Map<string, number>();
  return pairs.map(([left]) => {
    const root = rootOf(left);
    const number = numbers.get(root) ?? numbers.size;
    numbers.set(root, number);
    return number;
  });
}
