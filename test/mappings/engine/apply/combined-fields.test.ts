import { applyInbound, applyOutbound } from '#mappings/engine/apply.ts';
import { compileMapping, type RemoteFieldShape } from '#mappings/engine/compile.ts';
import { buildCombination, gatherOurs, gatherRemote, remoteSources } from '#mappings/engine/gathering.ts';
import { readPack } from '#mappings/engine/pack/pack.ts';
import { isRefusal } from '#mappings/engine/refusal.ts';
import { relatedFields, relatedKey, relatedLines, splitRelated } from '#mappings/engine/related.ts';
import type { FieldType } from '#src/domain/record.ts';
import { describe, expect, it } from 'vitest';
import { remote } from '../shapes.ts';

const types = new Map<string, FieldType>([
  ['First', 'text'],
  ['Last', 'text'],
  ['Worth', 'decimal'],
  ['Cost', 'decimal'],
  ['Since', 'date'],
  ['Open', 'boolean'],
]);
const combination = (spec: Parameters<typeof buildCombination>[0]) => buildCombination(spec, 'remote', types);
function built(spec: Parameters<typeof buildCombination>[0]) {
  const found = combination(spec);
  if (isRefusal(found) && 'fix' in found) throw new Error(found.message);
  return found;
}
type Row = Readonly<Record<string, unknown>>;
const valueFrom = (spec: Parameters<typeof buildCombination>[0], row: Row): unknown => {
  const value = gatherRemote(built(spec), types).gather(row);
  return isRefusal(value) ? value.code : value;
};

describe('a combination of remote fields', () => {
  type Spec = Parameters<typeof buildCombination>[0];
  const joined: Spec = { name: 'join', from: ['First', 'Last', 'Worth'], separator: ', ' };
  const first: Spec = { name: 'coalesce', from: ['First', 'Last'] };
  const text: Spec = { name: 'template', text: '({First}/{ Worth }/{First})' };
  it.each<[string, Parameters<typeof buildCombination>[0], Row, unknown]>([
    ['join', joined, { First: 'A', Last: 'B', Worth: '1.50' }, 'A, B, 1.5'],
    ['join', joined, { First: '', Last: 'B' }, 'B'],
    ['join', joined, {}, null],
    ['join', joined, { Worth: 'much' }, 'not_a_number'],
    ['join', joined, { Worth: 0 }, '0'],
    ['coalesce', first, { First: 'A', Last: 'B' }, 'A'],
    ['coalesce', first, { First: ' ', Last: 'B' }, 'B'],
    ['coalesce', first, {}, null],
    ['coalesce', { name: 'coalesce', from: ['Open'] }, { Open: false }, false],
    ['template', text, { First: 'A', Worth: 2 }, '(A/2/A)'],
    ['template', text, { First: 'A' }, '(A//A)'],
    ['template', text, {}, null],
    ['template', { name: 'template', text: 'always' }, {}, 'always'],
    ['template', { name: 'template', text: ' {First} ' }, { First: 'A' }, 'A'],
    ['template', { name: 'template', text: ' ' }, {}, null],
    ['template', { name: 'template', text: '{Open}' }, { Open: false }, 'false'],
    [
      'expression',
      { name: 'expression', cel: 'remote.Worth + remote.Cost' },
      { Worth: '1.1', Cost: '2.2' },
      '3.3',
    ],
  ])('%s %j of %j is %j', (_, spec, row, expected) => {
    expect(valueFrom(spec, row)).toBe(expected);
  });

  it('has its name, its fields in order, each once, and a type', () => {
    expect(built({ name: 'join', from: ['Last', 'First', 'Last'], separator: '' })).toMatchObject({
      name: 'join',
      sources: ['Last', 'First'],
      gives: 'text',
    });
    expect(built({ name: 'coalesce', from: ['Worth', 'Cost'] })).toMatchObject({
      name: 'coalesce',
      sources: ['Worth', 'Cost'],
      gives: 'decimal',
    });
    expect(built(text)).toMatchObject({ name: 'template', sources: ['First', 'Worth'], gives: 'text' });
    expect(built({ name: 'expression', cel: 'remote.Open' })).toMatchObject({
      name: 'expression',
      sources: ['Open'],
      gives: 'boolean',
    });
  });

  it.each<[Parameters<typeof buildCombination>[0], object]>([
    [
      { name: 'join', from: ['First', 'Lst'], separator: ' ' },
      {
        code: 'unknown_source',
        message: '"join" uses the field "Lst", which does not exist.',
        fix: 'Did you mean "Last"?',
      },
    ],
    [
      { name: 'template', text: '{Nothing like it}' },
      {
        code: 'unknown_source',
        message: '"template" uses the field "Nothing like it", which does not exist.',
        fix: 'Choose another field, or remove it.',
      },
    ],
    [
      { name: 'coalesce', from: ['First', 'Worth', 'Since'] },
      {
        code: 'sources_differ',
        message:
          '"coalesce" needs fields of one type, but First, Worth, Since are text and decimal and date.',
        fix: 'Choose fields of one type, or use an expression.',
      },
    ],
  ])('%j is refused', (spec, refusal) => {
    expect(combination(spec)).toEqual(refusal);
  });

  it('of an expression that cannot be compiled is refused with its reason', () => {
    expect(combination({ name: 'expression', cel: 'remote.Lst' })).toMatchObject({
      code: expect.any(String) as string,
      fix: expect.any(String) as string,
    });
  });

  it.each<[RemoteFieldShape['type'], FieldType]>([
    ['text', 'text'],
    ['picklist', 'text'],
    ['number', 'decimal'],
    ['boolean', 'boolean'],
    ['date', 'date'],
    ['datetime', 'instant'],
    ['reference', 'reference'],
  ])('reads a %s field as %s', (type, canonical) => {
    expect(remoteSources(new Map([['X', remote('X', type)]]))).toEqual(new Map([['X', canonical]]));
  });
});

