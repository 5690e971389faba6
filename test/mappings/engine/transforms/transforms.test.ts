import { describe, expect, it } from 'vitest';
import { isRefusal } from '#mappings/engine/refusal.ts';
import {
  buildTransform,
  catalogue,
  defaultTransform,
  stepNames,
  transformNames,
  transformSteps,
  type ValueSpec,
} from '#mappings/engine/transform.ts';
import { combinationHelp, isCombination, sourcesOf } from '#mappings/engine/transforms/combination.ts';
import type { RemoteType } from '#mappings/engine/transforms/definition.ts';
import { extraTypes, type CanonicalValue } from '#src/domain/record.ts';

const codeOr = (result: unknown): unknown => (isRefusal(result) ? result.code : result);
const anyType = 'text picklist number boolean date datetime reference';
const money = { name: 'currency', code: 'EUR', format: '1.234,56' } as const;
const lookup: ValueSpec = { name: 'lookup', map: { New: 'new', Fresh: 'new', Old: 'renewal' } };

describe('each transform', () => {
  /** What it fills; what it reads from; what it writes to, or null; what a round trip loses, or null. */
  it.each<[ValueSpec, string, string, string | null, string | null]>([
    [{ name: 'text' }, 'text', anyType, 'text picklist', null],
    [{ name: 'trim' }, 'text', 'text picklist', 'text picklist', null],
    [{ name: 'upper' }, 'text', 'text picklist', 'text picklist', null],
    [{ name: 'lower' }, 'text', 'text picklist', 'text picklist', null],
    [{ name: 'title' }, 'text', 'text picklist', 'text picklist', null],
    [{ name: 'cut', length: 10 }, 'text', 'text picklist', 'text picklist', 'the text after 10 characters'],
    [{ name: 'split', separator: ' ', part: 1 }, 'text', 'text picklist', null, 'the other parts'],
    [{ name: 'replace', find: '-', with: '/' }, 'text', 'text picklist', 'text picklist', 'every "-"'],
    [{ name: 'decimal' }, 'decimal', 'number text', 'number text', null],
    [{ name: 'decimal', format: '1,234.56' }, 'decimal', 'text picklist', 'text', null],
    [money, 'decimal', 'text picklist', 'text', null],
    [{ name: 'scale', by: '100' }, 'decimal', 'number text', 'number text', null],
    [{ name: 'round', places: 2 }, 'decimal', 'number text', 'number text', 'all but 2 decimals'],
    [{ name: 'date' }, 'date', 'date datetime text number', 'date text', null],
    [{ name: 'date', format: 'DD/MM/YYYY' }, 'date', 'text picklist', 'text', null],
    [{ name: 'date', zone: 'Europe/Berlin' }, 'date', 'datetime date text number', null, 'the time of day'],
    [{ name: 'instant' }, 'instant', 'datetime text number', 'datetime text', null],
    [{ name: 'instant', zone: 'UTC' }, 'instant', 'text datetime', null, 'the written form of the time'],
    [{ name: 'domain' }, 'text', 'text picklist', 'text picklist', null],
    [{ name: 'country' }, 'text', 'text picklist', 'text picklist', null],
    [{ name: 'phone' }, 'text', 'text number', 'text', null],
    [{ name: 'email' }, 'text', 'text picklist', 'text picklist', null],
    [{ name: 'boolean' }, 'boolean', 'boolean text picklist', 'boolean', null],
    [
      { name: 'equals', values: ['A'] },
      'boolean',
      'text picklist number boolean',
      null,
      'the original value',
    ],
    [
      lookup,
      'text',
      'text picklist number boolean',
      'text picklist',
      'the difference between "Fresh" and "New"',
    ],
    [
      { name: 'lookup', map: { A: true, B: 'b' } },
      '',
      'text picklist number boolean',
      'text picklist',
      'the values of Fairway that it does not list',
    ],
    [
      { name: 'lookup', map: { A: true }, otherwise: 'x' },
      '',
      'text picklist number boolean',
      'text picklist',
      'the values that it does not list',
    ],
    [
      { name: 'lookup', map: { A: true }, otherwise: null },
      'boolean',
      'text picklist number boolean',
      'text picklist',
      'the values that it does not list',
    ],
    [
      { name: 'lookup', map: { A: 'a' }, otherwiseRemote: 'B' },
      'text',
      'text picklist number boolean',
      'text picklist',
      null,
    ],
    [{ name: 'reference' }, 'reference', 'reference text number', 'reference text', null],
  ])('%j fills %s, reads from %s, writes to %s and loses %s', (spec, fills, readsFrom, to, loses) => {
    const transform = buildTransform(spec);
    expect([
      transform.fills.join(' '),
      transform.readsFrom.join(' '),
      transform.write?.to.join(' ') ?? null,
      transform.loses,
    ]).toEqual([fills, readsFrom, to, loses]);
  });

  it('lists the values that a lookup and a comparison know', () => {
    expect(buildTransform({ name: 'equals', values: ['A', 'B'] }).listedValues).toEqual({
      values: ['A', 'B'],
      others: 'accepted',
      sameCase: false,
    });
    const { listedValues, writtenValues, filledValues } = buildTransform({
      ...lookup,
      otherwiseRemote: 'Other',
    });
    expect(listedValues).toEqual({ values: ['New', 'Fresh', 'Old'], others: 'refused', sameCase: true });
    expect(writtenValues?.toSorted()).toEqual(['New', 'Old', 'Other']);
    expect(filledValues).toEqual(['new', 'renewal']);
    const open = buildTransform({ ...lookup, otherwise: 'x', otherwiseRemote: null });
    expect([open.listedValues?.others, open.filledValues, open.writtenValues?.toSorted()]).toEqual([
      'accepted',
      ['new', 'renewal', 'x'],
      ['New', 'Old'],
    ]);
  });

  it('is named after the type of a field that has no steps', () => {
    expect([...extraTypes, 'reference' as const].map((type) => defaultTransform(type))).toEqual(
      [...extraTypes, 'reference'].map((name) => ({ name })),
    );
  });
});

