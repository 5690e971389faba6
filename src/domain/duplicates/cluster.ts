/** Two members that are one customer, by their places in a list. */
export interface SamePair {
  readonly left: number;
  readonly right: number;
  readonly bits: number;
}

/**
 * What two accounts are to each other: `open` where too little is known to call them one, and nothing says
 * that they are two.
 */
export type Relation = 'same' | 'open' | 'apart';

export interface Clusters {
  /** Each of two members or more. */
  readonly clusters: readonly (readonly number[])[];
  /** Of each cluster, those outside that are one customer with some of it. */
  readonly partialMatches: readonly (readonly number[])[];
}

interface Cluster {
  readonly members: readonly number[];
  /** Those that are one customer with all the others. */
  readonly centres: readonly number[];
}

/**
 * Joins pairs to clusters without chains: A and B may be one customer, and B and C, while A and C are two.
 * The surest pair comes first, and two clusters become one only when no member of one is apart from a member
 * of the other, and some member is the same as all the rest.
 *
 * @param pairs those found, in any order
 * @param relation of two members that were not found to be a pair
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
  const own = (member: number): Cluster => clusterOf.get(member) ?? { members: [member], centres: [member] };
  const bySurety = pairs.toSorted((a, b) => b.bits - a.bits || a.left - b.left || a.right - b.right);
  for (const { left, right } of bySurety) {
    const [one, other] = [own(left), own(right)];
    const joined = one === other ? null : joinedOf(one, other, related);
    if (joined) for (const member of joined.members) clusterOf.set(member, joined);
  }
  const found = [...new Set(clusterOf.values())];
  return {
    clusters: found.map(({ members }) => members),
    partialMatches: found.map((cluster) => nearTo(cluster, bySurety, clusterOf)),
  };
}

/** Null when they are not one customer. */
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
    const [here, there] = [clusterOf.get(left) === cluster, clusterOf.get(right) === cluster];
    return here === there ? [] : [here ? right : left];
  });
  return [...new Set(outside)];
}

function pairKey(left: number, right: number): string {
  return left < right ? `${left} ${right}` : `${right} ${left}`;
}
