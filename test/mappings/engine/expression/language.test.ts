import { describe, expect, it } from 'vitest';
import { compileExpression } from '#mappings/engine/expression/expression.ts';
import { fieldsRead } from '#mappings/engine/expression/syntax.ts';
import type { CanonicalValue, FieldType } from '#src/domain/record.ts';

const types: Readonly<Record<string, FieldType>> = {
  Name: 'text',
  Type: 'text',
  Amount: 'decimal',
  Discount: 'decimal',
  Active: 'boolean',
  Close: 'date',
  At: 'instant',
  Ref: 'reference',
  'extra.size': 'text',
  'extra.count': 'decimal',
};
const record: Readonly<Record<string, CanonicalValue>> = {
  Name: 'Acme, Corp',
  Type: 'Partner',
  Amount: '12.5',
  Discount: '2',
  Active: true,
  Close: '2026-06-30',
  At: '2026-06-30T10:00:00.000Z',
  Ref: '77',
  'extra.size': 'L',
  'extra.count': '3',
};
const context = { side: 'remote', fields: new Map(Object.entries(types)) } as const;

/** The type of an expression and its value on the record, or the message and fix of its refusal. */
function resultOf(cel: string, given: Readonly<Record<string, CanonicalValue>> = record): unknown {
  const expression = compileExpression(cel, context);
  if ('code' in expression) return [expression.code, expression.message, expression.fix];
  const value = expression.evaluate(expression.fields.map((field) => given[field] ?? null));
  return typeof value === 'object' && value !== null
    ? [value.code, value.message, value.fix]
    : [expression.gives, value];
}

