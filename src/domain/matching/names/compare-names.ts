import { alignWords, type Alignment } from './align-words.ts';
import type { MatchLevel } from '#src/domain/matching/company.ts';
import type { PreparedCompany, PreparedName } from '#src/domain/matching/prepare.ts';

/**
 * How alike two names are, and what that is worth. `name`: exact, the same words · strong, the same but for
 * order or slips · close, the same but for words that name a part of a group, for more slips than a name can
 * hold, or for little that tells · weak, one name within the other, or its initials. `words`: how rare what
 * they share is, as sharing "Bank" says less than sharing "Xylotex". `numbers`: "Fund III" and "Fund IV".
 */
export interface NameLevels {
  readonly name: MatchLevel;
  readonly words: MatchLevel;
  readonly numbers: MatchLevel;
  /** Which of their names were the most alike. */
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
/** A number that only one of them has says less against them than two that differ. */
const numberOrder: Readonly<Record<MatchLevel, number>> = { ...order, different: 0, missing: 1 };

/** The best of all pairs of names. An alias that is another company's name is as good as the name. */
export function compareNames(left: PreparedCompany, right: PreparedCompany): NameLevels {
  let best: NameLevels | undefined;
  for (const a of left.names) {
    for (const b of right.names) {
      const levels = compareTwo(a, b);
      if (best === undefined || isBetter(levels, best)) best = levels;
    }
  }
  if (!best) throw new RangeError('a company without a name');
  return best;
}

/** Whatever the order the names come in: of pairs alike in all of these any may stand for all. */
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
    // Written together and apart it may be of other worth: the lesser one is sure.
    const worth = Math.max(alignment.shared, Math.min(sumOf(left.bits), sumOf(right.bits)));
    return { name: 'exact', words: rarity(worth), numbers, left, right };
  }
  return { name: nameLevel(left, right, alignment), words: rarity(alignment.shared), numbers, left, right };
}

function numberLevel(left: PreparedName, right: PreparedName): MatchLevel {
  if (left.numbers === '' || right.numbers === '') return 'missing';
  return left.numbers === right.numbers ? 'exact' : 'different';
}

/** A shared word this rare says by itself that two names belong together, in bits. */
const telling = 7.5;
/** Shares of all that the words of both names are worth. */
const nearlyAll = 0.8;
const most = 0.6;

function nameLevel(left: PreparedName, right: PreparedName, found: Alignment): MatchLevel {
  const { leftDone, rightDone, slips, shared, onlyLeft, onlyRight, rarest } = found;
  if (leftDone && rightDone) return slips === 0 || canHoldSlips(slips, left, right) ? 'strong' : 'close';
  const likeness = shared / (shared + (onlyLeft + onlyRight));
  if (rarest >= telling) {
    if (found.restIsPart && slips <= 1) return 'close';
    if (likeness >= nearlyAll) return 'close';
    if (likeness >= most || begins(left, right) || begins(right, left)) return 'weak';
  }
  return isAcronym(left, right) || isAcronym(right, left) ? 'weak' : 'different';
}

/** A slip in a short name (Capita, Capital) is as likely another name. */
function canHoldSlips(slips: number, left: PreparedName, right: PreparedName): boolean {
  return (
    slips <= Math.max(1, Math.min(left.words.length, right.words.length) / 2) &&
    Math.max(left.joined.length, right.joined.length) >= 8
  );
}

/** Whether one name is the first words of the other. */
function begins(short: PreparedName, long: PreparedName): boolean {
  return (
    short.words.length < long.words.length && short.words.every((word, index) => word === long.words[index])
  );
}

/** "IBM" and "International Business Machines", "PG & E" and "Pacific Gas & Electric". */
function isAcronym(short: PreparedName, long: PreparedName): boolean {
  return short.words.length <= 2 && long.words.length >= 3 && short.joined === long.initials;
}

/** In bits. One very rare word is worth 13, two common ones as many as eight. */
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
