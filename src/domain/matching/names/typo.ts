import { distance } from 'fastest-levenshtein';

/**
 * True if two words are probably the same word with a typing error. Swapped letters count from four letters
 * on, one extra or missing letter from five (a final "s" from four), and a wrong letter from seven, because
 * short names with one different letter (Fords, Foods) are usually two names. Errors in the first letter of a
 * word with fewer than eight letters do not count. Numbers are never typing errors of each other.
 */
export function isTypo(left: string, right: string): boolean {
  const part = differingPart(left, right);
  if (part === null) return false;
  const { short, long, start, end, a, b } = part;
  if (short.length < 8 && start === 0) return false;
  if (b === 's' && a === '' && end === 0) return true;
  if (isOneError(a, b, long.length)) return true;
  return short.length >= 10 && areTwoErrors(a, b);
}

function isOneError(a: string, b: string, length: number): boolean {
  if (a.length === 0) return b.length === 0 || (b.length === 1 && length >= 5);
  if (a.length === 1 && b.length === 1) return length >= 7;
  return a.length === 2 && isSwap(a, b);
}

/** What is left of two words without the letters that they begin and end with alike. */
export interface DifferingPart {
  readonly short: string;
  readonly long: string;
  /** The number of letters at the start, and at the end, that both words share. */
  readonly start: number;
  readonly end: number;
  /** The rest of `short`, and of `long`. */
  readonly a: string;
  readonly b: string;
}

/** Null if the words differ in more than two typing errors, are too short for one, or differ in digits. */
export function differingPart(left: string, right: string): DifferingPart | null {
  const [short, long] = left.length <= right.length ? [left, right] : [right, left];
  if (long.length < 4 || long.length - short.length > 2) return null;
  let start = 0;
  while (start < short.length && short[start] === long[start]) start++;
  let end = 0;
  while (end < short.length - start && short[short.length - 1 - end] === long[long.length - 1 - end]) end++;
  const a = short.slice(start, short.length - end);
  const b = long.slice(start, long.length - end);
  // With two errors the differing part is at most this long. Most pairs end here.
  if (b.length > 6 || /\d/.test(a) || /\d/.test(b)) return null;
  return { short, long, start, end, a, b };
}

/** True for two letters in the wrong order. */
export function isSwap(a: string, b: string): boolean {
  return a.length === 2 && b.length === 2 && a[0] === b[1] && a[1] === b[0];
}

/** For long words. A swap counts as one error, although its Levenshtein distance is two. */
export function areTwoErrors(a: string, b: string): boolean {
  if (distance(a, b) <= 2) return true;
  if (b.length > 4) return false;
  return isSwap(a.slice(0, 2), b.slice(0, 2))
    ? distance(a.slice(2), b.slice(2)) <= 1
    : isSwap(a.slice(-2), b.slice(-2)) && distance(a.slice(0, -2), b.slice(0, -2)) <= 1;
}