describe('reading', () => {
  it.each<[ValueSpec, unknown, unknown]>([
    [{ name: 'text' }, ' a\r\nb ', 'a\nb'],
    [{ name: 'text' }, 'a\rb', 'a\rb'],
    [{ name: 'text' }, 5, '5'],
    [{ name: 'text' }, false, 'false'],
    [{ name: 'text' }, undefined, null],
    [{ name: 'text' }, [], 'not_text'],
    [{ name: 'trim' }, ' a  \n b ', 'a b'],
    [{ name: 'trim' }, ' ', null],
    [{ name: 'trim' }, {}, 'not_text'],
    [{ name: 'upper' }, 'aß', 'ASS'],
    [{ name: 'lower' }, 'AÄ', 'aä'],
    [{ name: 'title' }, 'anna-maria mcDonald (gmbh)/ag éa', 'Anna-Maria McDonald (Gmbh)/Ag Éa'],
    [{ name: 'title' }, 'DR. who', 'DR. Who'],
    [{ name: 'cut', length: 3 }, 'abcd', 'abc'],
    [{ name: 'cut', length: 3 }, 'ab cd', 'ab'],
    [{ name: 'cut', length: 3 }, 'ab😀', 'ab'],
    [{ name: 'cut', length: 4 }, 'ab😀', 'ab😀'],
    [{ name: 'split', separator: ',', part: 1 }, 'a , b', 'a'],
    [{ name: 'split', separator: ',', part: 2 }, 'a , b', 'b'],
    [{ name: 'split', separator: ',', part: 3 }, 'a , b', null],
    [{ name: 'split', separator: ',', part: -1 }, 'a , b', 'b'],
    [{ name: 'split', separator: ',', part: -2 }, 'a , b', 'a'],
    [{ name: 'split', separator: ',', part: -3 }, 'a , b', null],
    [{ name: 'replace', find: 'a', with: '$&' }, 'aba', '$&b$&'],
    [{ name: 'replace', find: 'a', with: '' }, 'aa', null],
    [{ name: 'replace', find: 'a', with: ' ' }, 'aba', 'b'],
    [{ name: 'decimal', format: '1,234.56' }, '1,234,567.80', '1234567.8'],
    [{ name: 'decimal', format: '1,234.56' }, '1234567.80', '1234567.8'],
    [{ name: 'decimal', format: '1,234.56' }, '-1,234', '-1234'],
    [{ name: 'decimal', format: '1,234.56' }, '+5', '5'],
    [{ name: 'decimal', format: '1,234.56' }, '−5', '-5'],
    [{ name: 'decimal', format: '1,234.56' }, '1,23', 'not_a_number'],
    [{ name: 'decimal', format: '1,234.56' }, '1234,567', 'not_a_number'],
    [{ name: 'decimal', format: '1,234.56' }, '1.234,56', 'not_a_number'],
    [{ name: 'decimal', format: '1,234.56' }, '5.', 'not_a_number'],
    [{ name: 'decimal', format: '1,234.56' }, 5, 'not_a_number'],
    [{ name: 'decimal', format: '1,234.56' }, ' ', null],
    [{ name: 'decimal', format: '1,234.56' }, undefined, null],
    [{ name: 'decimal', format: '1,234.56' }, null, null],
    [{ name: 'decimal', format: '1.234,56' }, '1.234,5', '1234.5'],
    [{ name: 'decimal', format: '1.234,56' }, '1x234', 'not_a_number'],
    [{ name: 'decimal', format: '1 234,56' }, '1\u00A0234,5', '1234.5'],
    [{ name: 'decimal', format: '1 234,56' }, '1\u202F234,5', '1234.5'],
    [{ name: 'decimal', format: "1'234.56" }, '1’234.5', '1234.5'],
    [{ name: 'decimal', format: "1'234.56" }, "1'234.5", '1234.5'],
    [money, 'EUR 1.234,50', '1234.5'],
    [money, '1.234,50 €', '1234.5'],
    [money, '€1.234,50', '1234.5'],
    [money, '-€ 5', '-5'],
    [money, '- 5 eur', '-5'],
    [money, '5', '5'],
    [money, 'USD 5', 'not_an_amount'],
    [money, '1,234.50', 'not_an_amount'],
    [money, 5, 'not_a_number'],
    [money, '', null],
    [{ name: 'currency', code: 'USD', format: '1,234.56' }, '$5.50', '5.5'],
    [{ name: 'currency', code: 'CAD', format: '1,234.56' }, 'CA$5.50', '5.5'],
    [{ name: 'scale', by: '100' }, '0.155', '15.5'],
    [{ name: 'scale', by: '0.01' }, 1234, '12.34'],
    [{ name: 'scale', by: '1000' }, '1', '1000'],
    [{ name: 'scale', by: '10' }, '1', '10'],
    [{ name: 'scale', by: '0.1' }, '1', '0.1'],
    [{ name: 'scale', by: '0.001' }, '1', '0.001'],
    [{ name: 'scale', by: '10' }, null, null],
    [{ name: 'scale', by: '10' }, 'x', 'not_a_number'],
    [{ name: 'round', places: 2 }, '1.005', '1.01'],
    [{ name: 'round', places: 2 }, '1.0049', '1'],
    [{ name: 'round', places: 2 }, '-1.005', '-1.01'],
    [{ name: 'round', places: 2 }, '-0.004', '0'],
    [{ name: 'round', places: 2 }, '1.23', '1.23'],
    [{ name: 'round', places: 0 }, '1.5', '2'],
    [{ name: 'round', places: 0 }, '1.4', '1'],
    [{ name: 'round', places: 0 }, 'x', 'not_a_number'],
    [{ name: 'round', places: 0 }, null, null],
    [{ name: 'boolean' }, true, true],
    [{ name: 'boolean' }, ' False ', false],
    [{ name: 'boolean' }, 1, 'not_true_or_false'],
    [{ name: 'boolean' }, [], 'not_text'],
    [{ name: 'equals', values: [' Partner '] }, 'PARTNER', true],
    [{ name: 'equals', values: ['5'] }, 5, true],
    [{ name: 'equals', values: ['true'] }, true, true],
    [{ name: 'equals', values: ['x'] }, {}, 'not_text'],
    [lookup, ' New ', 'new'],
    [lookup, 'new', 'value_not_listed'],
    [lookup, null, null],
    [lookup, {}, 'not_text'],
    [{ name: 'lookup', map: { 5: 'five' }, otherwise: null }, 5, 'five'],
    [{ name: 'lookup', map: { 5: 'five' }, otherwise: null }, 6, null],
    [{ name: 'reference' }, 'a', 'a'],
    [{ name: 'reference' }, ['a'], 'a'],
    [{ name: 'reference' }, [], null],
    [{ name: 'reference' }, ['a', 'b'], 'several_references'],
    [{ name: 'reference' }, {}, 'not_text'],
    [{ name: 'email' }, 'MAILTO:Jo@Acme.com', 'jo@acme.com'],
    [{ name: 'email' }, 'jo@acme', 'not_an_email'],
    [{ name: 'email' }, 'jo@acme.c', 'not_an_email'],
    [{ name: 'email' }, 'jo@@acme.com', 'not_an_email'],
    [{ name: 'email' }, 'jo, bo@acme.com', 'not_an_email'],
    [{ name: 'email' }, `${'a'.repeat(245)}@acme.com`, `${'a'.repeat(245)}@acme.com`],
    [{ name: 'email' }, `${'a'.repeat(246)}@acme.com`, 'not_an_email'],
    [{ name: 'email' }, null, null],
    [{ name: 'email' }, {}, 'not_text'],
    [{ name: 'phone', country: 'DE' }, '030 1234567', '+49301234567'],
    [{ name: 'phone', country: 'DE' }, '+1 312 386 5286 ext. 12', '+13123865286;ext=12'],
    [{ name: 'phone' }, '030 1234567', 'not_a_phone_number'],
    [{ name: 'phone' }, '+49 30 1234567', '+49301234567'],
    [{ name: 'phone', country: 'DE' }, 'call +49 30 1234567', 'not_a_phone_number'],
    [{ name: 'phone', country: 'DE' }, '12', 'not_a_phone_number'],
    [{ name: 'phone', country: 'DE' }, null, null],
    [{ name: 'phone', country: 'DE' }, {}, 'not_text'],
  ])('%j reads %j as %j', (spec, value, expected) => {
    expect(codeOr(buildTransform(spec).read(value))).toBe(expected);
  });

  it.each<[ValueSpec, unknown, string, string]>([
    [{ name: 'text' }, [], 'a list is not text.', 'Map a field with a single value.'],
    [
      { name: 'boolean' },
      'yes',
      '"yes" is neither true nor false.',
      'Map a checkbox, or use the transform "equals" to list the values that mean true.',
    ],
    [
      { name: 'reference' },
      ['a', 'b'],
      'The field refers to 2 records.',
      'Keep one association, or mark one as primary.',
    ],
    [
      lookup,
      'Odd',
      '"Odd" is not in the lookup (New, Fresh, Old).',
      'Add "Odd" to the lookup of this field.',
    ],
    [
      { name: 'decimal', format: '1,234.56' },
      'x',
      '"x" is not a number written like 1,234.56.',
      'Store numbers like 1,234.56, or choose another format.',
    ],
    [
      money,
      'x',
      '"x" is not an amount in EUR written like 1.234,56.',
      'Store amounts in EUR like 1.234,56, or map another field.',
    ],
    [{ name: 'email' }, 'x', '"x" is not an e-mail address.', 'Store one address, such as jo@acme.com.'],
    [
      { name: 'phone' },
      'x',
      '"x" is not a phone number.',
      'Store the number with its country code, or set the country in the transform.',
    ],
    [
      { name: 'phone', country: 'DE' },
      'x',
      '"x" is not a phone number.',
      'Store the number with its country code, such as +49 30 1234567.',
    ],
  ])('%j refuses %j: %s', (spec, value, message, fix) => {
    expect(buildTransform(spec).read(value)).toMatchObject({ message, fix });
  });
});

