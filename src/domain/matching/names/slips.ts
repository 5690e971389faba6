import { areTwoErrors, differingPart, isSwap } from './typo.ts';

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
  const part = differingPart(left, right);
  if (part === null) return null;
  const { short, long, start, a, b } = part;
  if (isOneSlip(a, b)) {
    if (!isLongEnough(a, b, short, start)) return null;
    return start === 0 ? 'first' : a.length === 1 && b.length === 1 ? 'wrong' : 'moved';
  }
  // The first letter is rarely wrong together with another.
  if (short.length < 8 || long.length < 9 || start === 0) return null;
  return areTwoErrors(a, b) ? 'two' : null;
}

function isOneSlip(a: string, b: string): boolean {
  return (a.length === 0 && b.length <= 1) || (a.length === 1 && b.length === 1) || isSwap(a, b);
}

function isLongEnough(a: string, b: string, short: string, start: number): boolean {
  if (isSwap(a, b)) return short.length >= (start === 0 ? 6 : 4);
  if (a === '' && b === 's' && start === short.length) return short.length >= 3;
  return short.length + b.length - a.length >= (start === 0 ? 6 : 5);
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
