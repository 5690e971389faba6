import { describe, expect, test } from 'vitest';
import type { JudgedWrite, RuleVerdict } from '#connectors/contract/crm.ts';
import type { JsonValue, RemoteField } from '#connectors/contract/records.ts';
import { fieldsInFormula, parseFormula, type Formula } from '#connectors/salesforce/schema/formula.ts';
import { formulaNames, judgeFormula } from '#connectors/salesforce/schema/judge-formula.ts';

/** `(AND a (= b 1))`, with texts in quotes. */
function shown(formula: Formula): string {
  switch (formula.kind) {
    case 'literal':
      return JSON.stringify(formula.value);
    case 'field':
      return formula.name;
    case 'call':
      return `(${[formula.name, ...formula.args.map(shown)].join(' ')})`;
  }
}

describe('a formula', () => {
  test.each([
    ['a', 'a'],
    ['a OR_b', null],
    ['1.5', '1.5'],
    ['.5', '0.5'],
    ['1.', null],
    ['"it\\"s \\n\\r\\t\\x"', JSON.stringify('it"s \n\r\tx')],
    ["'it\\'s'", '"it\'s"'],
    ['"a\nb"', '"a\\nb"'],
    ['true', 'true'],
    ['FALSE', 'false'],
    ['null', 'null'],
    ['$User.Id', '$User.Id'],
    ['Account.Owner.Name', 'Account.Owner.Name'],
    ['a.', null],
    ['/* no */ a /* of * b */', 'a'],
    ['a = b', '(= a b)'],
    ['a == b', '(= a b)'],
    ['a != b', '(<> a b)'],
    ['a <> b', '(<> a b)'],
    ['a && b', '(AND a b)'],
    ['a || b', '(OR a b)'],
    ['!a', '(NOT a)'],
    ['!!a', '(NOT (NOT a))'],
    ['-a', '(- a)'],
    ['-5', '-5'],
    ['+5', '5'],
    ['+a', 'a'],
    ['--5', '5'],
    ['a - -5', '(- a -5)'],
    ['a || b && c', '(OR a (AND b c))'],
    ['a && b || c', '(OR (AND a b) c)'],
    ['a = b && c', '(AND (= a b) c)'],
    ['a && b = c', '(AND a (= b c))'],
    ['a <> b < c', '(<> a (< b c))'],
    ['a < b = c', '(= (< a b) c)'],
    ['a + b < c', '(< (+ a b) c)'],
    ['a <= b & c', '(<= a (& b c))'],
    ['a > b - c', '(> a (- b c))'],
    ['a >= b', '(>= a b)'],
    ['a * b + c', '(+ (* a b) c)'],
    ['a + b * c', '(+ a (* b c))'],
    ['a / b ^ c', '(/ a (^ b c))'],
    ['a ^ b * c', '(* (^ a b) c)'],
    ['a - b - c', '(- (- a b) c)'],
    ['a = b <> c', '(<> (= a b) c)'],
    ['a < b > c', '(> (< a b) c)'],
    ['a * b / c', '(/ (* a b) c)'],
    ['(a || b) && c', '(AND (OR a b) c)'],
    ['!a = b', '(= (NOT a) b)'],
    ['and(a, Or(b), NOW())', '(AND a (OR b) (NOW))'],
    ['f(a,)', null],
    ['f(,a)', null],
    ['f(a b)', null],
    ['f(a', null],
    ['(a', null],
    ['a)', null],
    ['()', null],
    ['a =', null],
    ['= a', null],
    [',', null],
    ['', null],
    ['"open', null],
    ['a # b', null],
  ])('%j is read as %s', (text, expected) => {
    const formula = parseFormula(text);
    expect(formula && shown(formula)).toBe(expected);
  });

  test('names the fields of the record that it reads, each once', () => {
    const formula = parseFormula('a = 1 && f(b, a, $c.d, e.f, "g", h) && -i = TRUE');
    expect(formula && fieldsInFormula(formula)).toEqual(['a', 'b', 'h', 'i']);
    const parent = parseFormula('Account.Name');
    expect(parent && fieldsInFormula(parent)).toEqual([]);
  });
});

