/**
 * What is left of a group when somebody has said of some of its pairs that they are two customers: whoever
 * has been told apart from most goes first, until nobody is told apart from anybody. One alone is no group.
 */
export function withoutDismissed<T>(
  members: readonly T[],
  isToldApart: (left: T, right: T) => boolean,
): readonly T[] {
  const left = [...members];
  for (;;) {
    const counts = left.map((one) => left.filter((other) => other !== one && isToldApart(one, other)).length);
    const most = Math.max(0, ...counts);
    if (most === 0) return left.length > 1 ? left : [];
    // Of two told apart from as many, the later one: the first are the surest.
    left.splice(counts.lastIndexOf(most), 1);
  }
}
