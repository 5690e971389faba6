import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CrmSample } from '#sandbox/sample.ts';
import { buildSalesforce } from '#sandbox/salesforce/server.ts';
import { assignPermissionSet, dealPackage, deploy } from './package.ts';
import { connectTo, startOrg } from './org.ts';
import type { RunningOrg } from './org.ts';

let org: RunningOrg;
beforeEach(async () => void (org = await startOrg()));
afterEach(() => org.close());

const stamps = { createdAt: '2025-05-01T08:00:00.123Z', modifiedAt: '2025-06-01T00:00:00Z' };
const sample = (partnerCode: string | null): CrmSample => ({
  accounts: [
    {
      key: 'a1',
      name: 'Acme',
      domain: 'acme.example',
      country: 'SE',
      countryName: 'Sweden',
      city: 'Lund',
      postcode: '222 21',
      phone: null,
      isPartner: partnerCode !== null,
      partnerCode,
      ...stamps,
    },
  ],
  opportunities: [
    {
      key: 'o1',
      name: 'Deal',
      accountKey: 'a1',
      stage: 'closed_won',
      amount: '99.90',
      currency: 'SEK',
      closeDate: '2025-07-01',
      ...stamps,
    },
  ],
  registrations: [],
});

it('loads accounts and opportunities with the sample’s own stamps, linked to each other', async () => {
  org.vendor.seed(sample(null));
  const connection = await connectTo(org);
  const { records } = await connection.query(
    'SELECT Name, Amount, IsWon, CreatedDate, SystemModstamp, Account.Website, Account.Type FROM Opportunity',
  );
  expect(records[0]).toMatchObject({
    Amount: 99.9,
    IsWon: true,
    CreatedDate: '2025-05-01T08:00:00.000+0000',
    SystemModstamp: '2025-06-01T00:00:00.000+0000',
    Account: { Website: 'https://www.acme.example', Type: 'Customer' },
  });
});

it('refuses a sample whose fields are not in the org, as the API would', () => {
  expect(() => org.vendor.seed(sample('P-0001'))).toThrow(
    "No such column 'Fairway_Partner_Code__c' on sobject of type Account",
  );
});

it('is the same org after a restart: records, metadata, permissions and the next id', async () => {
  const connection = await connectTo(org);
  await deploy(connection, dealPackage);
  await assignPermissionSet(connection);
  const first = await connection.sobject('Claim__c').create({ Key__c: 'K1' });
  const again = buildSalesforce({ store: org.store, now: () => org.clock.now });
  const url = await again.app.listen({ host: '127.0.0.1', port: 0 });
  connection.instanceUrl = url;
  const second = await connection.sobject('Claim__c').create({ Key__c: 'K2' });
  const { records } = await connection.query('SELECT Id, Name, Key__c FROM Claim__c ORDER BY Id');
  expect(records.map((record) => [record.Id, record['Name'], record['Key__c']])).toEqual([
    [first.id, 'C-0001', 'K1'],
    [second.id, 'C-0002', 'K2'],
  ]);
  await again.app.close();
});
