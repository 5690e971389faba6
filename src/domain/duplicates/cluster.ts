/** Two members that are the same customer, as indexes of a list. */
export interface SamePair {
  readonly left: number;
  readonly right: number;
  readonly bits: number;
}

/**
 * `open`: too little is known to call two accounts the same customer, but nothing shows that they are
 * different.
 */
export type Relation = 'same' | 'open' | 'apart';

export interface Clusters {
  /** Each has at least two members. */
  readonly clusters: readonly (readonly number[])[];
  /** For each cluster, the accounts outside it that match some of its members but not all. */
  readonly partialMatches: readonly (readonly number[])[];
}

interface Cluster {
  readonly members: readonly number[];
  /** Members that are the same customer as all other members. */
  readonly centres: readonly number[];
}

/**
 * Joins pairs to clusters and avoids chains, in which A matches B and B matches C, but A and C are different.
 * The surest pair comes first. Two clusters are joined only if no member of one is `apart` from a member of
 * the other and some member is the same as all others.
 *
 * @param pairs the found pairs, in any order
 * @param relation returns the relation of two members that are not a found pair
 */
export function duplicateClusters(
  pairs: readonly SamePair[],
  relation: (left: number, right: number) => Relation,
): Clusters {
  const known = new Map<string, Relation>(pairs.map(({ left, right }) => [pairKey(left, right), 'same']));
  const related = (left: number, right: number): Relation => {
    const key = pairKey(left, right);
    const found = known.get(key) ?? relation(left, right);
    known.set(key, found);
    return found;
  };
  const clusterOf = new Map<number, Cluster>();
  const clusterWith = (member: number): Cluster =>
    clusterOf.get(member) ?? { members: [member], centres: [member] };
  const bySurety = pairs.toSorted((a, b) => b.bits - a.bits || a.left - b.left || a.right - b.right);
  for (const { left, right } of bySurety) {
    const one = clusterWith(left);
    const other = clusterWith(right);
    const joined = one === other ? null : joinedOf(one, other, related);
    if (joined) for (const member of joined.members) clusterOf.set(member, joined);
  }
  const found = [...new Set(clusterOf.values())];
  return {
    clusters: found.map(({ members }) => members),
    partialMatches: found.map((cluster) => nearTo(cluster, bySurety, clusterOf)),
  };
}

/** Null if the clusters must not be joined. */
function joinedOf(
  one: Cluster,
  other: Cluster,
  related: (left: number, right: number) => Relation,
): Cluster | null {
  if (one.members.some((a) => other.members.some((b) => related(a, b) === 'apart'))) return null;
  const sameAsAll = (centre: number, all: Cluster): boolean =>
    all.members.every((member) => related(centre, member) === 'same');
  const centres = [
    ...one.centres.filter((centre) => sameAsAll(centre, other)),
    ...other.centres.filter((centre) => sameAsAll(centre, one)),
  ];
  return centres.length === 0 ? null : { members: [...one.members, ...other.members], centres };
}

function nearTo(
  cluster: Cluster,
  pairs: readonly SamePair[],
  clusterOf: ReadonlyMap<number, Cluster>,
): number[] {
  const outside = pairs.flatMap(({ left, right }) => {
    const hasLeft = clusterOf.get(left) === cluster;
    const hasRight = clusterOf.get(right) === cluster;
    return hasLeft === hasRight ? [] : [hasLeft ? right : left];
  });
  return [...new Set(outside)];
}

function pairKey(left: number, right: number): string {
  return left < right ? `${left} ${right}` : `${right} ${left}`;
}
