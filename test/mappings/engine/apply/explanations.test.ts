import { compileMapping } from '#mappings/engine/compile.ts';
import { explainInbound, explainOutbound } from '#mappings/engine/explain.ts';
import { readPack } from '#mappings/engine/pack/pack.ts';
import { describe, expect, it } from 'vitest';
import { remote } from '../shapes.ts';

const org = [
  remote('Name', 'text'),
  remote('First', 'text'),
  remote('Worth', 'number'),
  remote('Cents', 'number'),
  remote('Open', 'boolean'),
  remote('Short', 'text', { length: 8 }),
  remote('Band', 'picklist', { values: ['A', 'B'] }),
];
const reading = readPack({
  system: 'salesforce',
  object: 'Account',
  kind: 'account',
  version: 1,
  filter: 'remote.Name != "Test"',
  extra: [
    { name: 'contact', label: 'Contact', type: 'text' },
    { name: 'worth', label: 'Worth', type: 'decimal' },
    { name: 'cents', label: 'Cents', type: 'decimal' },
    { name: 'sum', label: 'Sum', type: 'decimal' },
    { name: 'band', label: 'Band', type: 'text', values: ['high', 'low'] },
  ],
  fields: [
    { local: 'name', remote: 'Name', direction: 'in', transform: ['trim', 'upper'] },
    { local: 'extra.contact', direction: 'in', transform: { name: 'join', from: ['First', 'Worth'] } },
    { local: 'extra.worth', remote: 'Worth', direction: 'both', default: 0 },
    {
      local: 'extra.cents',
      remote: 'Cents',
      direction: 'both',
      transform: ['decimal', { name: 'scale', by: '0.01' }],
    },
    {
      local: 'extra.sum',
      direction: 'in',
      transform: { name: 'expression', cel: 'remote.Worth + remote.Cents' },
      default: 7,
    },
    {
      local: 'extra.band',
      remote: 'Band',
      direction: 'both',
      transform: { name: 'lookup', map: { A: 'high', B: 'low' } },
    },
    {
      local: 'tier',
      remote: 'Short',
      direction: 'out',
      transform: { name: 'template', text: '{tier}: {tierStanding}' },
    },
  ],
});
if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
const compilation = compileMapping(reading.pack, { object: 'Account', fields: org });
if (!compilation.ok) throw new Error(JSON.stringify(compilation.problems));
const { mapping } = compilation;

const inbound = (local: string, record: object) =>
  explainInbound(mapping, { Name: 'Acme', ...record }).find((field) => field.local === local);
const outbound = (local: string, values: Parameters<typeof explainOutbound>[1]) =>
  explainOutbound(mapping, values).find((field) => field.local === local);

describe('an explanation of reading', () => {
  it('has every field of the mapping, also for a record that the filter excludes', () => {
    expect(explainInbound(mapping, { Name: ' Test' })).toMatchObject([
      { local: 'name', result: 'TEST' },
      { local: 'extra.contact', result: null },
      { local: 'extra.worth', result: '0' },
      { local: 'extra.cents', result: null },
      { local: 'extra.sum', result: '7' },
      { local: 'extra.band', result: null },
    ]);
  });

  it.each<[string, object, object]>([
    [
      'name',
      { Name: ' a ' },
      {
        local: 'name',
        remote: 'Name',
        sources: [{ field: 'Name', value: ' a ' }],
        steps: [
          { transform: 'trim', in: ' a ', out: 'a' },
          { transform: 'upper', in: 'a', out: 'A' },
        ],
        result: 'A',
      },
    ],
    [
      'extra.worth',
      {},
      {
        local: 'extra.worth',
        remote: 'Worth',
        sources: [{ field: 'Worth', value: null }],
        steps: [
          { transform: 'decimal', in: null, out: null },
          { transform: 'default', in: null, out: '0' },
        ],
        result: '0',
      },
    ],
    [
      'extra.worth',
      { Worth: 3 },
      {
        local: 'extra.worth',
        remote: 'Worth',
        sources: [{ field: 'Worth', value: 3 }],
        steps: [{ transform: 'decimal', in: 3, out: '3' }],
        result: '3',
      },
    ],
    [
      'extra.cents',
      { Cents: 'many' },
      {
        local: 'extra.cents',
        remote: 'Cents',
        sources: [{ field: 'Cents', value: 'many' }],
        steps: [{ transform: 'decimal', in: 'many', out: null }],
        problem: {
          field: 'extra.cents',
          code: 'not_a_number',
          message: '"many" is not a number.',
          fix: expect.any(String) as string,
          severity: 'warning',
        },
      },
    ],
    [
      'extra.contact',
      { First: 'Anna', Worth: '5.0' },
      {
        local: 'extra.contact',
        remote: expect.any(String) as string,
        sources: [
          { field: 'First', value: 'Anna' },
          { field: 'Worth', value: '5.0' },
        ],
        steps: [
          { transform: 'join', in: ['Anna', '5.0'], out: 'Anna 5' },
          { transform: 'text', in: 'Anna 5', out: 'Anna 5' },
        ],
        result: 'Anna 5',
      },
    ],
    [
      'extra.contact',
      { Worth: 'many' },
      {
        local: 'extra.contact',
        remote: expect.any(String) as string,
        sources: [
          { field: 'First', value: null },
          { field: 'Worth', value: 'many' },
        ],
        steps: [{ transform: 'join', in: [null, 'many'], out: null }],
        problem: expect.objectContaining({ field: 'extra.contact', code: 'not_a_number' }) as object,
      },
    ],
  ])('of %s in %j', (local, record, expected) => {
    expect(inbound(local, record)).toEqual(expected);
  });
});

