import { describe, expect, it } from 'vitest';
import { isRefusal } from '#mappings/engine/refusal.ts';
import {
  buildTransform,
  catalogue,
  defaultTransform,
  stepNames,
  transformNames,
  type ValueSpec,
} from '#mappings/engine/transform.ts';
import { combinationHelp } from '#mappings/engine/transforms/combination.ts';
import type { RemoteType } from '#mappings/engine/transforms/definition.ts';
import { extraTypes, type CanonicalValue } from '#src/domain/record.ts';

const codeOr = (result: unknown): unknown => (isRefusal(result) ? result.code : result);
const anyType = 'text picklist number boolean date datetime reference';
const money = { name: 'currency', code: 'EUR', format: '1.234,56' } as const;
const lookup: ValueSpec = { name: 'lookup', map: { New: 'new', Fresh: 'new', Old: 'renewal' } };

describe('each transform', () => {
  /** The filled type; the types it reads; those it writes, or null; the loss of a round trip, or null. */
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
    [{ name: 'lookup', map: { A: true, B: 'b' } }, '', 'text picklist number boolean', 'text picklist', null],
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
      'the values of Fairway that it does not list',
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
