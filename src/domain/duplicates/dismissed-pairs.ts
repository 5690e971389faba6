/**
 * Removes members from a group until no pair in it was marked as two different customers. The member in most
 * such pairs goes first; for equal counts the later one, because the first members are the surest. A group of
 * one is returned as empty.
 *
 * @param isDismissed true for a pair that was marked as different
 */
export function withoutDismissed<T>(
  members: readonly T[],
  isDismissed: (left: T, right: T) => boolean,
): readonly T[] {
  const rest = [...members];
  for (;;) {
    const counts = rest.map((one) => rest.filter((other) => other !== one && isDismissed(one, other)).length);
    const most = Math.max(0, ...counts);
    if (most === 0) return rest.length > 1 ? rest : [];
    rest.splice(counts.lastIndexOf(most), 1);
  }
}
