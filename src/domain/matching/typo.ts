/**
 * Whether two words are one word with a slip of the hand. Swapped neighbours and a letter too many or too few are slips in
 * words of five letters; a wrong letter only in words of seven, because short names one letter apart (Fords, Foods) are
 * mostly two names. Hands rarely slip on the first letter of a short word. Numbers are never typos of each other.
 */
export function isTypo(left: string, right: string): boolean {
  const [short, long] = left.length <= right.length ? [left, right] : [right, left];
  if (/\d/.test(left + right) || long.length - short.length > 2) return false;
  if (short.length < 8 && short[0] !== long[0]) return false;
  if (long === `${short}s` && short.length >= 3) return true;
  const distance = editDistance(short, long);
  if (distance === 1) {
    if (short.length < long.length) return long.length >= 5;
    return isSwap(short, long) ? long.length >= 4 : long.length >= 7;
  }
  return distance === 2 && short.length >= 10;
}

function isSwap(left: string, right: string): boolean {
  const at = [...left].findIndex((letter, index) => letter !== right[index]);
  return left[at] === right[at + 1] && left[at + 1] === right[at];
}

/** Damerau–Levenshtein distance (optimal string alignment). */
function editDistance(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const differs = left[row - 1] === right[column - 1] ? 0 : 1;
      let best = Math.min((last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (last[column - 1] ?? 0) + differs);
      const swapped = row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (swapped) best = Math.min(best, (beforeLast[column - 2] ?? 0) + 1);
      current.push(best);
    }
    beforeLast = last;
    last = current;
  }
  return last[right.length] ?? 0;
}