describe('a combination of our fields', () => {
  it.each<[Readonly<Record<string, string | null>>, unknown]>([
    [{ First: 'A', Last: 'B' }, 'A B'],
    [{ First: 'A', Last: null }, 'A'],
    [{ First: null, Last: null }, null],
    [{ First: 'A' }, undefined],
    [{ Last: 'B' }, undefined],
    [{}, undefined],
  ])('of %j is %j', (values, expected) => {
    const { gather, name, sources } = gatherOurs(
      built({ name: 'join', from: ['First', 'Last'], separator: ' ' }),
    );
    expect([name, sources, gather(values)]).toEqual(['join', ['First', 'Last'], expected]);
  });
});

describe('a lookup in the referenced record', () => {
  const org = [remote('Name', 'text'), remote('AccountId', 'reference'), remote('Worth', 'number')];
  const fields = [
    { local: 'name', remote: 'Name', direction: 'in' },
    { local: 'account', remote: 'AccountId', direction: 'in' },
    {
      local: 'extra.town',
      remote: 'AccountId',
      direction: 'in',
      transform: { name: 'related', field: 'city' },
    },
    {
      local: 'extra.vip',
      remote: 'AccountId',
      direction: 'in',
      transform: [{ name: 'related', field: 'extra.vip' }, 'upper'],
    },
  ];
  const extra = ['town', 'vip'].map((name) => ({ name, label: name, type: 'text' }));
  const reading = (more: readonly object[] = [], kind = 'opportunity') =>
    readPack({
      system: 'salesforce',
      object: 'Opportunity',
      kind,
      version: 1,
      extra,
      filter: 'remote.Worth > 0',
      fields: [...fields, ...more],
    });
  function compiled() {
    const read = reading();
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    const result = compileMapping(read.pack, { object: 'Opportunity', fields: org });
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    return { pack: read.pack, mapping: result.mapping };
  }

  it('is listed with its line, its field and the kind of the other record', () => {
    const { pack, mapping } = compiled();
    expect(relatedFields(mapping)).toEqual([
      { remote: 'AccountId', kind: 'account', field: 'city' },
      { remote: 'AccountId', kind: 'account', field: 'extra.vip' },
    ]);
    expect(relatedLines(pack).map(({ index, line, field }) => [index, line.local, field])).toEqual([
      [2, 'extra.town', 'city'],
      [3, 'extra.vip', 'extra.vip'],
    ]);
  });

  it('is split from the other lines, which keep the filter', () => {
    const { plain, lookups } = splitRelated(compiled().mapping);
    expect(plain.inbound.map(({ local }) => local)).toEqual(['name', 'account']);
    expect(plain.filter?.cel).toBe('remote.Worth > 0');
    expect(lookups.inbound.map(({ local }) => local)).toEqual(['extra.town', 'extra.vip']);
    expect(lookups).not.toHaveProperty('filter');
  });

  it('reads the value of the other record, a blank one as well, and refuses a value that is not known yet', () => {
    const { lookups } = splitRelated(compiled().mapping);
    const city = relatedKey({ remote: 'AccountId', field: 'city' });
    const vip = relatedKey({ remote: 'AccountId', field: 'extra.vip' });
    expect([city, vip]).toEqual(['AccountId → city', 'AccountId → extra.vip']);
    expect(applyInbound(lookups, { [city]: 'Graz', [vip]: 'yes' })).toMatchObject({
      values: { 'extra.town': 'Graz', 'extra.vip': 'YES' },
      problems: [],
    });
    expect(applyInbound(lookups, { [city]: null })).toEqual({
      values: { 'extra.town': null },
      placed: true,
      problems: [
        {
          field: 'extra.vip',
          code: 'related_unknown',
          message: 'The account that AccountId refers to has not been read yet.',
          fix: 'No action needed: the value follows when that account has been read.',
          severity: 'warning',
        },
      ],
    });
    expect(applyOutbound(lookups, { 'extra.town': 'Graz' })).toEqual({ fields: {}, problems: [] });
  });

  it('in a kind without references can only be removed', () => {
    const read = readPack({
      system: 'salesforce',
      object: 'Account',
      kind: 'account',
      version: 1,
      extra,
      fields: [fields[0], fields[2]],
    });
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    const result = compileMapping(read.pack, { object: 'Account', fields: org });
    expect(result.ok ? [] : result.problems).toMatchObject([
      {
        code: 'related_unanchored',
        message:
          '"related" reads a field of the record that AccountId refers to, but no line reads that reference.',
        fix: 'Remove "related": account records have no references.',
      },
    ]);
  });
});
