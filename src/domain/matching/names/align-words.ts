import type { PreparedName } from '#src/domain/matching/prepare.ts';
import { optionalForms } from './legal-forms.ts';
import { consonantsOf } from './sound.ts';
import { isLikelySlip, slipBetween, slipWorth, type Slip } from './slips.ts';

/** The result of pairing the words of two names. */
export interface Alignment {
  /** The value of the shared words, in bits. A word with a typing error counts less. */
  readonly shared: number;
  /** The value of the words that only one of the names has, in bits. */
  readonly onlyLeft: number;
  readonly onlyRight: number;
  /** The number of words paired with typing errors or an abbreviation. */
  readonly errors: number;
  /** The length of the shortest pair of words with typing errors. Infinity if there is none. */
  readonly shortestSlip: number;
  /** True if a short word was paired with typing errors that are as likely another word. */
  readonly hasDoubtfulSlip: boolean;
  /** True if a word that is evidence was paired with the same word. */
  readonly sharesTelling: boolean;
  /** True if every word of that name was paired. */
  readonly leftMatched: boolean;
  readonly rightMatched: boolean;
  /** True if all other words only name a part of a group, such as "Nordics" or "Holding". */
  readonly restIsPart: boolean;
  /** True if both names have another word, not only for a part of a group or a number. */
  readonly bothHaveMore: boolean;
  /** The value of the rarest shared word, in bits. 0 if only words for parts are shared. */
  readonly rarest: number;
}

/** The share for an abbreviated word ("mount" for "mountain"), because it fits many words. */
const abbreviationWorth = 0.5;
const soundWorth = 0.85;
const shortestAbbreviation = 3;

/**
 * Pairs the words of two names: first equal words, then two words that are one word in the other name
 * ("data dog", "datadog"), then words of another script that sound alike, then typing errors, then
 * abbreviations. A word takes the first fitting word, so the
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
  if (pairing.isOpen()) pairing.pairJoined();
  if (pairing.isOpen() && (left.isTransliterated || right.isTransliterated)) pairing.pairSounds();
  if (pairing.isOpen()) pairing.pairSlips();
  if (pairing.isOpen()) pairing.pairAbbreviations();
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
  private shortestSlip = Infinity;
  private hasDoubtfulSlip = false;
  private sharesTelling = false;

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

  pairSlips(): void {
    this.pairSimilar((i, j) => {
      const left = this.left.words[i] ?? '';
      const right = this.right.words[j] ?? '';
      const slip = slipBetween(left, right) ?? this.unfoldedSlip(i, j);
      if (slip === null) return 0;
      const isLikely = isLikelySlip(left, right, slip);
      // A common word is spelled as meant: "Alpine Foods" and "Alpine Fords".
      if (!isLikely && (!this.left.isTelling[i] || !this.right.isTelling[j])) return 0;
      this.shortestSlip = Math.min(this.shortestSlip, Math.max(left.length, right.length));
      if (!isLikely) this.hasDoubtfulSlip = true;
      return slipWorth(left, right, slip);
    });
  }

  /** Folding an umlaut hides an error in it: "aebama" and "arebama". */
  private unfoldedSlip(i: number, j: number): Slip | null {
    const left = this.left.unfolded[i] ?? '';
    const right = this.right.unfolded[j] ?? '';
    return left === this.left.words[i] && right === this.right.words[j] ? null : slipBetween(left, right);
  }

  /** Words of another script have no single spelling in Latin letters. */
  pairSounds(): void {
    this.pairSimilar((i, j) => {
      const left = this.left.words[i] ?? '';
      const right = this.right.words[j] ?? '';
      return left.length >= 3 && right.length >= 3 && consonantsOf(left) === consonantsOf(right)
        ? soundWorth
        : 0;
    });
  }

  pairAbbreviations(): void {
    this.pairSimilar((i, j) =>
      isAbbreviation(this.left.words[i] ?? '', this.right.words[j] ?? '') ? abbreviationWorth : 0,
    );
  }

  /** @param worthOf the share of its value that the pair of words counts; 0 if they are not similar */
  private pairSimilar(worthOf: (i: number, j: number) => number): void {
    for (let i = 0; i < this.left.words.length; i++) {
      if ((this.openLeft & (1 << i)) === 0) continue;
      for (let j = 0; j < this.right.words.length; j++) {
        if ((this.openRight & (1 << j)) === 0) continue;
        const worth = worthOf(i, j);
        if (worth === 0) continue;
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
        this.sharesTelling = true;
        break;
      }
    }
  }

  result(): Alignment {
    const { left, right, openLeft, openRight } = this;
    const haveTwoForms = isFormOnly(left, openLeft) && isFormOnly(right, openRight);
    const leftParts = allParts(left, openLeft) && !haveTwoForms;
    const rightParts = allParts(right, openRight) && !haveTwoForms;
    return {
      shared: this.shared,
      onlyLeft: bitsOf(left, openLeft),
      onlyRight: bitsOf(right, openRight),
      errors: this.errors,
      shortestSlip: this.shortestSlip,
      hasDoubtfulSlip: this.hasDoubtfulSlip,
      sharesTelling: this.sharesTelling,
      leftMatched: openLeft === 0 || (isFormOnly(left, openLeft) && openRight === 0),
      rightMatched: openRight === 0 || (isFormOnly(right, openRight) && openLeft === 0),
      restIsPart: leftParts && rightParts,
      bothHaveMore: haveTwoForms || (hasMoreWords(left, openLeft) && hasMoreWords(right, openRight)),
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
    if ((this.left.isPart[i] && this.right.isPart[j]) || worth <= abbreviationWorth) return;
    this.rarest = Math.max(this.rarest, bits);
    if (worth === 1 && this.left.isTelling[i]) this.sharesTelling = true;
  }
}

/** A legal form before the name may be missing in the other name: "AB Volvo" and "Volvo". */
function isFormOnly({ isPart, words }: PreparedName, open: number): boolean {
  return open === 1 && isPart[0] === true && optionalForms.has(words[0] ?? '');
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

function hasMoreWords({ words, isPart }: PreparedName, open: number): boolean {
  for (let i = 0; i < words.length; i++)
    if ((open & (1 << i)) !== 0 && !isPart[i] && !/^\d+$/.test(words[i] ?? '')) return true;
  return false;
}
