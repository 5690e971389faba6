import type { PreparedName } from '#src/domain/matching/prepare.ts';
import { isTypo } from './typo.ts';

/** The result of pairing the words of two names. */
export interface Alignment {
  /** The value of the shared words, in bits. A word with a typing error counts less. */
  readonly shared: number;
  /** The value of the words that only one of the names has, in bits. */
  readonly onlyLeft: number;
  readonly onlyRight: number;
  /** The number of words paired with a typing error or an abbreviation. */
  readonly errors: number;
  /** True if every word of that name was paired. */
  readonly leftMatched: boolean;
  readonly rightMatched: boolean;
  /** True if all other words only name a part of a group, such as "Nordics" or "Holding". */
  readonly restIsPart: boolean;
  /** The value of the rarest shared word, in bits. 0 if only words for parts are shared. */
  readonly rarest: number;
}

/** The share of its value that a word with a typing error counts, because it may be another word. */
const errorWorth = 0.85;
/** The share for an abbreviated word ("mount" for "mountain"), because it fits many words. */
const abbreviationWorth = 0.5;
const shortestAbbreviation = 3;

/**
 * Pairs the words of two names: first equal words, then typing errors, then two words that are one word in
 * the other name ("data dog", "datadog"), then abbreviations. A word takes the first fitting word, so the
 * order of the names could matter. They are therefore always processed in the same order.
 */
export function alignWords(left: PreparedName, right: PreparedName): Alignment {
  if (left.core <= right.core) return pairWords(left, right);
  const swapped = pairWords(right, left);
  return {
    ...swapped,
    onlyLeft: swapped.onlyRight,
    onlyRight: swapped.onlyLeft,
    leftMatched: swapped.rightMatched,
    rightMatched: swapped.leftMatched,
  };
}

function pairWords(left: PreparedName, right: PreparedName): Alignment {
  const pairing = new Pairing(left, right);
  pairing.pairEqual();
  if (pairing.isOpen()) pairing.pairSimilar(isTypo, errorWorth);
  if (pairing.isOpen()) pairing.pairJoined();
  if (pairing.isOpen()) pairing.pairSimilar(isAbbreviation, abbreviationWorth);
  return pairing.result();
}

function isAbbreviation(left: string, right: string): boolean {
  const [short, long] = left.length < right.length ? [left, right] : [right, left];
  return short.length >= shortestAbbreviation && long.length - short.length >= 2 && long.startsWith(short);
}

/**
 * The words that are not paired yet are stored as bits of two numbers, because a name has at most twelve
 * words.
 */
class Pairing {
  private readonly left: PreparedName;
  private readonly right: PreparedName;
  private openLeft: number;
  private openRight: number;
  private shared = 0;
  private errors = 0;
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
      if (j >= 0) this.pair(i, j, 1);
    }
  }

  pairSimilar(isSimilar: (left: string, right: string) => boolean, worth: number): void {
    const a = this.left.words;
    const b = this.right.words;
    for (let i = 0; i < a.length; i++) {
      if ((this.openLeft & (1 << i)) === 0) continue;
      for (let j = 0; j < b.length; j++) {
        if ((this.openRight & (1 << j)) === 0 || !isSimilar(a[i] ?? '', b[j] ?? '')) continue;
        this.pair(i, j, worth);
        this.errors += 1;
        break;
      }
    }
  }

  /** Pairs two neighbouring words of one name with a word of the other name that joins them. */
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
        this.openLeft &= ~(apartIsLeft ? pair : 1 << j);
        this.openRight &= ~(apartIsLeft ? 1 << j : pair);
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
      errors: this.errors,
      leftMatched: openLeft === 0,
      rightMatched: openRight === 0,
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

  private pair(i: number, j: number, worth: number): void {
    this.openLeft &= ~(1 << i);
    this.openRight &= ~(1 << j);
    const bits = Math.min(this.left.bits[i] ?? 0, this.right.bits[j] ?? 0) * worth;
    this.shared += bits;
    if (!this.left.isPart[i] && worth > abbreviationWorth) this.rarest = Math.max(this.rarest, bits);
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