describe('writing', () => {
  it.each<[ValueSpec, RemoteType, CanonicalValue, unknown]>([
    [{ name: 'text' }, 'text', ' a ', 'a'],
    [{ name: 'upper' }, 'text', 'a', 'A'],
    [{ name: 'cut', length: 2 }, 'text', 'abc', 'ab'],
    [{ name: 'replace', find: 'a', with: 'b' }, 'text', 'a', 'a'],
    [{ name: 'decimal' }, 'number', '12.5', 12.5],
    [{ name: 'decimal' }, 'text', '12.5', '12.5'],
    [{ name: 'decimal' }, 'number', null, null],
    [{ name: 'decimal', format: '1,234.56' }, 'text', '1234567.5', '1,234,567.5'],
    [{ name: 'decimal', format: '1.234,56' }, 'text', '-1234', '-1.234'],
    [{ name: 'decimal', format: '1,234.56' }, 'text', '999', '999'],
    [{ name: 'decimal', format: '1,234.56' }, 'text', null, null],
    [{ name: 'decimal', format: '1,234.56' }, 'text', 'x', 'not_a_number'],
    [money, 'text', '1234.5', 'EUR 1.234,5'],
    [{ name: 'scale', by: '100' }, 'number', '15.5', 0.155],
    [{ name: 'scale', by: '100' }, 'text', '15.5', '0.155'],
    [{ name: 'round', places: 1 }, 'number', '1.25', 1.3],
    [{ name: 'round', places: 1 }, 'text', '1.25', '1.3'],
    [{ name: 'round', places: 1 }, 'number', 'x', 'not_a_number'],
    [{ name: 'boolean' }, 'boolean', true, true],
    [lookup, 'text', 'new', 'New'],
    [lookup, 'text', 'renewal', 'Old'],
    [lookup, 'text', null, null],
    [lookup, 'text', 'x', 'value_not_listed'],
    [{ ...lookup, otherwiseRemote: 'Other' }, 'text', 'x', 'Other'],
    [{ ...lookup, otherwiseRemote: null }, 'text', 'x', null],
    [{ name: 'reference' }, 'reference', 'a', 'a'],
  ])('%j writes to a %s field %j as %j', (spec, type, value, expected) => {
    expect(codeOr(buildTransform(spec).write?.as(type)(value))).toBe(expected);
  });

  it('refuses a value that a lookup does not list, with the fix', () => {
    expect(buildTransform(lookup).write?.as('text')('x')).toEqual({
      code: 'value_not_listed',
      message: 'The lookup has no remote value for "x".',
      fix: 'Add a remote value for "x" to the lookup of this field.',
    });
  });
});

