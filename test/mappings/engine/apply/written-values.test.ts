import {
  applyInbound,
  applyOutbound,
  changedFields,
  localFields,
  remoteFields,
  sameField,
  valuesOf,
} from '#mappings/engine/apply.ts';
import { compileMapping, type RemoteFieldShape } from '#mappings/engine/compile.ts';
import { readPack } from '#mappings/engine/pack/pack.ts';
import { describe, expect, it } from 'vitest';
import { remote } from '../shapes.ts';

function compiled(
  fields: readonly object[],
  org: readonly RemoteFieldShape[],
  more: { readonly kind?: string; readonly extra?: readonly object[]; readonly filter?: string } = {},
) {
  const reading = readPack({
    system: 'salesforce',
    object: 'Thing',
    kind: 'account',
    version: 3,
    fields,
    ...more,
  });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  const result = compileMapping(reading.pack, { object: 'Thing', fields: org });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.mapping;
}

const name = { local: 'name', remote: 'Name', direction: 'in' };
const org = [
  remote('Name', 'text'),
  remote('Tier', 'picklist', { values: ['Gold', 'Silver'] }),
  remote('Standing', 'text', { length: 10 }),
  remote('Long', 'text', { length: 300 }),
  remote('Revenue', 'number'),
  remote('AsOf', 'date'),
  remote('City', 'text', { length: 40 }),
];
const mapping = compiled(
  [
    name,
    { local: 'tier', remote: 'Tier', direction: 'out', required: true },
    { local: 'tierStanding', remote: 'Standing', direction: 'out' },
    { local: 'trailingRevenue', remote: 'Revenue', direction: 'out' },
    { local: 'tierAsOf', remote: 'AsOf', direction: 'out' },
    { local: 'city', remote: 'City', direction: 'both' },
  ],
  org,
);

describe('a record that is read', () => {
  it.each([
    [null, 'required_missing', 'name is required but empty.', 'Fill in Name.'],
    [
      ['a', 'b'],
      'not_text',
      expect.stringContaining('a list') as string,
      expect.stringMatching(/^\S.*\.$/) as string,
    ],
  ])('is not placed with the name %j', (value, code, message, fix) => {
    expect(applyInbound(mapping, { Name: value, City: 'Graz' })).toEqual({
      values: { city: 'Graz' },
      problems: [{ field: 'name', code, message, fix, severity: 'error' }],
      placed: false,
    });
  });

  it('stays unplaced when fields after the required one can be read, and gets a warning for others', () => {
    expect(applyInbound(mapping, { Name: null, City: {} })).toMatchObject({
      values: {},
      placed: false,
      problems: [
        { field: 'name', severity: 'error' },
        { field: 'city', severity: 'warning' },
      ],
    });
    expect(applyInbound(mapping, { Name: 'A', City: {} })).toMatchObject({
      values: { name: 'A' },
      placed: true,
      problems: [{ field: 'city', code: 'not_text', severity: 'warning' }],
    });
  });

  it('without a problem has an empty list of problems', () => {
    const read = applyInbound(mapping, { Name: 'A', City: '' });
    expect(read).toEqual({ values: { name: 'A', city: null }, problems: [], placed: true });
  });

  it('on which the filter fails is not placed, keeps its values, and names the filter', () => {
    const filtered = compiled([name], org, { filter: 'remote.Revenue > 5' });
    expect(applyInbound(filtered, { Name: 'A', Revenue: 6 })).toMatchObject({ placed: true });
    expect(applyInbound(filtered, { Name: 'A', Revenue: 5 })).toEqual({
      values: {},
      problems: [],
      placed: false,
      filtered: true,
    });
    const failed = applyInbound(filtered, { Name: 'A', Revenue: 'much' });
    expect(failed).toMatchObject({
      values: {},
      placed: false,
      problems: [{ field: 'filter', code: 'not_a_number', severity: 'error' }],
    });
    expect(failed).not.toHaveProperty('filtered');
    expect(remoteFields(filtered)).toEqual(['Name', 'Revenue']);
  });
});

