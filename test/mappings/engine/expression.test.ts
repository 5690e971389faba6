import { compileExpression } from '#mappings/engine/expression/expression.ts';
import type { Expression } from '#mappings/engine/expression/expression.ts';
import type { CanonicalValue, FieldType } from '#src/domain/record.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const types: Readonly<Record<string, FieldType>> = {
  Name: 'text',
  Type: 'text',
  Amount: 'decimal',
  Discount: 'decimal',
  Active: 'boolean',
  Close: 'date',
  'assoc:companies': 'reference',
};

function compiled(cel: string): Expression {
  const expression = compileExpression(cel, { side: 'remote', fields: new Map(Object.entries(types)) });
  if ('code' in expression) throw new Error(`${expression.message} ${expression.fix}`);
  return expression;
}

function valueOf(cel: string, record: Readonly<Record<string, CanonicalValue>>): unknown {
  const { fields, evaluate } = compiled(cel);
  const result = evaluate(fields.map((field) => record[field] ?? null));
  return typeof result === 'object' && result !== null ? result.code : result;
}

describe('an expression', () => {
  it.each([
    ['remote.Name + "!"', { Name: 'Acme' }, 'Acme!'],
    ['remote.Active ? "on" : "off"', { Active: true }, 'on'],
    ['remote.Amount * 0.1 + 0.2', { Amount: '1' }, '0.3'],
    ['remote.Amount / 3', { Amount: '1' }, '0.33333333333333333333'],
    ['round(remote.Amount / 3, 2)', { Amount: '2' }, '0.67'],
    ['round(remote.Amount, 1)', { Amount: '-0.25' }, '-0.3'],
    ['remote.Amount > 1000 && remote.Type == "Partner"', { Amount: '1000.01', Type: 'Partner' }, true],
    ['remote.Amount == 2', { Amount: '2' }, true],
    ['remote.Close < "2026-07-01"', { Close: '2026-06-30' }, true],
    ['remote["assoc:companies"]', { 'assoc:companies': '77' }, '77'],
    ['remote.Type in ["Partner", "Reseller"]', { Type: 'Reseller' }, true],
    ['remote.Name.parts(",").map(part, part.trim()).join("; ")', { Name: 'a , b,c' }, 'a; b; c'],
    ['remote.Name.parts(" ")[0]', { Name: 'Anna Meier' }, 'Anna'],
    ['number(remote.Name) + 1', { Name: '1.50' }, '2.5'],
    ['string(remote.Amount) + " EUR"', { Amount: '12.5' }, '12.5 EUR'],
  ] as const)('%s has the expected result', (cel, record, expected) => {
    expect(valueOf(cel, record)).toBe(expected);
  });

  it('treats an empty text as "" and an empty checkbox as false, and is null if it calculates with an empty number', () => {
    expect(valueOf('remote.Name == ""', {})).toBe(true);
    expect(valueOf('remote.Active', {})).toBe(false);
    expect(valueOf('remote.Amount * 2', {})).toBeNull();
    expect(valueOf('filled(remote.Amount) ? remote.Amount : remote.Discount', { Discount: '5' })).toBe('5');
    expect(valueOf('remote.Name + ""', {})).toBeNull();
  });

  it('returns a refusal if it fails on a record, and never throws', () => {
    expect(valueOf('number(remote.Name)', { Name: 'much' })).toBe('expression_failed');
    expect(valueOf('remote.Amount / 0', { Amount: '1' })).toBe('expression_failed');
    expect(valueOf('remote.Name.parts(",")[5]', { Name: 'a' })).toBe('expression_failed');
    expect(valueOf('remote.Name + "x"', { Name: 'x'.repeat(8_001) })).toBe('expression_failed');
    expect(valueOf('remote.Amount * remote.Amount', { Amount: '9'.repeat(900) })).toBe('expression_failed');
  });

  it('calculates exactly, for any numbers', () => {
    const cents = fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n });
    const { fields, evaluate } = compiled('remote.Amount + remote.Discount - remote.Discount');
    fc.assert(
      fc.property(cents, cents, (a, b) => {
        const record: Readonly<Record<string, string>> = { Amount: String(a), Discount: String(b) };
        expect(evaluate(fields.map((field) => record[field] ?? null))).toBe(String(a));
      }),
    );
  });
});

/**
 * No expression can keep a worker busy: an expensive one is refused when it is compiled, before it sees a
 * record.
 */
describe('the limits of an expression', () => {
  const list = 'remote.Name.parts(" ")';

  it.each([
    ['a nested loop over the content of a record', `${list}.exists(a, ${list}.exists(b, a == b))`],
    [
      'three nested loops over three numbers each',
      '[1,2,3].all(a, [1,2,3].all(b, [1,2,3].all(c, a + b == c)))',
    ],
    ['texts doubled in a loop', `${list}.map(a, ${list}.map(b, a + b + a + b).join("")).join("")`],
    ['a replacement by the text itself', 'remote.Name.replace(" ", remote.Name)'],
    ['texts joined very often', Array.from({ length: 140 }, () => 'remote.Name').join(' + ')],
    ['a list of lists', `${list}.map(a, a.parts(","))[0].size() > 1`],
    ['too many operands', Array.from({ length: 400 }, () => '1').join(' + ')],
    ['too many nested brackets', `${'('.repeat(60)}1${')'.repeat(60)}`],
    ['a pattern that never ends', 'remote.Name.matches("(a+)+$")'],
    ['a value that is bound and doubled', 'cel.bind(x, remote.Name, cel.bind(y, x + x, y + y))'],
    ['a field with a calculated name', 'remote[remote.Name] == "x"'],
    ['the whole record', 'type(remote) == type(remote)'],
    ['a map', '{"a": 1}["a"] == 1'],
    ['bytes', 'bytes(remote.Name).size() > 1'],
  ])('refuses %s', (_, cel) => {
    expect(() => compiled(cel)).toThrow(/./);
  });

  it('runs every accepted expression within a quarter of a second on the worst record', () => {
    const worst = { Name: 'a '.repeat(4_000), Type: 'b '.repeat(4_000) };
    const accepted = [
      `${list}.all(a, a != "x" && [1, 2, 3].all(b, b > 0))`,
      `${list}.map(a, a.upperAscii()).filter(a, a != "").join("-")`,
      'remote.Name.replace(" ", "").contains(remote.Type)',
      Array.from({ length: 60 }, () => 'remote.Name').join(' + '),
    ];
    for (const cel of accepted) {
      const { fields, evaluate } = compiled(cel);
      const values = fields.map((field) => worst[field as keyof typeof worst] ?? null);
      evaluate(values);
      const started = performance.now();
      evaluate(values);
      expect(performance.now() - started).toBeLessThan(250);
    }
  });

  it('cannot use JavaScript’s built-in objects', () => {
    for (const cel of [
      'remote.constructor',
      'remote.__proto__',
      'remote["constructor"]',
      'remote.Name.constructor("x")',
      'constructor',
      'globalThis',
    ]) {
      expect(() => compiled(cel)).toThrow(/./);
    }
  });
});