describe('the options of a step', () => {
  const messageOf = (step: unknown): string | null => {
    const parsed = transformSteps.safeParse(step);
    return parsed.success ? null : (parsed.error.issues[0]?.message ?? '');
  };

  it.each<[unknown, string | null]>([
    ['trim', null],
    [['trim', { name: 'upper' }], null],
    [{ name: 'cut', length: 1 }, null],
    [{ name: 'cut', length: 32_000 }, null],
    [{ name: 'split', separator: 'x'.repeat(20), part: 100 }, null],
    [{ name: 'split', separator: ',', part: -100 }, null],
    [{ name: 'replace', find: 'x'.repeat(200), with: 'x'.repeat(200) }, null],
    [{ name: 'round', places: 10 }, null],
    [{ name: 'round', places: 0 }, null],
    [{ name: 'split', separator: ',', part: 0 }, 'parts are counted from 1, or from -1 at the end'],
    [{ name: 'currency', code: 'eur', format: '1,234.56' }, 'use three capital letters, such as EUR'],
    [{ name: 'currency', code: 'EURO', format: '1,234.56' }, 'use three capital letters, such as EUR'],
    [{ name: 'currency', code: 'XQQ', format: '1,234.56' }, 'unknown currency code'],
    [{ name: 'phone', country: 'XX' }, 'unknown country code; use two capital letters, such as DE'],
    [{ name: 'date', zone: 'Berlin' }, 'unknown time zone; use a name like Europe/Berlin'],
    [{ name: 'instant', zone: 'Berlin' }, 'unknown time zone; use a name like Europe/Berlin'],
    [
      { name: 'date', zone: 'UTC', format: 'YYYYMMDD' },
      'a date as text has no time zone; use either format or zone',
    ],
    [{ name: 'lookup', map: {} }, 'list at least one value'],
    [{ name: 'lookup', map: { ' A': 'a' } }, 'remove the spaces before and after the value'],
    [{ name: 'lookup', map: { '': 'a' } }, 'remove the spaces before and after the value'],
    [{ name: 'lookup', map: Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [n, 'a'])) }, null],
    [
      { name: 'lookup', map: Object.fromEntries(Array.from({ length: 5_001 }, (_, n) => [n, 'a'])) },
      'list at most 5000 values',
    ],
  ])('%j are accepted, or say: %s', (step, message) => {
    expect(messageOf(step)).toBe(message);
  });

  it.each<unknown>([
    { name: 'cut', length: 0 },
    { name: 'cut', length: 32_001 },
    { name: 'split', separator: '', part: 1 },
    { name: 'split', separator: 'x'.repeat(21), part: 1 },
    { name: 'split', separator: ',', part: 101 },
    { name: 'split', separator: ',', part: -101 },
    { name: 'replace', find: '', with: '' },
    { name: 'replace', find: 'x'.repeat(201), with: '' },
    { name: 'replace', find: 'x', with: 'x'.repeat(201) },
    { name: 'round', places: 11 },
    { name: 'round', places: -1 },
    { name: 'scale', by: '5' },
    { name: 'equals', values: [] },
    { name: 'equals', values: [''] },
    { name: 'lookup', map: { A: 'a' }, otherwiseRemote: '' },
    { name: 'coalesce', from: [] },
    { name: 'join', from: Array.from({ length: 51 }, () => 'a') },
    { name: 'join', from: ['a'], separator: 'x'.repeat(21) },
    { name: 'template', text: '' },
    { name: 'template', text: 'x'.repeat(2_001) },
    { name: 'related', field: ' ' },
    { name: 'related', field: 'x'.repeat(101) },
    { name: 'expression', cel: ' ' },
    { name: 'expression', cel: 'x'.repeat(2_001) },
    { name: 'unheard' },
    [],
    Array.from({ length: 11 }, () => 'trim'),
  ])('%j are refused', (step) => {
    expect(transformSteps.safeParse(step).success).toBe(false);
  });

  it('of a join separate by a space unless they say otherwise', () => {
    expect(transformSteps.parse({ name: 'join', from: ['a'] })).toEqual([
      { name: 'join', from: ['a'], separator: ' ' },
    ]);
    expect(
      transformSteps.parse({
        name: 'join',
        from: Array.from({ length: 50 }, () => 'a'),
        separator: 'x'.repeat(20),
      }),
    ).toHaveLength(1);
  });

  it('name the fields that they combine, each once, in order', () => {
    expect(sourcesOf({ name: 'coalesce', from: ['b', 'a', 'b'] }, 'remote')).toEqual(['b', 'a']);
    expect(sourcesOf({ name: 'template', text: '{ b } {a} {b} {} {c' }, 'ours')).toEqual(['b', 'a']);
    expect(sourcesOf({ name: 'related', field: 'city' }, 'remote')).toEqual([]);
    expect(sourcesOf({ name: 'expression', cel: 'remote.a + remote.b' }, 'remote')).toEqual(['a', 'b']);
    expect(
      ['coalesce', 'join', 'template', 'related', 'expression', 'text'].map((name) =>
        isCombination({ name }),
      ),
    ).toEqual([true, true, true, true, true, false]);
  });
});

