import { describe, expect, it } from 'vitest';
import { applyInbound, remoteFields } from '#mappings/engine/apply.ts';
import { compileMapping } from '#mappings/engine/compile.ts';
import { explainInbound } from '#mappings/engine/explain.ts';
import { readPack } from '#mappings/engine/pack/pack.ts';
import { relatedKey } from '#mappings/engine/related.ts';
import { canonicalFields, type CanonicalField, type CanonicalKind } from '#src/domain/record.ts';
import { remote } from './shapes.ts';

const shape = {
  object: 'Opportunity',
  fields: [remote('Name', 'text'), remote('AccountId', 'reference'), remote('OwnerId', 'reference')],
};
const name = { local: 'name', remote: 'Name', direction: 'in' };
const account = { local: 'account', remote: 'AccountId', direction: 'in' };

function compiled(...fields: readonly object[]) {
  const extra = [{ name: 'customer', label: 'Customer', type: 'text' }];
  const reading = readPack({
    system: 'salesforce',
    object: 'Opportunity',
    kind: 'opportunity',
    version: 1,
    extra,
    fields: [name, ...fields],
  });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return compileMapping(reading.pack, shape);
}
const lookup = (field: string, more: object = {}) => ({
  local: 'extra.customer',
  remote: 'AccountId',
  direction: 'in',
  transform: [{ name: 'related', field }, 'upper'],
  ...more,
});
const problemOf = (...fields: readonly object[]) => {
  const result = compiled(...fields);
  return result.ok ? [] : result.problems.map(({ path, message, fix }) => `${path}: ${message} | ${fix}`);
};

describe('a lookup by reference', () => {
  it('reads a field of the referenced record through further steps, with an explanation', () => {
    const result = compiled(account, lookup('city'));
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    const record = {
      Name: 'Cranes',
      AccountId: '001A',
      [relatedKey({ remote: 'AccountId', field: 'city' })]: 'Graz',
    };
    expect(applyInbound(result.mapping, record)).toMatchObject({
      values: { 'extra.customer': 'GRAZ' },
      problems: [],
    });
    expect(explainInbound(result.mapping, record).at(-1)).toEqual({
      local: 'extra.customer',
      remote: 'AccountId',
      result: 'GRAZ',
      sources: [{ field: 'AccountId', value: '001A' }],
      steps: [
        { transform: 'related', in: ['001A'], out: 'Graz' },
        { transform: 'upper', in: 'Graz', out: 'GRAZ' },
      ],
    });
    // Only the vendor's own fields are requested.
    expect(remoteFields(result.mapping)).toEqual(['Name', 'AccountId']);
  });

  it('of a record that was not read yet is a problem, and the previous value stays', () => {
    const result = compiled(account, lookup('city'));
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    const read = applyInbound(result.mapping, { Name: 'Cranes', AccountId: '001A' });
    expect([read.placed, Object.hasOwn(read.values, 'extra.customer')]).toEqual([true, false]);
    expect(read.problems).toMatchObject([{ field: 'extra.customer', code: 'related_unknown' }]);
  });

  it('is checked with the mapping: the reference, the field of the referenced record, and the direction', () => {
    expect(problemOf(account, lookup('cty'))).toEqual([
      'fields[2].transform[0]: account has no field "cty". | Did you mean the account field "city"?',
    ]);
    expect(problemOf(account, lookup('city', { remote: 'OwnerId' }))).toEqual([
      'fields[2].transform[0]: "related" reads a field of the record that OwnerId refers to, but no line reads that reference. | Add a line that reads the reference: {local: account, remote: OwnerId, direction: in}.',
    ]);
    expect(problemOf(account, lookup('tier'))).toEqual([
      'fields[2].transform[0]: tier of account is decided by Fairway and is not read from the CRM. | Write it to the CRM with a line of direction "out".',
    ]);
    expect(
      problemOf(
        account,
        lookup('city', { direction: 'both', transform: { name: 'related', field: 'city' } }),
      ),
    ).toEqual([expect.stringContaining('cannot be reversed')]);
    expect(
      problemOf(account, lookup('city', { direction: 'out', transform: { name: 'related', field: 'city' } })),
    ).toEqual([expect.stringContaining('"related" can only read.')]);
    expect(
      problemOf(
        account,
        lookup('domain', { local: 'amount', transform: { name: 'related', field: 'isPartner' } }),
      ),
    ).toEqual([expect.stringContaining('"related" gives boolean')]);
  });

  it('cannot form a cycle, because it follows one reference and references between kinds form no cycle', () => {
    expect(problemOf(account, { ...lookup('name'), local: 'extra.customer' })).toEqual([]);
    const refersTo = (kind: CanonicalKind): readonly CanonicalKind[] =>
      Object.values(canonicalFields[kind] as Readonly<Record<string, CanonicalField>>).flatMap(
        ({ to }) => to ?? [],
      );
    const reach = (kind: CanonicalKind, above: readonly CanonicalKind[]): void => {
      expect(above).not.toContain(kind);
      for (const next of refersTo(kind)) reach(next, [...above, kind]);
    };
    for (const kind of Object.keys(canonicalFields) as CanonicalKind[]) reach(kind, []);
  });
});