describe('an explanation of writing', () => {
  it('has only the fields whose sources are given', () => {
    expect(explainOutbound(mapping, {})).toEqual([]);
    expect(explainOutbound(mapping, { tier: 'Gold' })).toEqual([]);
    expect(
      explainOutbound(mapping, { tier: 'Gold', tierStanding: null, 'extra.worth': null }).map(
        ({ local }) => local,
      ),
    ).toEqual(['extra.worth', 'tier']);
  });

  it.each<[string, Parameters<typeof explainOutbound>[1], object]>([
    [
      'extra.worth',
      { 'extra.worth': '2.50' },
      {
        local: 'extra.worth',
        remote: 'Worth',
        sources: [{ field: 'extra.worth', value: '2.50' }],
        steps: [{ transform: 'decimal', in: '2.50', out: 2.5 }],
        result: 2.5,
      },
    ],
    [
      'extra.worth',
      { 'extra.worth': null },
      {
        local: 'extra.worth',
        remote: 'Worth',
        sources: [{ field: 'extra.worth', value: null }],
        steps: [{ transform: 'decimal', in: null, out: null }],
        result: null,
      },
    ],
    [
      'extra.cents',
      { 'extra.cents': '2.5' },
      {
        local: 'extra.cents',
        remote: 'Cents',
        sources: [{ field: 'extra.cents', value: '2.5' }],
        steps: [
          { transform: 'scale', in: '2.5', out: 250 },
          { transform: 'decimal', in: '250', out: 250 },
        ],
        result: 250,
      },
    ],
    [
      'extra.cents',
      { 'extra.cents': 'many' },
      {
        local: 'extra.cents',
        remote: 'Cents',
        sources: [{ field: 'extra.cents', value: 'many' }],
        steps: [{ transform: 'scale', in: 'many', out: null }],
        problem: expect.objectContaining({ code: 'not_a_number', severity: 'error' }) as object,
      },
    ],
    [
      'extra.band',
      { 'extra.band': 'middle' },
      {
        local: 'extra.band',
        remote: 'Band',
        sources: [{ field: 'extra.band', value: 'middle' }],
        steps: [{ transform: 'lookup', in: 'middle', out: null }],
        problem: expect.objectContaining({ code: 'value_not_listed', severity: 'error' }) as object,
      },
    ],
    [
      'tier',
      { tier: 'Gold', tierStanding: 'ok' },
      {
        local: 'tier',
        remote: 'Short',
        sources: [
          { field: 'tier', value: 'Gold' },
          { field: 'tierStanding', value: 'ok' },
        ],
        steps: [
          { transform: 'template', in: ['Gold', 'ok'], out: 'Gold: ok' },
          { transform: 'text', in: 'Gold: ok', out: 'Gold: ok' },
        ],
        result: 'Gold: ok',
      },
    ],
    [
      'tier',
      { tier: 'Gold', tierStanding: 'fine' },
      {
        local: 'tier',
        remote: 'Short',
        sources: [
          { field: 'tier', value: 'Gold' },
          { field: 'tierStanding', value: 'fine' },
        ],
        steps: [
          { transform: 'template', in: ['Gold', 'fine'], out: 'Gold: fine' },
          { transform: 'text', in: 'Gold: fine', out: 'Gold: fine' },
          { transform: 'fit', in: 'Gold: fine', out: 'Gold: f…' },
        ],
        result: 'Gold: f…',
        problem: expect.objectContaining({ code: 'cut', severity: 'warning' }) as object,
      },
    ],
    [
      'tier',
      { tier: null, tierStanding: null },
      {
        local: 'tier',
        remote: 'Short',
        sources: [
          { field: 'tier', value: null },
          { field: 'tierStanding', value: null },
        ],
        steps: [
          { transform: 'template', in: [null, null], out: null },
          { transform: 'text', in: null, out: null },
        ],
        result: null,
      },
    ],
  ])('of %s with %j', (local, values, expected) => {
    expect(outbound(local, values)).toEqual(expected);
  });
});