describe('an expression', () => {
  it.each<[string, string]>([
    ['remote.Amount + remote.Discount', '14.5'],
    ['remote.Amount - remote.Discount', '10.5'],
    ['remote.Amount * remote.Discount', '25'],
    ['remote.Amount / remote.Discount', '6.25'],
    ['remote.Amount + 1', '13.5'],
    ['1 + remote.Amount', '13.5'],
    ['remote.Amount + 0.5', '13'],
    ['0.5 + remote.Amount', '13'],
    ['remote.Amount - 1', '11.5'],
    ['1 - remote.Amount', '-11.5'],
    ['0.5 - remote.Amount', '-12'],
    ['2 * remote.Amount', '25'],
    ['remote.Amount * 0.1', '1.25'],
    ['remote.Amount / 4', '3.125'],
    ['25 / remote.Amount', '2'],
    ['1 / remote.extra.count', '0.33333333333333333333'],
    ['2 / remote.extra.count', '0.66666666666666666667'],
    ['-2 / remote.extra.count', '-0.66666666666666666667'],
    ['remote.Amount / -4', '-3.125'],
    ['round(remote.Amount, 0)', '13'],
    ['round(0 - remote.Amount, 0)', '-13'],
    ['round(remote.Amount, 1)', '12.5'],
    ['round(remote.Amount, 5)', '12.5'],
    ['round(remote.Amount / 8, 2)', '1.56'],
    ['number("1.50")', '1.5'],
    ['number(2)', '2'],
    ['number(2.50)', '2.5'],
    ['size(remote.Name)', '10'],
    ['1 + 1', '2'],
    ['7 % 4', '3'],
    ['1.5 + 1.5', '3'],
    ['-3', '-3'],
    ['remote.Name.indexOf("C")', '6'],
    ['remote.Name.lastIndexOf("o")', '7'],
    ['remote.Name.size()', '10'],
    ['remote.Name.parts(", ").size()', '2'],
    ['remote.extra.count + 1', '4'],
  ])('calculates %s as %s', (cel, value) => {
    expect(resultOf(cel)).toEqual(['decimal', value]);
  });

  it.each<[string, boolean]>([
    ['remote.Amount == 12.5', true],
    ['remote.Amount == remote.Discount', false],
    ['remote.Amount == 12', false],
    ['12.5 == remote.Amount', true],
    ['remote.Amount != 12', true],
    ['remote.Amount < 12.5', false],
    ['remote.Amount < 12.51', true],
    ['remote.Amount <= 12.5', true],
    ['remote.Amount <= 12.49', false],
    ['remote.Amount > 12.5', false],
    ['remote.Amount > 12.49', true],
    ['remote.Amount >= 12.5', true],
    ['remote.Amount >= 12.51', false],
    ['12 < remote.Amount', true],
    ['13 <= remote.Amount', false],
    ['12 > remote.Amount', false],
    ['13 >= remote.Amount', true],
    ['filled(remote.Amount)', true],
    ['filled(remote.Name)', true],
    ['filled("")', false],
    ['!remote.Active', false],
    ['remote.Active && false', false],
    ['remote.Active || false', true],
    ['remote.Name.startsWith("Acme")', true],
    ['remote.Name.endsWith("x")', false],
    ['remote.Name.contains("me,")', true],
    ['remote.Name.parts(", ").all(p, p != "")', true],
    ['remote.Name.parts(", ").exists(p, p == "Corp")', true],
    ['remote.Name.parts(", ").exists_one(p, p.size() == 4)', false],
    ['"a" in ["a"]', true],
  ])('decides %s: %s', (cel, value) => {
    expect(resultOf(cel)).toEqual(['boolean', value]);
  });

  it.each<[string, string | null]>([
    ['string(remote.Amount)', '12.5'],
    ['remote.Active ? "a" : "b"', 'a'],
    ['remote.Name.substring(0, 4)', 'Acme'],
    ['remote.Name.substring(6)', 'Corp'],
    ['" a ".trim() + "b"', 'ab'],
    ['" a "', ' a'.trim()],
    ['" "', null],
    ['remote.Name.lowerAscii()', 'acme, corp'],
    ['remote.Name.upperAscii()', 'ACME, CORP'],
    ['remote.Name.replace("c", "$&")', 'A$&me, Corp'],
    ['remote.Name.replace("", "x")', 'Acme, Corp'],
    ['remote.Name.parts(", ")[1]', 'Corp'],
    ['remote.Name.parts(", ").join("-")', 'Acme-Corp'],
    ['remote.Name.parts(", ").join()', 'AcmeCorp'],
    ['remote.Name.parts(", ").map(p, p + "!").join("")', 'Acme!Corp!'],
    ['remote.Name.parts(", ").filter(p, p == "Corp").join("")', 'Corp'],
    ['remote.Close + "!"', '2026-06-30!'],
    ['remote.At', '2026-06-30T10:00:00.000Z'],
    ['remote.Ref', '77'],
    ['remote.extra.size', 'L'],
    ['remote["extra"]["size"]', 'L'],
    ['remote["Name"]', 'Acme, Corp'],
  ])('gives the text %s: %s', (cel, value) => {
    expect(resultOf(cel)).toEqual(['text', value]);
  });

  it('treats empty fields as an empty text and as false, and is empty where it calculates with an empty number', () => {
    expect(resultOf('remote.Name == "" && remote.Close == "" && !remote.Active', {})).toEqual([
      'boolean',
      true,
    ]);
    expect(resultOf('filled(remote.Amount) || filled(remote.Name)', {})).toEqual(['boolean', false]);
    expect(resultOf('number("") + 1')).toEqual(['decimal', null]);
    for (const cel of ['remote.Amount', 'remote.Amount + 1', '1 + remote.Amount', 'round(remote.Amount, 1)'])
      expect(resultOf(cel, {})).toEqual(['decimal', null]);
    expect(resultOf('remote.Amount < 1', {})).toEqual(['boolean', null]);
    expect(resultOf('string(remote.Amount)', {})).toEqual(['text', null]);
  });

  it('splits a text into at most 100 parts, the last one with the rest', () => {
    const given = { Name: Array.from({ length: 101 }, (_, n) => n).join(' ') };
    expect(resultOf('remote.Name.parts(" ").size()', given)).toEqual(['decimal', '100']);
    expect(resultOf('remote.Name.parts(" ")[99]', given)).toEqual(['text', '99 100']);
    expect(resultOf('remote.Name.parts(" ")[98]', given)).toEqual(['text', '98']);
    const hundred = { Name: Array.from({ length: 100 }, (_, n) => n).join(' ') };
    expect(resultOf('remote.Name.parts(" ")[99]', hundred)).toEqual(['text', '99']);
  });

  it.each<[string, Readonly<Record<string, CanonicalValue>>, string]>([
    ['remote.Amount / 0', record, 'a division by zero'],
    ['number("x")', record, '"x" is not a number'],
    ['remote.Name + "x"', { Name: 'x'.repeat(8_001) }, 'a text has more than 8000 characters'],
    ['remote.Amount + 1', { Amount: '9'.repeat(1_001) }, 'a number has more than 1000 digits'],
    ['remote.Amount * remote.Amount', { Amount: '9'.repeat(501) }, 'a number has more than 1000 digits'],
    [
      'remote.Amount * remote.Amount',
      { Amount: `0.${'0'.repeat(500)}1` },
      'a number has more than 1000 digits',
    ],
  ])('fails on a record: %s with %j', (cel, given, reason) => {
    expect(resultOf(cel, given)).toEqual([
      'expression_failed',
      `The expression fails on this record: ${reason}.`,
      'Change the expression so that it handles such records.',
    ]);
  });

  it('handles texts of 8,000 characters and numbers of 1,000 digits', () => {
    expect(resultOf('size(remote.Name)', { Name: 'x'.repeat(8_000) })).toEqual(['decimal', '8000']);
    expect(resultOf('remote.Amount - 1', { Amount: '9'.repeat(1_000) })).toEqual([
      'decimal',
      `${'9'.repeat(999)}8`,
    ]);
    expect(resultOf('remote.Amount * remote.Amount', { Amount: `1${'0'.repeat(499)}` })).toEqual([
      'decimal',
      `1${'0'.repeat(998)}`,
    ]);
  });
});

