import { expect, it } from 'vitest';
import { applyOutbound, remoteFields } from '#mappings/engine/apply.ts';
import { compileMapping } from '#mappings/engine/compile.ts';
import type { RecordTypeShapes } from '#mappings/engine/compiled-mapping.ts';
import { pack, remote } from './shapes.ts';

const fields = [
  remote('Name', 'text'),
  remote('RecordTypeId', 'reference'),
  remote('Tier__c', 'picklist', { values: ['Gold', 'Silver'] }),
  remote('Territory__c', 'picklist', { values: ['AT', 'DE'], multiple: true }),
];
const types: RecordTypeShapes['types'] = [
  { id: '012A', name: 'Partner', values: { Tier__c: ['Gold'], Territory__c: ['DE'] } },
  { id: '012B', name: 'Customer', values: {} },
];
const lines = pack('account', [
  { local: 'name', remote: 'Name', direction: 'in' },
  { local: 'tier', remote: 'Tier__c', direction: 'out' },
  { local: 'territory', remote: 'Territory__c', direction: 'both' },
]);

function compiled(recordTypes: RecordTypeShapes | null) {
  const made = compileMapping(lines, { object: 'Thing', fields, ...(recordTypes ? { recordTypes } : {}) });
  if (!made.ok) throw new Error(JSON.stringify(made.problems));
  return made.mapping;
}

it('a value that the type of the record does not offer leaves out only its field, and the problem names the type', () => {
  const mapping = compiled({ field: 'RecordTypeId', types });
  expect(remoteFields(mapping)).toContain('RecordTypeId');
  const values = { tier: 'Silver', territory: 'DE' };
  expect(applyOutbound(mapping, values, { RecordTypeId: '012A' })).toEqual({
    fields: { Territory__c: 'DE' },
    problems: [
      expect.objectContaining({
        code: 'not_in_record_type',
        message: 'Tier__c does not offer "Silver" for records of the type “Partner”.',
      }),
    ],
  });
  expect(applyOutbound(mapping, { territory: 'AT;DE' }, { RecordTypeId: '012A' }).problems).toMatchObject([
    { message: 'Territory__c does not offer "AT" for records of the type “Partner”.' },
  ]);
  for (const RecordTypeId of ['012B', '012C', null, undefined])
    expect(applyOutbound(mapping, values, { RecordTypeId }).problems).toEqual([]);
});

it('the type of a record is not read where no type limits a written field', () => {
  expect(remoteFields(compiled(null))).not.toContain('RecordTypeId');
  const free = types.map((type) => ({ ...type, values: { Name: ['Acme'] } }));
  const mapping = compiled({ field: 'RecordTypeId', types: free });
  expect(remoteFields(mapping)).not.toContain('RecordTypeId');
});