describe('the console', () => {
  it('shows each transform with its label and one line of help', () => {
    expect(stepNames).toEqual([...transformNames, 'coalesce', 'join', 'template', 'related', 'expression']);
    expect(
      Object.fromEntries(
        Object.entries(catalogue).map(([name, { label, help }]) => [name, `${label}: ${help}`]),
      ),
    ).toEqual({
      text: 'Text: The text without spaces before and after it.',
      trim: 'Single spaces: Runs of spaces and line breaks become one space: "Acme   Corp" → "Acme Corp".',
      upper: 'Upper case: All letters in upper case: usd → USD.',
      lower: 'Lower case: All letters in lower case: SALES@ACME.COM → sales@acme.com.',
      title: 'Capitalise words: The first letter of each word in upper case: "acme corp" → "Acme Corp".',
      cut: 'Shorten: Keeps the first characters and removes the rest.',
      split:
        'One part of a text: Splits the text at a separator and uses one part: part 1 of "Anna Meier" at " " is "Anna"; part -1 is the last.',
      replace: 'Replace: Replaces every occurrence of a text with another.',
      decimal: 'Number: An exact number. For a text, set its format: "1.234,56" reads "12.500,00" as 12500.',
      currency:
        'Amount with its currency: An amount with a currency sign or code: "EUR 1.234,50" → 1234.5. Amounts in another currency are refused.',
      scale:
        'Move the decimal point: Multiplies by a power of ten: by "0.01" turns cents into units, by "100" turns 0.15 into 15 per cent.',
      round: 'Round: Rounds to a number of decimals, halves away from zero: 2 places turn 1.005 into 1.01.',
      date: 'Date: A date. For a text, set its format (DD/MM/YYYY); for a date and time, set the zone of the day (Europe/Berlin).',
      instant:
        'Date and time: A point in time. A text without an offset needs a zone and a format: zone Europe/Berlin, format DD.MM.YYYY.',
      domain: 'Web domain: From a web or e-mail address: https://www.acme.com/shop → acme.com.',
      country: 'Country code: From an English name or a code: Germany → DE.',
      phone: 'Phone number: In the international form: with country DE, "030 1234567" → +49301234567.',
      email: 'E-mail address: Validated, in lower case: Jo@Acme.com → jo@acme.com.',
      boolean: 'Yes or no: A checkbox, or the texts true and false.',
      equals:
        'Yes if it is one of these values: True if the value is one of the listed ones, in any case: Partner, Reseller → yes.',
      lookup:
        'Picklist values: Maps each value to one of ours and back: "New Business" → new. Others use otherwise and otherwiseRemote.',
      reference:
        'Reference: The record that the field refers to. It is read as the linked record in Fairway.',
    });
    expect(combinationHelp).toEqual({
      coalesce: {
        label: 'First filled field',
        help: 'The first of several fields with a value: Mobile, otherwise Phone.',
      },
      join: {
        label: 'Join fields',
        help: 'Several fields as one text, without blank ones: street, city → "Hauptstr. 1, Köln".',
      },
      template: {
        label: 'Text with fields',
        help: 'A text with fields filled in: "{tier} since {tierAsOf}".',
      },
      related: {
        label: 'Field of the referenced record',
        help: 'A field of the record that the field refers to, such as the name of the account.',
      },
      expression: {
        label: 'Expression',
        help: 'The result of a CEL expression: remote.Employees > 1000 ? "large" : "small".',
      },
    });
  });
});
