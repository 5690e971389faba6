import { expect, it } from 'vitest';
import type { ObjectDescription, RemoteField } from '#connectors/contract/records.ts';
import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import { driftBetween } from '#src/operations/live-mappings/drift-findings.ts';

const plain = { required: false, createable: true, updateable: true } as const;
const field = (name: string, more: Partial<RemoteField> = {}): RemoteField => ({
  name,
  label: name,
  type: 'text',
  length: 80,
  ...plain,
  ...more,
});
const object = (...fields: readonly RemoteField[]): ObjectDescription => ({
  object: 'Account',
  label: 'Account',
  fields,
});

const pack: MappingPack = {
  system: 'salesforce',
  object: 'Account',
  kind: 'account',
  version: 3,
  fields: [
    { local: 'name', remote: 'Name', direction: 'in' },
    { local: 'partnerCode', remote: 'Code__c', direction: 'both' },
    { local: 'tier', remote: 'Tier__c', direction: 'out' },
  ],
};
const tier = field('Tier__c', { type: 'picklist', values: ['Gold', 'Silver'] });
const before = object(field('Name'), field('Code__c', { label: 'Partner code' }), tier);
const now = (...fields: readonly RemoteField[]) => driftBetween(pack, before, object(...fields));

it('finds nothing where nothing that is mapped has changed, although other fields have', () => {
  expect(now(field('Name'), field('Code__c', { label: 'Called otherwise' }), tier, field('New__c'))).toEqual(
    [],
  );
});

it('takes a new field of the same type and label for the old one under a new name, and nothing else', () => {
  const [renamed] = now(field('Name'), field('Partner_Code__c', { label: 'partner code' }), tier);
  expect(renamed).toMatchObject({
    change: 'renamed',
    remote: 'Code__c',
    locals: ['partnerCode'],
    renamedTo: 'Partner_Code__c',
    stopsSync: true,
  });
  const [otherType] = now(field('Name'), field('Number__c', { label: 'Partner code', type: 'number' }), tier);
  expect(otherType).toMatchObject({ change: 'deleted', renamedTo: null });
  const [ambiguous] = now(
    field('Name'),
    field('A__c', { label: 'Partner code' }),
    field('B__c', { label: 'Partner code' }),
    tier,
  );
  expect(ambiguous).toMatchObject({ change: 'deleted', renamedTo: null });
});

it('says of a field that is gone what is no longer read and what is no longer written', () => {
  const [gone] = now(field('Name'), tier);
  expect(gone?.message).toBe(
    'The field Code__c ("Partner code") of Account was deleted, or the integration user can no longer see it. ' +
      'partnerCode is no longer read and keeps its last value. partnerCode is no longer written. All other fields are still synced.',
  );
});

it('distinguishes a change of type, of length and of the right to write, each with what stops', () => {
  const changes = now(field('Name', { type: 'number' }), field('Code__c', { length: 20 }), {
    ...tier,
    updateable: false,
  });
  expect(changes.map(({ change, remote, stopsSync }) => [change, remote, stopsSync])).toEqual([
    ['type', 'Name', true],
    ['shortened', 'Code__c', false],
    ['read_only', 'Tier__c', true],
  ]);
});

it('names the values that were retired, and mentions new ones', () => {
  const changes = now(field('Name'), before.fields[1] ?? tier, { ...tier, values: ['Gold', 'Platinum'] });
  expect(changes.map(({ change, message }) => [change, message])).toEqual([
    ['value_retired', expect.stringContaining('"Silver"')],
    ['value_added', expect.stringContaining('"Platinum"')],
  ]);
});

it('minds a newly required field where Fairway writes it, or makes the records; elsewhere people fill it in', () => {
  const [emptied] = now(field('Name'), field('Code__c', { required: true }), tier);
  expect(emptied).toMatchObject({ change: 'required', remote: 'Code__c', locals: ['partnerCode'] });
  expect(
    now(
      field('Name', { required: true }),
      before.fields[1] ?? tier,
      tier,
      field('Other__c', { required: true }),
    ),
  ).toEqual([]);
  const payouts: MappingPack = {
    ...pack,
    kind: 'payout',
    fields: [{ local: 'key', remote: 'Key__c', direction: 'out' }],
  };
  const made = driftBetween(
    payouts,
    object(field('Key__c')),
    object(field('Key__c'), field('Region__c', { required: true })),
  );
  expect(made).toMatchObject([{ change: 'required', remote: 'Region__c', locals: [] }]);
});
