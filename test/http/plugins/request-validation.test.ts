import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { AppError } from '#src/domain/errors.ts';
import { compileValidator } from '#src/http/plugins/request-validation.ts';

/** The error of a request whose part is this value. */
function refusal(schema: z.ZodType, value: unknown, httpPart = 'body'): AppError {
  const validate = compileValidator({ schema, method: 'POST', url: '/', httpPart });
  const { error } = validate(value) as { readonly error?: unknown };
  if (!(error instanceof AppError)) throw new Error('The value was accepted.');
  return error;
}

const day = (text: string) => new Date(`${text}T00:00:00Z`);
const string = z.string();

/** A schema for a field named `field`, a value it refuses, and what the person reads after "Field: ". */
const cases: readonly (readonly [code: z.core.$ZodIssueCode, z.ZodType, unknown, string])[] = [
  ['invalid_type', string, undefined, 'enter a value.'],
  ['invalid_type', string, 5, 'use text.'],
  ['invalid_type', z.number(), 'five', 'use a number.'],
  ['invalid_type', z.number(), Number.NaN, 'use a number.'],
  ['invalid_type', z.coerce.number(), 'five', 'use a number.'],
  ['invalid_type', z.int(), 1.5, 'use a whole number.'],
  ['invalid_type', z.bigint(), 1, 'use a whole number.'],
  ['invalid_type', z.nan(), 1, 'leave the number out.'],
  ['invalid_type', z.boolean(), 'yes', 'use true or false.'],
  ['invalid_type', z.date(), 'today', 'use a date.'],
  ['invalid_type', z.array(string), 'a', 'use a list.'],
  ['invalid_type', z.tuple([string]), 'a', 'use a list.'],
  ['invalid_type', z.set(string), 'a', 'use a list.'],
  ['invalid_type', z.map(string, string), 'a', 'use a set of named values.'],
  ['invalid_type', z.record(z.string(), string), 'a', 'use a set of named values.'],
  ['invalid_type', z.object({}), 'a', 'send a JSON object.'],
  ['invalid_type', z.file(), 'a', 'send a file.'],
  ['invalid_type', z.null(), 'a', 'leave it empty.'],
  ['invalid_type', z.undefined(), 'a', 'leave it out.'],
  ['invalid_type', z.void(), 'a', 'leave it out.'],
  ['invalid_type', z.never(), 'a', 'leave it out.'],
  ['invalid_type', z.nonoptional(string.optional()), undefined, 'enter a value.'],
  ['invalid_type', z.symbol(), 'a', 'use another kind of value.'],
  ['invalid_value', z.literal('live'), 'draft', 'use “live”.'],
  ['invalid_value', z.enum(['approve', 'reject', 'reopen']), 'no', 'use “approve”, “reject” or “reopen”.'],
  ['invalid_value', z.literal([1, 2]), 3, 'use 1 or 2.'],
  ['too_small', string.min(1), '', 'enter a value.'],
  ['too_small', string.min(2), 'a', 'use at least 2 characters.'],
  ['too_small', string.length(3), 'a', 'use exactly 3 characters.'],
  ['too_small', z.number().min(1), 0, 'use 1 or more.'],
  ['too_small', z.number().gt(1), 1, 'use more than 1.'],
  ['too_small', z.bigint().min(1n), 0n, 'use 1 or more.'],
  ['too_small', z.int(), Number.MIN_SAFE_INTEGER - 1, `use ${Number.MIN_SAFE_INTEGER} or more.`],
  ['too_small', z.array(string).min(1), [], 'use at least 1 entry.'],
  ['too_small', z.set(string).min(2), new Set(['a']), 'use at least 2 entries.'],
  ['too_small', z.date().min(day('2026-10-01')), day('2026-09-30'), 'use a date from 2026-10-01.'],
  ['too_small', z.file().min(9), new File(['a'], 'a'), 'use at least 9 bytes.'],
  ['too_big', string.max(500), 'a'.repeat(501), 'use at most 500 characters.'],
  ['too_big', string.length(1), 'ab', 'use exactly 1 character.'],
  ['too_big', z.number().max(100), 101, 'use 100 or less.'],
  ['too_big', z.number().lt(100), 100, 'use less than 100.'],
  ['too_big', z.array(string).max(1), ['a', 'b'], 'use at most 1 entry.'],
  ['too_big', z.date().max(day('2026-10-01')), day('2026-10-02'), 'use a date up to 2026-10-01.'],
  ['invalid_format', z.email(), 'no address', 'use an e-mail address such as name@example.com.'],
  ['invalid_format', z.url(), 'no address', 'use a web address such as https://example.com.'],
  ['invalid_format', z.uuid(), '5', 'use a UUID, such as the id of a record in an answer of the API.'],
  ['invalid_format', z.iso.date(), '5', 'use a date such as 2026-10-31.'],
  ['invalid_format', z.iso.datetime(), '5', 'use a date and time such as 2026-10-31T09:30:00Z.'],
  ['invalid_format', string.startsWith('https:'), 'a', 'begin with “https:”.'],
  ['invalid_format', string.endsWith('.csv'), 'a', 'end with “.csv”.'],
  ['invalid_format', string.includes('@'), 'a', 'include “@”.'],
  ['invalid_format', string.regex(/^\d+$/), 'a', 'use the required format.'],
  ['invalid_format', z.jwt(), 'a', 'use the required format.'],
  ['not_multiple_of', z.number().multipleOf(5), 7, 'use a multiple of 5.'],
  [
    'invalid_union',
    z.union([z.literal('live'), z.literal('draft'), z.number()]),
    true,
    'use “live”, “draft” or a number.',
  ],
  ['invalid_union', z.union([z.null(), z.boolean()]), 'a', 'leave it empty.'],
  [
    'invalid_union',
    z.discriminatedUnion('kind', [z.object({ kind: z.literal('a') }), z.object({ kind: z.literal('b') })]),
    { kind: 'c' },
    'use “a” or “b”.',
  ],
  ['invalid_union', z.xor([string, z.string().max(9)]), 'a', 'use only one of the alternatives.'],
  [
    'invalid_key',
    z.record(string.max(2), z.number()),
    { long: 1 },
    'change the name of this entry. Use at most 2 characters.',
  ],
  [
    'invalid_element',
    z.map(z.any(), z.number()),
    new Map([[{}, 'a']]),
    'change one of the entries. Use a number.',
  ],
  ['custom', string.refine(() => false), 'a', 'use another value.'],
  [
    'custom',
    string.refine(() => false, 'Choose two different accounts.'),
    'a',
    'choose two different accounts.',
  ],
];

