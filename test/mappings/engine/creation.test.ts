import { compileMapping, type RemoteFieldShape } from '#mappings/engine/compile.ts';
import { createdRecord } from '#mappings/engine/creation.ts';
import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import { mappingPack } from '#mappings/engine/pack/pack.ts';
import { describe, expect, it } from 'vitest';
import { pack, remote } from './shapes.ts';

const fields: readonly RemoteFieldShape[] = [
  remote('Name', 'text', { length: 20 }),
  remote('Stage', 'picklist', { values: ['New', 'Won'], required: true }),
  remote('Amount', 'number', { scale: 2 }),
  remote('Closes', 'datetime', { required: true }),
  remote('Key', 'text', { length: 40 }),
];

function compiled(
  create: MappingPack['create'],
  more: readonly RemoteFieldShape[] = [],
  timeZone = 'America/Los_Angeles',
) {
  const lines: MappingPack['fields'] = [
    { local: 'name', remote: 'Name', direction: 'in' },
    { local: 'stage', remote: 'Stage', direction: 'in' },
    { local: 'amount', remote: 'Amount', direction: 'in' },
    { local: 'closeDate', remote: 'Closes', direction: 'in' },
    { local: 'creationKey', remote: 'Key', direction: 'out' },
  ];
  const byName = new Map([...fields, ...more].map((field) => [field.name, field]));
  const result = compileMapping(
    { ...pack('opportunity', lines), ...(create === undefined ? {} : { create }) },
    { object: 'Thing', fields: [...byName.values()], timeZone },
  );
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result;
}

const values = { name: 'Acme – Pumps', amount: '12.50', closeDate: '2027-03-31', creationKey: 'k1' };

describe('a record that Fairway creates', () => {
  it('has the values of create, the terms, and its key', () => {
    const { mapping, warnings } = compiled({ Stage: 'New' });
    expect(warnings).toEqual([]);
    expect(createdRecord(mapping, values)).toEqual({
      fields: {
        Name: 'Acme – Pumps',
        Stage: 'New',
        Amount: 12.5,
        Closes: '2027-03-31T19:00:00.000Z',
        Key: 'k1',
      },
      problems: [],
    });
  });

  it.each(['Pacific/Kiritimati', 'Etc/GMT+12', 'America/Los_Angeles', 'UTC'])(
    'closes on its day in %s',
    (zone) => {
      const { mapping } = compiled({ Stage: 'New' }, [], zone);
      expect(createdRecord(mapping, values).problems).toEqual([]);
    },
  );

  it('has a name that fits', () => {
    const { mapping } = compiled({ Stage: 'New' });
    const { fields: written, problems } = createdRecord(mapping, {
      ...values,
      name: 'Acme '.repeat(9).trim(),
    });
    expect(String(written['Name']).length).toBeLessThanOrEqual(20);
    expect(problems).toMatchObject([{ field: 'name', severity: 'warning' }]);
  });

  it.each([
    [{ Stage: 'Old' }, [], 'Stage', 'Stage of Thing has no value "Old". Choose one of its values: New, Won.'],
    [
      { Stage: 'New', Stge: 'New' },
      [],
      'Stge',
      'Thing has no field "Stge", or the integration user cannot see it. Did you mean the remote field "Stage"?',
    ],
    [
      {},
      [],
      'Stage',
      'Thing requires Stage in a new record, and Fairway has no value for it. Add Stage with a value to “create” in the mapping, or give it a default in the CRM.',
    ],
    [
      { Stage: 'New' },
      [remote('Amount', 'number', { createable: false })],
      'Amount',
      'Amount of Thing cannot be set in a new record. Let the integration user edit it. Connecting again gives that right.',
    ],
    [
      { Stage: 'New', Total: 1 },
      [remote('Total', 'number', { createable: false })],
      'Total',
      'Total of Thing cannot be set in a new record. Remove it from create.',
    ],
  ] as const)('is refused, and other records are read: %j', (create, more, field, message) => {
    const { mapping, warnings } = compiled({ ...create }, more);
    const found = createdRecord(mapping, values).problems.filter((one) => one.field === field);
    expect(found.map((one) => `${one.message} ${one.fix}`)).toEqual([message]);
    expect(found[0]?.severity).toBe('error');
    expect(warnings.map((one) => one.field)).toContain(field);
  });

  it('is refused when the mapping does not say with which values', () => {
    const { mapping } = compiled(undefined);
    expect(createdRecord(mapping, values)).toMatchObject({
      fields: {},
      problems: [{ code: 'create_missing' }],
    });
  });

  it('is an opportunity', () => {
    const account = {
      ...pack('account', [{ local: 'name', remote: 'Name', direction: 'in' }]),
      create: { A: 'b' },
    };
    expect(mappingPack.safeParse(account).error?.issues).toMatchObject([{ path: ['create'] }]);
  });
});