const field = (name: string, type: RemoteField['type']): RemoteField => ({
  name,
  label: name,
  type,
  required: false,
  createable: true,
  updateable: true,
});
const described = formulaNames(
  (['text', 'number', 'boolean', 'date', 'datetime', 'picklist', 'reference'] as const)
    .map((type) => field(type, type))
    .concat(field('Id', 'text'), field('other', 'date')),
);
function judged(
  text: string,
  current: Record<string, JsonValue>,
  write: Partial<JudgedWrite> = {},
): RuleVerdict {
  const formula = parseFormula(text);
  if (!formula) throw new Error(`${text} is not a formula`);
  return judgeFormula(formula, { operation: 'update', fields: {}, current, ...write }, described);
}

describe('a rule refuses what makes its formula true', () => {
  const [yes, no, open] = ['refuses', 'passes', 'unknown'] as const;

  test.each<[string, Record<string, JsonValue>, RuleVerdict]>([
    ['TRUE', {}, yes],
    ['FALSE', {}, no],
    ['NULL', {}, open],
    ['1', {}, open],
    ['TRUE && FALSE', {}, no],
    ['TRUE && TRUE', {}, yes],
    ['TRUE && $x', {}, open],
    ['$x && FALSE', {}, no],
    ['FALSE || TRUE', {}, yes],
    ['FALSE || FALSE', {}, no],
    ['FALSE || $x', {}, open],
    ['$x || TRUE', {}, yes],
    ['AND()', {}, yes],
    ['OR()', {}, no],
    ['NOT(TRUE)', {}, no],
    ['NOT(FALSE)', {}, yes],
    ['NOT($x)', {}, open],
    ['NOT()', {}, open],
    ['UNHEARD(TRUE)', {}, open],
    ['1 = 1', {}, yes],
    ['1 = 2', {}, no],
    ['1 <> 2', {}, yes],
    ['1 <> 1', {}, no],
    ['"a" = "a"', {}, yes],
    ['"a" = "A"', {}, no],
    ['"1" = 1', {}, open],
    ['TRUE = FALSE', {}, no],
    ['1 = NULL', {}, no],
    ['0 = NULL', {}, open],
    ['NULL = NULL', {}, open],
    ['1 < 2', {}, yes],
    ['2 < 2', {}, no],
    ['2 <= 2', {}, yes],
    ['3 <= 2', {}, no],
    ['3 > 2', {}, yes],
    ['2 > 2', {}, no],
    ['2 >= 2', {}, yes],
    ['1 >= 2', {}, no],
    ['"a" < "b"', {}, open],
    ['"2026-01-01" < "2026-01-02"', {}, yes],
    ['"2026-01-01" < "b"', {}, open],
    ['"2026-01-01x" < "2026-01-02"', {}, open],
    ['TRUE > FALSE', {}, open],
  ])('%s with %j: %s', (text, current, verdict) => {
    expect(judged(text, current)).toBe(verdict);
  });

  test.each<[string, JsonValue, RuleVerdict]>([
    ['text = "a"', 'a', yes],
    ['TEXT = "a"', 'a', yes],
    ['Text = "a"', 'b', no],
    ['text = ""', null, yes],
    ['text = ""', '', yes],
    ['text = " a"', ' a', open],
    ['text = "5"', 5, open],
    ['number = 5', 5, yes],
    ['number = 5', '5', yes],
    ['number = 5', 'x', open],
    ['number = 5', null, no],
    ['number = 5', '', no],
    ['number = 0', null, open],
    ['number < 0', null, no],
    ['boolean', true, yes],
    ['boolean', false, no],
    ['boolean', null, no],
    ['boolean', 'true', open],
    ['date < DATE(2026, 6, 1)', '2026-05-31', yes],
    ['date < DATE(2026, 6, 1)', '2026-06-01', no],
    ['date < DATE(2026, 6, 1)', 'soon', open],
    ['date < DATE(2026, 6, 1)', null, open],
    ['date = DATE(26, 12, 31)', '0026-12-31', yes],
    ['date = DATE(2026, 6)', '2026-06-01', open],
    ['date = DATE(2026, 6.5, 1)', '2026-06-01', open],
    ['date = 5', '2026-06-01', open],
    ['datetime = "x"', 'x', open],
    ['picklist = "x"', 'x', open],
    ['reference = "x"', 'x', open],
    ['Id = "x"', 'x', open],
    ['ISPICKVAL(picklist, "x")', 'x', yes],
    ['ISPICKVAL(picklist, "x")', 'y', no],
    ['ISPICKVAL(picklist, "")', null, yes],
    ['ISPICKVAL(picklist, "x")', 5, open],
    ['ISPICKVAL(picklist, 5)', 'x', open],
    ['ISPICKVAL(picklist)', 'x', open],
    ['ISPICKVAL(text, "x")', 'x', open],
    ['TEXT(picklist) = "x"', 'x', yes],
    ['TEXT(text) = "x"', 'x', open],
    ['TEXT() = "x"', 'x', open],
    ['LEN(text) = 3', 'abc', yes],
    ['LEN(text) = 0', null, yes],
    ['LEN(number) = 1', 5, open],
    ['LEN() = 0', null, open],
    ['ISBLANK(text)', null, yes],
    ['ISBLANK(text)', '', yes],
    ['ISBLANK(text)', 'a', no],
    ['ISBLANK(text)', ' ', open],
    ['ISBLANK(number)', null, yes],
    ['ISBLANK(number)', 0, no],
    ['ISBLANK(picklist)', '', yes],
    ['ISBLANK(picklist)', 'x', no],
    ['ISBLANK(reference)', null, yes],
    ['ISBLANK(reference)', 'x', no],
    ['ISBLANK(datetime)', 'x', no],
    ['ISBLANK(boolean)', false, open],
    ['ISBLANK("")', null, yes],
    ['ISBLANK("a")', null, no],
    ['ISBLANK(NULL)', null, yes],
    ['ISBLANK()', null, open],
    ['ISBLANK(unknown)', null, open],
    ['ISNULL(text)', null, no],
    ['ISNULL(text)', 'a', no],
    ['ISNULL(number)', null, yes],
    ['ISNULL(number)', 5, no],
    ['ISNULL("")', null, yes],
    ['ISNULL()', null, open],
    ['ISNEW()', null, no],
    ['ISCHANGED(text)', 'a', no],
    ['ISCHANGED()', null, open],
    ['ISCHANGED(unknown)', null, open],
  ])('%s, where every field holds %j: it %s', (text, value, verdict) => {
    const current = Object.fromEntries([...described.values()].map(({ name }) => [name, value]));
    expect(judged(text, current)).toBe(verdict);
  });

  test('by the written value rather than by the current one, and not by a value that it does not know', () => {
    const write = { fields: { number: 2 } };
    expect(judged('number = 2', { number: 1 }, write)).toBe(yes);
    expect(judged('number = 1', { number: 1 }, write)).toBe(no);
    expect(judged('number = 1', {})).toBe(open);
    expect(judged('ISCHANGED(number)', { number: 1 }, write)).toBe(open);
    expect(judged('ISNEW()', {}, { operation: 'upsert' })).toBe(open);
    expect(judged('ISCHANGED(number)', { number: 1 }, { operation: 'upsert' })).toBe(open);
  });

  test('only where an empty number as nothing and as zero agree', () => {
    const empty = { number: null };
    expect(
      ['number < 0', 'number > 0', 'number <= 0', 'number <> 0', '0 > number'].map((text) =>
        judged(text, empty),
      ),
    ).toEqual([no, no, open, no, no]);
    expect(judged('number < 1 && text = "x"', { ...empty, text: 'y' })).toBe(no);
    expect(judged('text = number', { ...empty, text: '' })).toBe(open);
    expect(judged('number = number', empty)).toBe(open);
  });
});