describe('a refused request names the field and what to enter instead', () => {
  test.each(cases)('%s: %o, %o', (_, schema, value, text) => {
    expect(refusal(z.object({ field: schema }), { field: value }).message).toMatch(/^\w+: /);
    expect(refusal(z.object({ field: schema }), { field: value }).message.replace(/^\w+: /, '')).toBe(text);
  });

  test.each(cases)('%s is what the schema reports: %o, %o', (code, schema, value) => {
    expect(schema.safeParse(value).error?.issues[0]?.code).toBe(code);
  });

  test('every kind of issue that zod knows is in the table, and unknown fields below', () => {
    const known = Object.keys({
      invalid_type: 0,
      invalid_value: 0,
      too_small: 0,
      too_big: 0,
      invalid_format: 0,
      not_multiple_of: 0,
      invalid_union: 0,
      invalid_key: 0,
      invalid_element: 0,
      custom: 0,
    } satisfies Record<Exclude<z.core.$ZodIssueCode, 'unrecognized_keys'>, 0>);
    expect([...new Set(cases.map(([code]) => code))].toSorted()).toEqual(known.toSorted());
  });

  test('never in the words of the validator', () => {
    for (const [, schema, value] of cases)
      expect(refusal(z.object({ field: schema }), { field: value }).message).not.toMatch(
        /expected|invalid|input/i,
      );
  });
});

test('several fields are named one after another, and each under its path for forms', () => {
  const schema = z.strictObject({
    customerName: string.max(3),
    pairs: z.array(z.object({ leftId: z.uuid() })),
  });
  const error = refusal(schema, { customerName: 'Halvorsen', pairs: [{ leftId: 'x' }], status: 1, kind: 2 });
  expect(error.message).toBe(
    'Customer name: use at most 3 characters. Left id of entry 1: use a UUID, such as the id of a record in an answer of the API. Status: this field does not exist. Leave it out. Kind: this field does not exist. Leave it out.',
  );
  expect(error.detail['fields']).toEqual({
    customerName: 'Use at most 3 characters.',
    'pairs.0.leftId': expect.any(String),
    status: 'This field does not exist. Leave it out.',
    kind: 'This field does not exist. Leave it out.',
  });
});

test('what is wrong with the request as a whole has no label', () => {
  expect(refusal(z.object({ a: string }), undefined).message).toBe('Send a JSON object.');
  const either = z.object({ a: string.optional() }).refine(() => false, 'Send either “a” or “b”.');
  expect(refusal(either, {}).message).toBe('Send either “a” or “b”.');
});

test('a wrong id in the address is a wrong link', () => {
  const error = refusal(z.object({ id: z.uuid() }), { id: '5' }, 'params');
  expect(error.message).toContain('This link is incomplete or wrong.');
});
