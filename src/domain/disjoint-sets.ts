/** Members, as whole numbers from 0, of sets that are joined one by one; each begins alone. */
export interface DisjointSets {
  join(one: number, other: number): void;
  /**
   * The member that stands for its set: two have the same just when they are in one set. It may change with
   * the next `join`.
   */
  rootOf(member: number): number;
}

export function disjointSets(): DisjointSets {
  const parents: number[] = [];
  const rootOf = (member: number): number => {
    let at = member;
    for (let up = parents[at] ?? at; up !== at; up = parents[at] ?? at) {
      // Half the way is shortened for whoever asks next.
      parents[at] = parents[up] ?? up;
      at = up;
    }
    return at;
  };
  return {
    rootOf,
    join(one, other) {
      parents[rootOf(other)] = rootOf(one);
    },
  };
}