describe('a record that is written', () => {
  it.each([
    ['1234567890', '1234567890', null],
    ['12345678901', '123456789…', 11],
    ['12345678😀12', '12345678…', 12],
    ['1234567😀12', '1234567😀…', 11],
  ])('with the text %s has %s in a field of ten characters', (given, written, length) => {
    expect(applyOutbound(mapping, { tierStanding: given })).toEqual({
      fields: { Standing: written },
      problems:
        length === null
          ? []
          : [
              {
                field: 'tierStanding',
                code: 'cut',
                severity: 'warning',
                message: `Standing has room for 10 characters, but tierStanding has ${length}; the text was shortened.`,
                fix: `Increase the length of Standing to at least ${length}.`,
              },
            ],
    });
  });

  it('with a code that is too long is refused, and a code of the exact length is written', () => {
    const codes = compiled(
      [{ local: 'key', remote: 'Key', direction: 'out' }],
      [remote('Key', 'text', { length: 120 })],
      { kind: 'payout' },
    );
    expect(applyOutbound(codes, { key: 'k'.repeat(120) })).toEqual({
      fields: { Key: 'k'.repeat(120) },
      problems: [],
    });
    expect(applyOutbound(codes, { key: 'k'.repeat(121) })).toEqual({
      fields: {},
      problems: [
        {
          field: 'key',
          code: 'too_long',
          message: 'Key has room for 120 characters, but key has 121.',
          fix: 'Increase the length of Key to at least 121.',
          severity: 'error',
        },
      ],
    });
  });

  it('names the choice that a picklist lacks', () => {
    expect(applyOutbound(mapping, { tier: 'Bronze', city: 'Graz' })).toEqual({
      fields: { City: 'Graz' },
      problems: [
        {
          field: 'tier',
          code: 'not_in_picklist',
          message: 'Tier does not offer "Bronze".',
          fix: 'Add "Bronze" to the picklist, or map it with the transform "lookup".',
          severity: 'error',
        },
      ],
    });
  });

  it('does not empty a field that the mapping requires', () => {
    expect(applyOutbound(mapping, { tier: null, city: null })).toEqual({
      fields: { City: null },
      problems: [
        {
          field: 'tier',
          code: 'required_missing',
          message: 'tier is required but empty.',
          fix: 'Fill in Tier.',
          severity: 'error',
        },
      ],
    });
  });

  it('with a value of the wrong type leaves that field out', () => {
    expect(applyOutbound(mapping, { tierAsOf: 'soon', city: 'Graz' })).toMatchObject({
      fields: { City: 'Graz' },
      problems: [{ field: 'tierAsOf', code: 'not_a_date', severity: 'error' }],
    });
  });

  it('uses these fields', () => {
    expect(localFields(mapping)).toEqual(['tier', 'tierStanding', 'trailingRevenue', 'tierAsOf', 'city']);
    expect(mapping.twoWay.map(({ local }) => local)).toEqual(['city']);
  });
});

describe('a field of the vendor', () => {
  it.each([
    ['Revenue', 5, '5.0', true],
    ['Revenue', 5, 6, false],
    ['Revenue', 'many', 'many', true],
    ['Revenue', 'many', 'lots', false],
    ['Revenue', 'many', 5, false],
    ['Revenue', 5, 'many', false],
    ['City', ' Graz', 'Graz', true],
    ['City', null, '', true],
    ['City', 'Graz', 'Wien', false],
  ])('%s has the same meaning with %j and %j: %j', (field, a, b, same) => {
    const found = mapping.outbound.find((one) => one.remote === field);
    expect(found && sameField(found, a, b)).toBe(same);
  });

  it('is changed if our value differs in meaning from theirs, or theirs cannot be read', () => {
    const ours = { Tier: 'Gold', Revenue: 5, City: null };
    expect(changedFields(mapping, ours, { Tier: 'Gold', Revenue: '5.0', City: '' })).toEqual({});
    expect(changedFields(mapping, ours, { Tier: 'Silver', Revenue: 'many', City: 'Graz' })).toEqual(ours);
    expect(changedFields(mapping, {}, { Tier: 'Silver' })).toEqual({});
  });

  it('has a canonical value if it is given and can be read', () => {
    expect(valuesOf(mapping, { Tier: 'Gold', Revenue: 'many', City: null, Name: 'A' })).toEqual({
      tier: 'Gold',
      city: null,
    });
  });

  it('that is combined of several has no canonical value', () => {
    const combined = compiled(
      [
        name,
        {
          local: 'tier',
          remote: 'Long',
          direction: 'out',
          transform: { name: 'template', text: '{tier}: {tierStanding}' },
        },
      ],
      org,
    );
    expect(valuesOf(combined, { Long: 'Gold: fine' })).toEqual({});
    expect(localFields(combined)).toEqual(['tier', 'tierStanding']);
  });
});

