import { distance } from 'fastest-levenshtein';

/**
 * The typing errors that make one word of a name out of another. A wrong letter, and above all a wrong first
 * letter, is likelier another word than a letter too many, too few or in the wrong place.
 */
export type Slip = 'moved' | 'wrong' | 'first' | 'two';

/**
 * Null if there are more errors than a typist makes: one in a word of five letters, two in a word of nine. Two
 * letters in the wrong order count from four letters on. A word with digits is a number or a code, and has no
 * typing errors.
 */
export function slipBetween(left: string, right: string): Slip | null {
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
  if (isOneSlip(a, b)) {
    if (!isLongEnough(a, b, short, start)) return null;
    return start === 0 ? 'first' : a.length === 1 && b.length === 1 ? 'wrong' : 'moved';
  }
  // The first letter is rarely wrong together with another.
  if (short.length < 8 || long.length < 9 || start === 0) return null;
  return areTwoSlips(a, b) ? 'two' : null;
}

function isOneSlip(a: string, b: string): boolean {
  return (a.length === 0 && b.length <= 1) || (a.length === 1 && b.length === 1) || isSwap(a, b);
}

function isLongEnough(a: string, b: string, short: string, start: number): boolean {
  if (isSwap(a, b)) return short.length >= (start === 0 ? 6 : 4);
  if (a === '' && b === 's' && start === short.length) return short.length >= 3;
  return short.length + b.length - a.length >= (start === 0 ? 6 : 5);
}

/** A swap counts as one error, although its Levenshtein distance is two. */
function areTwoSlips(a: string, b: string): boolean {
  if (distance(a, b) <= 2) return true;
  if (b.length > 4) return false;
  return isSwap(a.slice(0, 2), b.slice(0, 2))
    ? distance(a.slice(2), b.slice(2)) <= 1
    : isSwap(a.slice(-2), b.slice(-2)) && distance(a.slice(0, -2), b.slice(0, -2)) <= 1;
}

function isSwap(a: string, b: string): boolean {
  return a.length === 2 && b.length === 2 && a[0] === b[1] && a[1] === b[0];
}

/** The share of its value that a misspelled word counts, because it may be another word. */
export function slipWorth(left: string, right: string, slip: Slip): number {
  const length = Math.min(left.length, right.length);
  if (slip === 'two') return 0.75;
  return length >= 7 ? 0.85 : length === 6 ? 0.75 : length === 5 ? 0.65 : 0.5;
}

/** The letters that a single word needs, so that the error is likelier than another name. */
const lettersNeeded: Readonly<Record<Slip, number>> = { moved: 5, wrong: 7, first: 8, two: 9 };

/** True if the error is likely even if nothing else in the name agrees. */
export function isLikelySlip(left: string, right: string, slip: Slip): boolean {
  return Math.max(left.length, right.length) >= lettersNeeded[slip];
}
