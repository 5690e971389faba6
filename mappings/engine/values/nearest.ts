/** Only this many characters are compared. No CRM allows longer names, and it limits the cost. */
const maxCompared = 120;

/** Levenshtein distance, one row at a time. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const substituted = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(substituted, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}

/**
 * The most similar candidate in any case. Null if none is similar, because a wrong guess is worse than no
 * advice.
 */
export function nearest(name: string, candidates: Iterable<string>): string | null {
  const searched = name.slice(0, maxCompared).toLowerCase();
  let best: string | null = null;
  let bestDistance = Math.max(2, Math.floor(searched.length / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - searched.length) >= bestDistance) continue;
    const found = distance(searched, candidate.slice(0, maxCompared).toLowerCase());
    if (found < bestDistance) {
      best = candidate;
      bestDistance = found;
    }
  }
  return best;
}
