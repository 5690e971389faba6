import type { MatchEvidence, NormalisedCompany } from './company.ts';
import { fillers, isPartWord, isTelling } from './name-words.ts';
import { trigramSimilarity } from './trigram.ts';
import { isTypo } from './typo.ts';

export type NameLevel = MatchEvidence['level'] | 'other_number';

/**
 * How alike two names are:
 * `exact` the same words · `strong` the same but for order or slips · `close` the same but for words that name a part of a
 * group · `weak` one name begins with all of the other · `other_number` "Fund III" and "Fund IV" · `missing` a name without words.
 */
export function compareNames(left: NormalisedCompany, right: NormalisedCompany): NameLevel {
  if (!hasWords(left.core) || !hasWords(right.core)) return 'missing';
  if (left.core === right.core) return 'exact';
  const a = significant(left.tokens);
  const b = significant(right.tokens);
  if (numbersDiffer(a, b)) return 'other_number';
  if (a.join('') === b.join('')) return 'exact';
  return alignedLevel(a, b) ?? (trigramSimilarity(left.core, right.core) >= 0.8 ? 'weak' : 'different');
}

/** The core of a name without letters or digits is only a placeholder. */
function hasWords(core: string): boolean {
  return /[a-z0-9]/.test(core);
}

function alignedLevel(a: readonly string[], b: readonly string[]): NameLevel | null {
  const { slips, equal, restLeft, restRight } = align(a, b);
  const contained = restLeft.length === 0 || restRight.length === 0;
  if (restLeft.length === 0 && restRight.length === 0) return slips === 0 || canHoldSlips(slips, a, b) ? 'strong' : 'weak';
  if (!equal.some(isTelling)) return null;
  if ([...restLeft, ...restRight].every(isPartWord)) return 'close';
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return contained && short.every((word, index) => word === long[index]) ? 'weak' : null;
}

/** A slip in a short name (Capita, Capital) is as likely another name. */
function canHoldSlips(slips: number, a: readonly string[], b: readonly string[]): boolean {
  return slips <= Math.max(1, a.length / 2) && Math.max(a.join('').length, b.join('').length) >= 8;
}

/** Pairs words off: first the equal ones, then slips, then what is one word here and two there ("data dog", "datadog"). */
function align(a: readonly string[], b: readonly string[]): { slips: number; equal: string[]; restLeft: string[]; restRight: string[] } {
  const equals = pairOff(a, b, (left, right) => left === right);
  const typos = pairOff(equals.restLeft, equals.restRight, isTypo);
  const { restLeft, restRight } = typos;
  const slips = typos.paired.length;
  const joined = restLeft.join('');
  const split = joined !== '' && joined === restRight.join('');
  return split
    ? { slips, equal: [...equals.paired, joined], restLeft: [], restRight: [] }
    : { slips, equal: equals.paired, restLeft, restRight };
}

function pairOff(
  a: readonly string[],
  b: readonly string[],
  alike: (left: string, right: string) => boolean,
): { paired: string[]; restLeft: string[]; restRight: string[] } {
  const restRight = [...b];
  const paired: string[] = [];
  const restLeft = a.filter((left) => {
    const at = restRight.findIndex((right) => alike(left, right));
    if (at < 0) return true;
    restRight.splice(at, 1);
    paired.push(left);
    return false;
  });
  return { paired, restLeft, restRight };
}

/** Without fillers (unless nothing else is there) and with Roman numerals after the first word as digits. */
function significant(tokens: readonly string[]): readonly string[] {
  const numbered = tokens.map((token, index) => (index > 0 ? arabic(token) : token));
  const words = numbered.filter((token) => !fillers.has(token));
  return words.length === 0 ? numbered : words;
}

function arabic(token: string): string {
  const [whole, tens = '', units = ''] = /^(x{0,3})(ix|iv|v?i{0,3})$/.exec(token) ?? [];
  if (whole === undefined || whole === '') return token;
  const ones: Readonly<Record<string, number>> = { ix: 9, iv: 4 };
  const value = tens.length * 10 + (ones[units] ?? (units.startsWith('v') ? 4 + units.length : units.length));
  return String(value);
}

function numbersDiffer(a: readonly string[], b: readonly string[]): boolean {
  const numbers = [a, b].map((words) =>
    words
      .filter((word) => /^\d+$/.test(word))
      .toSorted()
      .join(' '),
  );
  return numbers[0] !== '' && numbers[1] !== '' && numbers[0] !== numbers[1];
}
