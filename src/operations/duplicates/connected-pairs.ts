import type { DuplicatePair } from '#src/db/duplicates/duplicate-store.ts';
import { disjointSets } from '#src/domain/disjoint-sets.ts';
import type { SamePair } from '#src/domain/duplicates/cluster.ts';

export interface Connected {
  /** Accounts by their places, which stand for them in the pairs. */
  readonly ids: readonly string[];
  /** Pairs that hang together by some account. */
  readonly components: readonly (readonly SamePair[])[];
}

type Pages = AsyncIterable<readonly Pick<DuplicatePair, 'leftId' | 'rightId' | 'bits'>[]>;

/**
 * Takes pairs apart into those that hang together, directly or through others. Of each account the id is kept
 * once, however many pairs it is in.
 */
export async function connectedPairs(pages: Pages): Promise<Connected> {
  const ids: string[] = [];
  const places = new Map<string, number>();
  const placeOf = (id: string): number => {
    const known = places.get(id);
    if (known !== undefined) return known;
    places.set(id, ids.length);
    return ids.push(id) - 1;
  };
  const sets = disjointSets();
  const pairs: SamePair[] = [];
  for await (const page of pages) {
    for (const { leftId, rightId, bits } of page) {
      const pair = { left: placeOf(leftId), right: placeOf(rightId), bits };
      sets.join(pair.left, pair.right);
      pairs.push(pair);
    }
  }
  return { ids, components: [...Map.groupBy(pairs, ({ left }) => sets.rootOf(left)).values()] };
}
