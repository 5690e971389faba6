import { alignWords, type Alignment } from './align-words.ts';
import type { MatchLevel } from '#src/domain/matching/company.ts';
import { placeHeads } from './name-words.ts';
import { slipBetween, slipWorth } from './slips.ts';
import type { PreparedCompany, PreparedName } from '#src/domain/matching/prepare.ts';

/**
 * The similarity of two names.
 *
 * `name`: exact, the same words · strong, the same except for order or typing errors · close, the same except
 * for words for a part of a group, for more typing errors than a name can have, or for common words · weak,
 * one name is part of the other, or its initials, or a short word has a typing error.
 *
 * `words`: the rarity of the shared words, because "Bank" is weaker evidence than "Xylotex".
 *
 * `numbers`: the comparison of numbers, as in "Fund III" and "Fund IV".
 */
export interface NameLevels {
  readonly name: MatchLevel;
  readonly words: MatchLevel;
  readonly numbers: MatchLevel;
  /** True if one name is only the initials of the other. */
  readonly isInitials: boolean;
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
  const rest = { numbers, isInitials: false, left, right };
  if (left.words.length === 0 || right.words.length === 0)
    return { ...rest, name: 'missing', words: 'missing', numbers: 'missing' };
  const alignment = alignWords(left, right);
  if (left.joined === right.joined || left.written === right.written) {
    // A name may have another value if its words are joined. The smaller value is certain.
    const worth = Math.max(alignment.shared, Math.min(sumOf(left.bits), sumOf(right.bits)));
    return { ...rest, name: 'exact', words: rarity(worth) };
  }
  const joined = joinedSlipWorth(left, right);
  if (joined > alignment.shared) return { ...rest, name: 'close', words: rarity(joined) };
  const words = rarity(alignment.shared);
  const name = namesAnotherPlace(left, right, alignment) ? 'different' : nameLevel(left, right, alignment);
  if (name !== 'different') return { ...rest, name, words };
  const isInitials = isAcronym(left, right) || isAcronym(right, left);
  return { ...rest, name: isInitials ? 'weak' : 'different', words, isInitials };
}

/** The shortest joined name in which one typing error is likelier than another name. */
const shortestJoined = 8;

/** The value of two names that differ in spaces and in one typing error: "Astra Zenecca" and "AstraZeneca". */
function joinedSlipWorth(left: PreparedName, right: PreparedName): number {
  if (left.words.length === right.words.length) return 0;
  if (Math.min(left.joined.length, right.joined.length) < shortestJoined) return 0;
  const slip = slipBetween(left.joined, right.joined);
  if (slip === null) return 0;
  return Math.min(sumOf(left.bits), sumOf(right.bits)) * slipWorth(left.joined, right.joined, slip);
}

function numberLevel(left: PreparedName, right: PreparedName): MatchLevel {
  if (left.numbers === '' || right.numbers === '') return 'missing';
  // 1800 and 1-800 are one number.
  return left.numbers.replaceAll(' ', '') === right.numbers.replaceAll(' ', '') ? 'exact' : 'different';
}

/** The value in bits from which one shared word is enough to relate two names. */
const distinctiveBits = 7.5;
/** Shares of the value of all words of both names. */
const nearlyAll = 0.8;
const most = 0.6;

function nameLevel(left: PreparedName, right: PreparedName, found: Alignment): MatchLevel {
  const { leftMatched, rightMatched, errors, shared, onlyLeft, onlyRight, rarest } = found;
  if (leftMatched && rightMatched) return errors === 0 ? 'strong' : levelWithErrors(left, right, found);
  const likeness = shared / (shared + (onlyLeft + onlyRight));
  if (rarest < distinctiveBits) return 'different';
  if (found.restIsPart && errors <= 1) {
    if (areOtherCountries(left, right, found)) return 'different';
    return errors === 1 && levelWithErrors(left, right, found) === 'weak' ? 'weak' : 'close';
  }
  if (likeness >= nearlyAll) return 'close';
  if (found.bothHaveMore) return 'different';
  const isPartOf = begins(left, right) || begins(right, left) || isUnitOf(left, right, found);
  return likeness >= most || isPartOf ? 'weak' : 'different';
}

/**
 * One typing error in a long word, or beside another telling word, is likely. In a short name a difference is
 * as likely another name (Capita, Capital).
 */
