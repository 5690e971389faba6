/** A clock does not count in `[from, to)`. `to` is `Infinity` while the pause has not ended. Seconds. */
export interface Pause {
  readonly from: number;
  readonly to: number;
}

/** The pauses in order, with overlapping and touching ones as one. A pause of no length is none. */
export function joinPauses(pauses: readonly Pause[]): readonly Pause[] {
  const result: { from: number; to: number }[] = [];
  for (const { from, to } of pauses.toSorted((a, b) => a.from - b.from)) {
    if (from === to) continue;
    const last = result.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else result.push({ from, to });
  }
  return result;
}

/** The pauses that had begun by an instant. One that had not ended then has no end. */
export function pausesKnownAt(pauses: readonly Pause[], instant: number): readonly Pause[] {
  const known = pauses
    .filter(({ from, to }) => from <= instant && from < to)
    .map(({ from, to }) => ({ from, to: to > instant ? Number.POSITIVE_INFINITY : to }));
  return joinPauses(known);
}

/** The known pauses, if those that have not ended ended at this instant. */
export function resumedAt(known: readonly Pause[], instant: number): readonly Pause[] {
  return joinPauses(known.map(({ from, to }) => ({ from, to: Math.min(to, Math.max(from, instant)) })));
}

/** The pause in which a clock cannot fall due: one that began before the instant and ends after it. */
export function pauseAround(pauses: readonly Pause[], instant: number): Pause | undefined {
  return pauses.find(({ from, to }) => from < instant && instant < to);
}