describe('an expression that is refused says what is wrong and what to write', () => {
  const parts = 'Correct this part.';
  const methods =
    'Use one of: startsWith, endsWith, contains, indexOf, lastIndexOf, substring, trim, lowerAscii, upperAscii, size, replace, parts, join, all, exists, exists_one, map, filter.';
  const functions = 'Use one of: size, string, number, round, filled.';
  const results = 'Change it so that the result is a text, a number, or true or false.';

  it.each<[string, string, string]>([
    ['', 'The expression cannot be parsed at its end: Unexpected token: EOF.', parts],
    ['remote.Name +', 'The expression cannot be parsed at its end: Unexpected token: EOF.', parts],
    ['((1', 'The expression cannot be parsed at its end: Expected RPAREN, got EOF.', parts],
    ['remote.Name ~ 2', 'The expression cannot be parsed at "~": Unexpected character: ~.', parts],
    ['{"a": 1}["a"] == 1', 'The expression cannot be parsed at "\\"": Exceeded maxMapEntries (0).', parts],
    [
      'remote.Name == 1',
      'The expression is not valid at "remote.Name == 1": "==" does not work between a text and a whole number.',
      parts,
    ],
    [
      'remote.Name + remote.Active',
      'The expression is not valid at "remote.Name + remote.Active": "+" does not work between a text and true or false.',
      parts,
    ],
    [
      'remote.Active + 1',
      'The expression is not valid at "remote.Active + 1": "+" does not work between true or false and a whole number.',
      parts,
    ],
    [
      'remote.Name < 1.5',
      'The expression is not valid at "remote.Name < 1.5": "<" does not work between a text and a number.',
      parts,
    ],
    [
      'remote.Amount + "x"',
      'The expression is not valid at "remote.Amount + \\"x\\"": "+" does not work between a number and a text.',
      parts,
    ],
    ['-remote.Amount', 'The expression is not valid at "-remote.Amount": no such overload: -number.', parts],
    ['remote.Nam', 'The expression uses remote.Nam, which does not exist.', 'Did you mean remote.Name?'],
    [
      'remote.Zzzzzzzz',
      'The expression uses remote.Zzzzzzzz, which does not exist.',
      'Choose another field.',
    ],
    [
      'remote.extra.siz',
      'The expression uses remote.extra.siz, which does not exist.',
      'Did you mean remote.extra.size?',
    ],
    [
      'ours.name',
      'Expressions cannot use "ours".',
      'Write remote.<field>: a line that reads uses the CRM’s record.',
    ],
    ['remote', 'The result of the expression is a $remote, which no field can store.', results],
    ['[1]', 'The result of the expression is a list<int>, which no field can store.', results],
    ['null', 'The result of the expression is a null, which no field can store.', results],
    [
      'remote[remote.Name] == "x"',
      'Expressions cannot use "remote[…]".',
      'Name the field in quotes: remote["Name"].',
    ],
    [
      'has(remote.Name)',
      'Expressions cannot use "has".',
      'Use filled(…) to check whether a field has a value.',
    ],
    [
      'remote.Name.matches("a")',
      'Expressions cannot use "matches".',
      'Use startsWith, endsWith or contains. Patterns are not available.',
    ],
    [
      'remote.Name.split(",").size()',
      'Expressions cannot use "split".',
      'Use parts(…), which returns at most 100 parts.',
    ],
    ['remote.Name.length()', 'Expressions cannot use "length".', 'Use size().'],
    ['remote.Name.toLowerCase()', 'Expressions cannot use "toLowerCase".', 'Use lowerAscii().'],
    ['remote.Name.toUpperCase()', 'Expressions cannot use "toUpperCase".', 'Use upperAscii().'],
    ['remote.Name.uperAscii()', 'Expressions cannot use "uperAscii".', 'Did you mean upperAscii?'],
    ['remote.Name.foo()', 'Expressions cannot use "foo".', methods],
    ['foo(1)', 'Expressions cannot use "foo".', functions],
    ['type(1)', 'Expressions cannot use "type".', functions],
    ['sizze(remote.Name)', 'Expressions cannot use "sizze".', 'Did you mean size?'],
  ])('%s', (cel, message, fix) => {
    expect(resultOf(cel)).toEqual(['expression_wrong', message, fix]);
  });

  it('when it writes and uses the CRM’s record', () => {
    const written = compileExpression('remote.Name', { side: 'ours', fields: new Map([['name', 'text']]) });
    expect(written).toEqual({
      code: 'expression_wrong',
      message: 'Expressions cannot use "remote".',
      fix: 'Write ours.<field>: a line that writes uses our record.',
    });
    const expression = compileExpression('ours.name', { side: 'ours', fields: new Map([['name', 'text']]) });
    expect('fields' in expression && [expression.fields, expression.evaluate(['a'])]).toEqual([
      ['name'],
      'a',
    ]);
  });
});

describe('the fields that an expression reads', () => {
  it.each<[string, readonly string[]]>([
    ['remote.b + remote.a + remote.b', ['b', 'a']],
    ['remote["assoc:companies"]', ['assoc:companies']],
    ['remote.extra.region + remote.extra.size', ['extra.region', 'extra.size']],
    ['remote.a.parts(",").map(x, x + remote.b).join(remote.c)', ['a', 'b', 'c']],
    ['ours.a + other.b', []],
    ['remote[0]', []],
    ['remote.', []],
    ['', []],
  ])('of %s are %j', (cel, fields) => {
    expect(fieldsRead(cel, 'remote')).toEqual(fields);
  });

  it('are those of the side that it may use', () => {
    expect(fieldsRead('remote.a + ours.b', 'ours')).toEqual(['b']);
  });
});
