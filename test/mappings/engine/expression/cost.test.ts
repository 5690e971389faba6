import { describe, expect, it } from 'vitest';
import { compileExpression } from '#mappings/engine/expression/expression.ts';
import type { FieldType } from '#src/domain/record.ts';

const fields = new Map<string, FieldType>([
  ['Name', 'text'],
  ['Type', 'text'],
  ['Active', 'boolean'],
]);
const refusalOf = (cel: string): string | null => {
  const result = compileExpression(cel, { side: 'remote', fields });
  if (!('code' in result)) return null;
  expect(result.code).toBe('expression_unbounded');
  expect(result.fix).toBe('Use fewer nested loops, or join fewer texts.');
  return result.message;
};
const times = (count: number, text: string, between: string): string =>
  Array.from({ length: count }, () => text).join(between);
const list = 'remote.Name.parts(" ")';
const letters = (count: number): string => Array.from({ length: count }, (_, n) => `"${n}"`).join(', ');
const tooLarge = (characters: number): string =>
  `The expression could create a text of ${characters} characters; 1000000 are allowed.`;
const tooLong = (steps: number): string =>
  `The expression could take ${steps} steps on one record; 50000 are allowed.`;

/**
 * A field has at most 8,000 characters, and `parts` gives at most 100 parts. The numbers follow from that.
 */
describe('the size of a text that an expression could create', () => {
  it.each<[string, string, string | null]>([
    ['60 fields', times(60, 'remote.Name', ' + '), null],
    ['one character more', `remote.Name.replace(" ", "${'x'.repeat(125)}") + "x"`, tooLarge(1_000_001)],
    ['a separator of 9,920 characters', `${list}.join("${'x'.repeat(9_920)}")`, null],
    ['a separator of 9,921 characters', `${list}.join("${'x'.repeat(9_921)}")`, tooLarge(1_000_100)],
    ['a replacement by 125 characters', `remote.Name.replace(" ", "${'x'.repeat(125)}")`, null],
    [
      'a replacement by 126 characters',
      `remote.Name.replace(" ", "${'x'.repeat(126)}")`,
      tooLarge(1_008_000),
    ],
    ['a replacement by nothing', 'remote.Name.replace(" ", "")', null],
    ['each part once', `${list}.map(a, a).join("")`, null],
    ['each part twice', `${list}.map(a, a + a).join("")`, tooLarge(1_600_000)],
    [
      'a loop in a loop',
      `${list}.map(a, ${list}.map(b, a + b + a + b).join("")).join("")`,
      tooLarge(3_200_000),
    ],
    ['a list with one more element', `(${list} + ["x"]).join("${'x'.repeat(9_822)}")`, tooLarge(1_000_023)],
    ['a choice of two texts', 'remote.Active ? remote.Name : remote.Type', null],
    [
      'a choice of two lists',
      `(remote.Active ? ${list} : ["x"]).join("${'x'.repeat(9_921)}")`,
      tooLarge(1_000_100),
    ],
    ['a filtered list', `${list}.filter(a, a != "").join("${'x'.repeat(9_921)}")`, tooLarge(1_000_100)],
    ['elements of a list', `${list}[0] + ${list}[1]`, null],
    ['a list of three texts', `["a", "b", "c"].map(a, a + remote.Name).join("")`, null],
  ])('by %s', (_case, cel, message) => {
    expect(refusalOf(cel)).toBe(message);
  });
});

describe('the steps that an expression could take', () => {
  it.each<[string, string, string | null]>([
    ['17 searches in each part', `${list}.all(a, ${times(17, 'a.contains("x")', ' && ')})`, null],
    ['18 searches in each part', `${list}.all(a, ${times(18, 'a.contains("x")', ' && ')})`, tooLong(52_312)],
    ['49 texts for each part', `${list}.all(a, ${times(49, 'a', ' + ')} != "")`, null],
    ['50 texts for each part', `${list}.all(a, ${times(50, 'a', ' + ')} != "")`, tooLong(50_312)],
    ['33 comparisons for each part', `${list}.exists(a, [${letters(33)}].exists(b, a == b))`, null],
    [
      '34 comparisons for each part',
      `${list}.exists(a, [${letters(34)}].exists(b, a == b))`,
      tooLong(51_212),
    ],
    [
      '14 look-ups for each part',
      `${list}.exists(a, [${letters(14)}].exists(b, a in ["1", "2"] && b == "x"))`,
      null,
    ],
    [
      '15 look-ups for each part',
      `${list}.exists(a, [${letters(15)}].exists(b, a in ["1", "2"] && b == "x"))`,
      tooLong(52_712),
    ],
    ['each part with each other', `${list}.exists(a, ${list}.exists(b, a == b))`, tooLong(211_312)],
    ['a look-up in a list', `remote.Name in ${list}`, null],
  ])('by %s', (_case, cel, message) => {
    expect(refusalOf(cel)).toBe(message);
  });
});

it('loops are nested twice at most, and lists never', () => {
  expect(refusalOf('[1].all(a, [1].all(b, a == b))')).toBeNull();
  expect(refusalOf('[1].all(a, [1].all(b, [1].all(c, a + b == c)))')).toBe(
    'The expression has 3 nested loops; 2 are allowed.',
  );
  for (const cel of [`[${list}].size() == 1`, `${list}.map(a, a.parts(",")).size() > 1`])
    expect(refusalOf(cel)).toBe('The expression makes a list of lists.');
});
