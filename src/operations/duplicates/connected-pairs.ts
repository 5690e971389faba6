import type { DuplicatePair } from '#src/db/duplicates/duplicate-store.ts';
import { disjointSets } from '#src/domain/disjoint-sets.ts';
import type { SamePair } from '#src/domain/duplicates/cluster.ts';

export interface ConnectedPairs {
  /** Account ids. A pair names an account by its index in this list. */
  readonly ids: readonly string[];
  /** Groups of pairs that are connected, directly or through other accounts. */
  readonly components: readonly (readonly SamePair[])[];
}

type Pages = AsyncIterable<readonly Pick<DuplicatePair, 'leftId' | 'rightId' | 'bits'>[]>;

/**
 * Splits pairs of accounts into connected groups. Each account id is in memory once, in however many pairs it
 * is.
 */
export async function connectedPairs(pages: Pages): Promise<ConnectedPairs> {
  const ids: string[] = [];
  const indexes = new Map<string, number>();
  const indexOf = (id: string): number => {
    const known = indexes.get(id);
    if (known !== undefined) return known;
    indexes.set(id, ids.length);
    return ids.push(id) - 1;
  };
  const sets = disjointSets();
  const pairs: SamePair[] = [];
  for await (const page of pages) {
    for (const { leftId, rightId, bits } of page) {
      const pair = { left: indexOf(leftId), right: indexOf(rightId), bits };
      sets.join(pair.left, pair.right);
      pairs.push(pair);
    }
  }
  return { ids, components: [...Map.groupBy(pairs, ({ left }) => sets.rootOf(left)).values()] };
}