describe('an amount and its currency', () => {
  const payout = compiled(
    [
      { local: 'key', remote: 'Key', direction: 'out', required: true },
      { local: 'amount', remote: 'Amount', direction: 'out' },
      { local: 'currency', remote: 'Code', direction: 'out' },
      { local: 'currency', remote: 'Shown_In', direction: 'out', optional: true },
    ],
    [
      remote('Key', 'text'),
      remote('Amount', 'number', { scale: 2 }),
      remote('Code', 'text', { length: 3 }),
      remote('Shown_In', 'picklist', { values: ['EUR', 'USD'] }),
    ],
    { kind: 'payout' },
  );

  it('are written together, in both fields that name the currency', () => {
    expect(applyOutbound(payout, { key: 'k', amount: '92.59', currency: 'EUR' })).toEqual({
      fields: { Key: 'k', Amount: 92.59, Code: 'EUR', Shown_In: 'EUR' },
      problems: [],
    });
  });

  it('leave out the amount when the CRM does not have the currency, and say so', () => {
    const { fields, problems } = applyOutbound(payout, { key: 'k', amount: '92.59', currency: 'KWD' });
    expect(fields).toEqual({ Key: 'k', Code: 'KWD' });
    expect(problems).toMatchObject([
      { code: 'not_in_picklist', fix: 'Activate KWD among the currencies of the CRM.' },
    ]);
  });

  it('are refused when the field would round the amount', () => {
    const { fields, problems } = applyOutbound(payout, { key: 'k', amount: '92.593', currency: 'EUR' });
    expect(fields).not.toHaveProperty('Amount');
    expect(problems).toMatchObject([
      {
        code: 'too_many_decimals',
        message: 'Amount has 2 decimals, but 92.593 has 3.',
        fix: 'Set the decimal places of Amount in the CRM to at least 3.',
      },
    ]);
    expect(applyOutbound(payout, { amount: '92.590', currency: 'EUR' }).problems).toEqual([]);
  });
});

it('an optional line reads the first filled field of those that the org has', () => {
  const line = {
    local: 'currency',
    remote: 'Code',
    direction: 'in',
    optional: true,
    transform: [{ name: 'coalesce', from: ['Code', 'Shown_In'] }, 'upper'],
  };
  const both = [name, line];
  const shown = remote('Shown_In', 'picklist', { values: ['EUR'] });
  const several = compiled(both, [remote('Name', 'text'), remote('Code', 'text'), shown], {
    kind: 'opportunity',
  });
  const single = compiled(both, [remote('Name', 'text'), remote('Code', 'text')], { kind: 'opportunity' });
  const currencyOf = (mapping: typeof several, fields: object): unknown =>
    applyInbound(mapping, { Name: 'Deal', ...fields }).values['currency'];
  expect(currencyOf(several, { Code: null, Shown_In: 'EUR' })).toBe('EUR');
  expect(currencyOf(several, { Code: 'usd', Shown_In: 'EUR' })).toBe('USD');
  expect(currencyOf(single, { Code: null })).toBeNull();
  expect(currencyOf(single, { Code: 'gbp' })).toBe('GBP');
});

describe('the day of an instant', () => {
  const deal = (timeZone?: string) => {
    const reading = readPack({
      system: 'hubspot',
      object: 'deals',
      kind: 'opportunity',
      version: 1,
      fields: [name, { local: 'closeDate', remote: 'Closed', direction: 'in' }],
    });
    if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
    const fields = [remote('Name', 'text'), remote('Closed', 'datetime')];
    const result = compileMapping(reading.pack, {
      object: 'deals',
      fields,
      ...(timeZone === undefined ? {} : { timeZone }),
    });
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    return (closed: string): unknown =>
      applyInbound(result.mapping, { Name: 'Deal', Closed: closed }).values['closeDate'];
  };

  it.each([
    ['America/Phoenix', '2026-03-31T07:00:00.000Z', '2026-03-31'],
    ['America/Phoenix', '2026-04-01T06:59:59.000Z', '2026-03-31'],
    ['Australia/Sydney', '2026-03-30T13:00:00.000Z', '2026-03-31'],
    ['Australia/Sydney', '2026-03-31T12:59:59.000Z', '2026-03-31'],
    [undefined, '2026-03-31T00:00:00.000Z', '2026-03-31'],
  ])('in %s, %s is %s', (timeZone, closed, day) => {
    expect(deal(timeZone)(closed)).toBe(day);
  });
});
