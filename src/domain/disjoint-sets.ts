/** Disjoint sets of whole numbers from 0. At first each number is a separate set. */
export interface DisjointSets {
  /** Joins the sets of two members. */
  join(one: number, other: number): void;
  /**
   * The representative of a member's set. Two members are in the same set exactly if they have the same
   * representative. It may change with the next `join`.
   */
  rootOf(member: number): number;
}

export function disjointSets(): DisjointSets {
  const parents: number[] = [];
  const rootOf = (member: number): number => {
    let at = member;
    for (let up = parents[at] ?? at; up !== at; up = parents[at] ?? at) {
      // Shortens the path, so that later look-ups are faster.
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
