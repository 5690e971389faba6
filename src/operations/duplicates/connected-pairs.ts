import type { DuplicatePair } from '#src/db/duplicate-store.ts';
import type { SamePair } from '#src/domain/duplicates/cluster.ts';

export interface Connected {
  /** Accounts by their places, which stand for them in the pairs. */
  readonly ids: readonly string[];
  /** Pairs that hang together by some account. */
  readonly components: readonly (readonly SamePair[])[];
}

type Pages = AsyncIterable<readonly Pick<DuplicatePair, 'leftId' | 'rightId' | 'bits'>[]>;

/** Takes pairs apart into those that hang together, directly or through others. Of each account the id is kept once, however many pairs it is in. */
export async function connectedPairs(pages: Pages): Promise<Connected> {
  const ids: string[] = [];
  const parents: number[] = [];
  const places = new Map<string, number>();
  const placeOf = (id: string): number => {
    const known = places.get(id);
    if (known !== undefined) return known;
    places.set(id, ids.length);
    parents.push(ids.length);
    return ids.push(id) - 1;
  };
  const rootOf = (place: number): number => {
    let at = place;
    for (let up = parents[at] ?? at; up !== at; up = parents[at] ?? at) {
      // Half the way is shortened for whoever asks next.
      parents[at] = parents[up] ?? up;
      at = up;
    }
    return at;
  };
  const pairs: SamePair[] = [];
  for await (const page of pages) {
    for (const { leftId, rightId, bits } of page) {
      const pair = { left: placeOf(leftId), right: placeOf(rightId), bits };
      parents[rootOf(pair.right)] = rootOf(pair.left);
      pairs.push(pair);
    }
  }
  return { ids, components: [...Map.groupBy(pairs, ({ left }) => rootOf(left)).values()] };
}
