import type { PreparedName } from '#src/domain/matching/prepare.ts';
import { isTypo } from './typo.ts';

/** How the words of two names pair off. */
export interface Alignment {
  /** What the shared words are worth, in bits; a word with a slip is worth less. */
  readonly shared: number;
  /** What the words are worth that only one of the names has, in bits. */
  readonly onlyLeft: number;
  readonly onlyRight: number;
  readonly slips: number;
  /** Whether every word of one of the names found its like. */
  readonly leftDone: boolean;
  readonly rightDone: boolean;
  /** Whether all that did not is the name of a part: "Nordics", "Holding". */
  readonly restIsPart: boolean;
  /** The most telling shared word, in bits; 0 when there is none but parts. */
  readonly rarest: number;
}

/** A word with a slip may be another word. */
const slipWorth = 0.85;
/** "mount" for "mountain": a word cut short fits many. */
const cutWorth = 0.5;
const shortestCut = 3;

/**
 * Pairs words off: the equal ones, then slips, then what is one word here and two there ("data dog",
 * "datadog"), then words cut short. A word takes the first that is like it, so who asks first may matter: it
 * is always the same of two names, whichever side it is on.
 */
export function alignWords(left: PreparedName, right: PreparedName): Alignment {
  if (left.core <= right.core) return pairOff(left, right);
  const { onlyLeft, onlyRight, leftDone, rightDone, ...both } = pairOff(right, left);
  return { ...both, onlyLeft: onlyRight, onlyRight: onlyLeft, leftDone: rightDone, rightDone: leftDone };
}

function pairOff(left: PreparedName, right: PreparedName): Alignment {
  const found = new Pairing(left, right);
  found.pairEqual();
  if (found.isOpen()) found.pairAlike(isTypo, slipWorth, 1);
  if (found.isOpen()) found.pairJoined();
  if (found.isOpen()) found.pairAlike(isCut, cutWorth, 1);
  return found.result();
}

function isCut(left: string, right: string): boolean {
  const [short, long] = left.length < right.length ? [left, right] : [right, left];
  return short.length >= shortestCut && long.length - short.length >= 2 && long.startsWith(short);
}

/** Which words are still alone is kept in the bits of two numbers: names have at most a dozen. */
class Pairing {
  private readonly left: PreparedName;
  private readonly right: PreparedName;
  private openLeft: number;
  private openRight: number;
  private shared = 0;
  private slips = 0;
  private rarest = 0;

  constructor(left: PreparedName, right: PreparedName) {
    this.left = left;
    this.right = right;
    this.openLeft = (1 << left.words.length) - 1;
    this.openRight = (1 << right.words.length) - 1;
  }

  isOpen(): boolean {
    return this.openLeft !== 0 && this.openRight !== 0;
  }

  pairEqual(): void {
    const { words } = this.left;
    for (let i = 0; i < words.length; i++) {
      const j = this.openIndex(words[i] ?? '');
      if (j >= 0) this.take(i, j, 1);
    }
  }

  pairAlike(alike: (left: string, right: string) => boolean, worth: number, slips: number): void {
    const a = this.left.words;
    const b = this.right.words;
    for (let i = 0; i < a.length; i++) {
      if ((this.openLeft & (1 << i)) === 0) continue;
      for (let j = 0; j < b.length; j++) {
        if ((this.openRight & (1 << j)) === 0 || !alike(a[i] ?? '', b[j] ?? '')) continue;
        this.take(i, j, worth);
        this.slips += slips;
        break;
      }
    }
  }

  /** Both ways round: two neighbours that joined are a word of the other name. */
  pairJoined(): void {
    this.joinNeighbours(this.left, this.right, true);
    this.joinNeighbours(this.right, this.left, false);
  }

  private joinNeighbours(apart: PreparedName, joined: PreparedName, apartIsLeft: boolean): void {
    for (let i = 0; i + 1 < apart.words.length; i++) {
      const pair = 3 << i;
      if (((apartIsLeft ? this.openLeft : this.openRight) & pair) !== pair) continue;
      const word = `${apart.words[i]}${apart.words[i + 1]}`;
      for (let j = 0; j < joined.words.length; j++) {
        const open = apartIsLeft ? this.openRight : this.openLeft;
        if ((open & (1 << j)) === 0 || joined.words[j] !== word) continue;
        if (apartIsLeft)
          [this.openLeft, this.openRight] = [this.openLeft & ~pair, this.openRight & ~(1 << j)];
        else [this.openRight, this.openLeft] = [this.openRight & ~pair, this.openLeft & ~(1 << j)];
        const bits = joined.bits[j] ?? 0;
        this.shared += bits;
        this.rarest = Math.max(this.rarest, bits);
        break;
      }
    }
  }

  result(): Alignment {
    const { left, right, openLeft, openRight } = this;
    return {
      shared: this.shared,
      onlyLeft: bitsOf(left, openLeft),
      onlyRight: bitsOf(right, openRight),
      slips: this.slips,
      leftDone: openLeft === 0,
      rightDone: openRight === 0,
      restIsPart: allParts(left, openLeft) && allParts(right, openRight),
      rarest: this.rarest,
    };
  }

  private openIndex(word: string): number {
    const { words } = this.right;
    for (let j = 0; j < words.length; j++)
      if (words[j] === word && (this.openRight & (1 << j)) !== 0) return j;
    return -1;
  }

  private take(i: number, j: number, worth: number): void {
    this.openLeft &= ~(1 << i);
    this.openRight &= ~(1 << j);
    const bits = Math.min(this.left.bits[i] ?? 0, this.right.bits[j] ?? 0) * worth;
    this.shared += bits;
    if (!this.left.isPart[i] && worth > cutWorth) this.rarest = Math.max(this.rarest, bits);
  }
}

function bitsOf({ bits }: PreparedName, open: number): number {
  let sum = 0;
  for (let i = 0; i < bits.length; i++) if ((open & (1 << i)) !== 0) sum += bits[i] ?? 0;
  return sum;
}

function allParts({ isPart }: PreparedName, open: number): boolean {
  for (let i = 0; i < isPart.length; i++) if ((open & (1 << i)) !== 0 && !isPart[i]) return false;
  return true;
}
