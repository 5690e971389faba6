import { alignWords, type Alignment } from './align-words.ts';
import type { MatchLevel } from '#src/domain/matching/company.ts';
import type { PreparedCompany, PreparedName } from '#src/domain/matching/prepare.ts';

/**
 * The similarity of two names.
 *
 * `name`: exact, the same words · strong, the same except for order or typing errors · close, the same except
 * for words for a part of a group, for more typing errors than a name can have, or for common words · weak,
 * one name is part of the other, or its initials.
 *
 * `words`: the rarity of the shared words, because "Bank" is weaker evidence than "Xylotex".
 *
 * `numbers`: the comparison of numbers, as in "Fund III" and "Fund IV".
 */
export interface NameLevels {
  readonly name: MatchLevel;
  readonly words: MatchLevel;
  readonly numbers: MatchLevel;
  /** The two names that were most similar. */
  readonly left: PreparedName;
  readonly right: PreparedName;
}

const order: Readonly<Record<MatchLevel, number>> = {
  exact: 5,
  strong: 4,
  close: 3,
  weak: 2,
  different: 1,
  missing: 0,
};
/** A number that only one name has is weaker evidence against a match than two different numbers. */
const numberOrder: Readonly<Record<MatchLevel, number>> = { ...order, different: 0, missing: 1 };

/** The best result of all pairs of names. An alias counts as much as the main name. */
export function compareNames(left: PreparedCompany, right: PreparedCompany): NameLevels {
  let best: NameLevels | undefined;
  for (const a of left.names) {
    for (const b of right.names) {
      const levels = compareTwo(a, b);
      if (best === undefined || isBetter(levels, best)) best = levels;
    }
  }
  if (!best) throw new RangeError('a company needs a name');
  return best;
}

/**
 * Compares in a way that does not depend on the order of names: results that are equal here are equivalent.
 */
function isBetter(a: NameLevels, b: NameLevels): boolean {
  const better =
    order[a.name] - order[b.name] ||
    order[a.words] - order[b.words] ||
    numberOrder[a.numbers] - numberOrder[b.numbers];
  return better > 0;
}

function compareTwo(left: PreparedName, right: PreparedName): NameLevels {
  const numbers = numberLevel(left, right);
  if (left.words.length === 0 || right.words.length === 0)
    return { name: 'missing', words: 'missing', numbers: 'missing', left, right };
  const alignment = alignWords(left, right);
  if (left.joined === right.joined) {
    // A name may have another value if its words are joined. The smaller value is certain.
    const worth = Math.max(alignment.shared, Math.min(sumOf(left.bits), sumOf(right.bits)));
    return { name: 'exact', words: rarity(worth), numbers, left, right };
  }
  return { name: nameLevel(left, right, alignment), words: rarity(alignment.shared), numbers, left, right };
}

function numberLevel(left: PreparedName, right: PreparedName): MatchLevel {
  if (left.numbers === '' || right.numbers === '') return 'missing';
  return left.numbers === right.numbers ? 'exact' : 'different';
}

/** The value in bits from which one shared word is enough to relate two names. */
const distinctiveBits = 7.5;
/** Shares of the value of all words of both names. */
const nearlyAll = 0.8;
const most = 0.6;

function nameLevel(left: PreparedName, right: PreparedName, found: Alignment): MatchLevel {
  const { leftMatched, rightMatched, errors, shared, onlyLeft, onlyRight, rarest } = found;
  if (leftMatched && rightMatched)
    return errors === 0 || mayHaveErrors(errors, left, right) ? 'strong' : 'close';
  const likeness = shared / (shared + (onlyLeft + onlyRight));
  if (rarest >= distinctiveBits) {
    if (found.restIsPart && errors <= 1) return 'close';
    if (likeness >= nearlyAll) return 'close';
    if (likeness >= most || begins(left, right) || begins(right, left)) return 'weak';
  }
  return isAcronym(left, right) || isAcronym(right, left) ? 'weak' : 'different';
}

/** In a short name a difference is as likely another name (Capita, Capital). */
function mayHaveErrors(errors: number, left: PreparedName, right: PreparedName): boolean {
  return (
    errors <= Math.max(1, Math.min(left.words.length, right.words.length) / 2) &&
    Math.max(left.joined.length, right.joined.length) >= 8
  );
}

/** True if the short name is the beginning of the long one. */
function begins(short: PreparedName, long: PreparedName): boolean {
  return (
    short.words.length < long.words.length && short.words.every((word, index) => word === long.words[index])
  );
}

/** True for "IBM" and "International Business Machines", "PG & E" and "Pacific Gas & Electric". */
function isAcronym(short: PreparedName, long: PreparedName): boolean {
  return short.words.length <= 2 && long.words.length >= 3 && short.joined === long.initials;
}

/** The level for a value in bits. One very rare word has 13 bits, two common words about eight. */
function rarity(shared: number): MatchLevel {
  if (shared >= 17) return 'exact';
  if (shared >= 11.5) return 'strong';
  if (shared >= 7.5) return 'close';
  return shared > 3 ? 'weak' : 'different';
}

function sumOf(numbers: readonly number[]): number {
  let sum = 0;
  for (const number of numbers) sum += number;
  return sum;
}