function levelWithErrors(left: PreparedName, right: PreparedName, found: Alignment): MatchLevel {
  if (found.errors > Math.max(1, Math.min(left.words.length, right.words.length) / 2)) return 'close';
  if (found.sharesTelling || (found.shortestSlip >= 8 && !found.hasDoubtfulSlip)) {
    return found.shortestSlip < Infinity || Math.max(left.joined.length, right.joined.length) >= 8
      ? 'strong'
      : 'close';
  }
  // A common word beside it makes an error in a word of six letters likely: "tayota motor".
  const isShort =
    found.hasDoubtfulSlip && (Math.min(properWords(left), properWords(right)) < 2 || found.shortestSlip < 6);
  return isShort ? 'weak' : 'close';
}

function properWords({ isPart }: PreparedName): number {
  return isPart.filter((one) => !one).length;
}

/** In "Ministry of Defence UK" and "Ministry of Defence India", only the country differs. */
function areOtherCountries(left: PreparedName, right: PreparedName, found: Alignment): boolean {
  return (
    !found.sharesTelling &&
    !found.leftMatched &&
    !found.rightMatched &&
    left.words.length === right.words.length
  );
}

const unitWords: ReadonlySet<string> = new Set([
  ...placeHeads,
  ...[
    'department',
    'faculty',
    'center',
    'hospital',
    'laboratories',
    'library',
    'press',
    'division',
    'medical',
    'clinic',
  ],
]);
/** Places with a "University of X" and another "X University": the states of the USA, and some cities. */
const placesOfTwo: ReadonlySet<string> = new Set(
  (
    'alabama alaska arizona arkansas california colorado connecticut delaware florida georgia hawaii idaho illinois ' +
    'indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota mississippi missouri ' +
    'montana nebraska nevada hampshire jersey mexico york carolina dakota ohio oklahoma oregon pennsylvania tennessee ' +
    'texas utah vermont virginia washington wisconsin wyoming miami columbia'
  ).split(' '),
);
/** A longer text is an address with several names in it. */
const longestHeadedName = 5;

/**
 * "University of Miami" is not "Miami University", while Oxford University is the University of Oxford. And a word before the whole name makes another university:
 * Michigan State, Technical University Vienna. A word for a unit does not.
 */
function namesAnotherPlace(left: PreparedName, right: PreparedName, found: Alignment): boolean {
  const { head } = left;
  if (head === undefined || Math.max(left.words.length, right.words.length) > longestHeadedName) return false;
  if (!right.words.includes(head)) return false;
  if (left.isOfPlace !== right.isOfPlace) {
    const [ofPlace, other] = left.isOfPlace ? [left, right] : [right, left];
    if (
      ofPlace.words[0] === head &&
      other.words.at(-1) === head &&
      other.words.some((word) => placesOfTwo.has(word))
    )
      return true;
  }
  if (found.leftMatched === found.rightMatched) return false;
  const [short, long] = found.leftMatched ? [left, right] : [right, left];
  const first = long.words.findIndex((word) => short.words.includes(word));
  const more = long.words.filter((word) => !short.words.includes(word));
  const isBefore = first > 0 || long.words.indexOf(head) > short.words.indexOf(head);
  return isBefore && more.length > 0 && !more.some((word) => unitWords.has(word));
}

/** "Department of Biomedicine, University of Basel" belongs to the University of Basel. */
function isUnitOf(
  left: PreparedName,
  right: PreparedName,
  { leftMatched, rightMatched }: Alignment,
): boolean {
  if (leftMatched === rightMatched) return false;
  const [whole, unit] = leftMatched ? [left, right] : [right, left];
  if (whole.head === undefined) return false;
  return unit.words.some((word) => unitWords.has(word) && !whole.words.includes(word));
}

/** True if the short name is the beginning of the long one. */
function begins(short: PreparedName, long: PreparedName): boolean {
  return (
    short.words.length < long.words.length && short.words.every((word, index) => word === long.words[index])
  );
}

/** True for "IBM" and "International Business Machines", "P&G" and "Procter & Gamble", "3M". */
function isAcronym(short: PreparedName, long: PreparedName): boolean {
  return short.asInitials !== null && long.initials.includes(short.asInitials);
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
