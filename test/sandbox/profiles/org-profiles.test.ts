import { afterEach, expect, it } from 'vitest';
import type { Connection } from 'jsforce';
import type { ProfileName } from '#sandbox/profiles/profiles.ts';
import { assertionFor, connectTo, startOrg, type RunningOrg } from '#test/sandbox/salesforce/org.ts';
import { deploy } from '#test/sandbox/salesforce/package.ts';

let org: RunningOrg;
afterEach(() => org.close());

async function openOrg(profile: ProfileName): Promise<Connection> {
  org = await startOrg(profile);
  return connectTo(org);
}

const stamps = { createdAt: '2025-05-01T08:00:00Z', modifiedAt: '2025-06-01T00:00:00Z' };

/** One account of a sales rep with one deal. */
function seedAccount(): void {
  const account = { key: 'a1', name: 'Acme', domain: 'acme.example', country: 'SE', countryName: 'Sweden' };
  const rest = { city: 'Lund', postcode: '222 21', phone: null, isPartner: false, partnerCode: null };
  const deal = { key: 'o1', name: 'Deal', accountKey: 'a1', stage: 'closed_won', amount: '99.90' } as const;
  org.vendor.seed({
    accounts: [{ ...account, ...rest, ...stamps }],
    opportunities: [{ ...deal, currency: 'EUR', closeDate: '2025-07-01', ...stamps }],
    registrations: [],
  });
}

const permissionSet = (content: string): Readonly<Record<string, string>> => ({
  'package.xml': `<Package xmlns="http://soap.sforce.com/2006/04/metadata"><types><members>Reader</members><name>PermissionSet</name></types><version>67.0</version></Package>`,
  'permissionsets/Reader.permissionset': `<PermissionSet xmlns="http://soap.sforce.com/2006/04/metadata"><label>Reader</label>${content}</PermissionSet>`,
});
const onAccounts = (rights: string): string =>
  `<objectPermissions><object>Account</object><allowRead>true</allowRead>${rights}</objectPermissions>`;
const onField = (field: string, editable: boolean): string =>
  `<fieldPermissions><field>${field}</field><readable>true</readable><editable>${editable}</editable></fieldPermissions>`;

/** Deploys a set with this content and assigns it to the user who is signed in. */
async function grant(connection: Connection, content: string): Promise<void> {
  const result = await deploy(connection, permissionSet(content));
  expect(result).toMatchObject({ success: true });
  const sets = await connection.query<{ Id: string }>("SELECT Id FROM PermissionSet WHERE Name = 'Reader'");
  await connection
    .sobject('PermissionSetAssignment')
    .create({ PermissionSetId: sets.records[0]?.Id ?? '', AssigneeId: connection.userInfo?.id ?? '' });
}

it('gives new records the corporate currency in an org with several', async () => {
  const connection = await openOrg('multi-currency');
  const { id } = await connection.sobject('Account').create({ Name: 'Acme' });
  expect(await connection.sobject('Account').retrieve(id ?? '')).toMatchObject({ CurrencyIsoCode: 'EUR' });
  const { records } = await connection.query(
    'SELECT IsoCode, DecimalPlaces FROM CurrencyType WHERE IsCorporate = true',
  );
  expect(records).toMatchObject([{ IsoCode: 'EUR', DecimalPlaces: 2 }]);
  await expect(
    connection.sobject('Account').create({ Name: 'Beta', CurrencyIsoCode: 'PLN' }),
  ).rejects.toThrow('bad value for restricted picklist field: PLN');
  expect(await connection.soap.getUserInfo()).toMatchObject({ organizationMultiCurrency: true });
});

it('names no currency on any record of an org with one currency, and says which one it is', async () => {
  const connection = await openOrg('single-currency-eur');
  seedAccount();
  const { fields } = await connection.sobject('Opportunity').describe();
  expect(fields.map(({ name }) => name)).not.toContain('CurrencyIsoCode');
  await expect(connection.query('SELECT CurrencyIsoCode FROM Opportunity')).rejects.toThrow(
    "No such column 'CurrencyIsoCode'",
  );
  await expect(connection.query('SELECT IsoCode FROM CurrencyType')).rejects.toThrow('is not supported');
  expect(await connection.soap.getUserInfo()).toMatchObject({
    organizationMultiCurrency: false,
    orgDefaultCurrencyIsoCode: 'EUR',
  });
});

it('tells the edition and the time zone of the org', async () => {
  const connection = await openOrg('time-zones');
  const { records } = await connection.query('SELECT OrganizationType, TimeZoneSidKey FROM Organization');
  expect(records).toMatchObject([
    { OrganizationType: 'Developer Edition', TimeZoneSidKey: 'America/Phoenix' },
  ]);
});

it('hides an object, then its fields, until a permission set grants them to a minimum-access user', async () => {
  const connection = await openOrg('minimum-access');
  seedAccount();
  await expect(connection.query('SELECT Id FROM Account')).rejects.toThrow("'Account' is not supported");
  await grant(connection, onAccounts('') + onField('Account.BillingAddress', false));
  const { records } = await connection.query('SELECT Id, Name, BillingCity FROM Account');
  expect(records).toMatchObject([{ Name: 'Acme', BillingCity: 'Lund' }]);
  await expect(connection.query('SELECT Website FROM Account')).rejects.toThrow("No such column 'Website'");
  const { fields } = await connection.sobject('Account').describe();
  expect(fields.map(({ name }) => name)).not.toContain('Website');
  await expect(
    connection.sobject('Account').update({ Id: records[0]?.['Id'] ?? '', Name: 'Beta' }),
  ).rejects.toThrow('insufficient access rights on object id');
  await expect(connection.sobject('Account').create({ Name: 'Gamma' })).rejects.toThrow(
    'entity type cannot be inserted: Account',
  );
});

it('lets a minimum-access user change only the fields it may edit', async () => {
  const connection = await openOrg('minimum-access');
  seedAccount();
  await grant(
    connection,
    onAccounts('<allowEdit>true</allowEdit>') +
      onField('Account.Website', false) +
      onField('Account.Phone', true),
  );
  const { records } = await connection.query<{ Id: string }>('SELECT Id FROM Account');
  const Id = records[0]?.Id ?? '';
  await connection.sobject('Account').update({ Id, Phone: '+46 1' });
  await expect(connection.sobject('Account').update({ Id, Website: 'https://x.example' })).rejects.toThrow(
    'Unable to create/update fields: Website',
  );
});

it('refuses a permission for a field that no security hides, and for a part of an address', async () => {
  const connection = await openOrg('minimum-access');
  for (const field of ['Account.BillingCity', 'Account.OwnerId']) {
    const result = await deploy(connection, permissionSet(onField(field, false)));
    expect(JSON.stringify(result.details)).toContain(`no CustomField named ${field} found`);
  }
});

it('shows and changes only shared records where accounts are private', async () => {
  const connection = await openOrg('private-sharing');
  seedAccount();
  const edit = '<allowCreate>true</allowCreate><allowEdit>true</allowEdit>';
  await grant(connection, onAccounts(edit) + onField('Account.Phone', true));
  expect((await connection.query('SELECT Id FROM Account')).totalSize).toBe(0);
  const created = await connection.sobject('Account').create({ Name: 'Own' });
  await connection.sobject('Account').update({ Id: created.id ?? '', Phone: '+46 1' });
  await deploy(
    connection,
    permissionSet(
      onAccounts(`${edit}<viewAllRecords>true</viewAllRecords>`) + onField('Account.Phone', true),
    ),
  );
  const { records } = await connection.query<{ Id: string }>("SELECT Id FROM Account WHERE Name = 'Acme'");
  await expect(
    connection.sobject('Account').update({ Id: records[0]?.Id ?? '', Phone: '+46 2' }),
  ).rejects.toThrow('insufficient access rights on object id');
});

it('has the account types of a plain Enterprise Edition', async () => {
  const connection = await openOrg('enterprise-default');
  const { fields } = await connection.sobject('Account').describe();
  const types = fields.find(({ name }) => name === 'Type')?.picklistValues?.map(({ value }) => value);
  expect(types).toContain('Partner');
  expect(types).not.toContain('Channel Partner / Reseller');
});

it('refuses a value of a restricted picklist that the record type does not offer, for the whole row', async () => {
  const connection = await openOrg('record-types');
  const { records: types } = await connection.query<{ Id: string; DeveloperName: string }>(
    "SELECT Id, DeveloperName FROM RecordType WHERE SobjectType = 'Account'",
  );
  const idOf = (name: string) => types.find(({ DeveloperName }) => DeveloperName === name)?.Id ?? '';
  const { recordTypeInfos } = await connection.sobject('Account').describe();
  expect(recordTypeInfos.map(({ name }) => name)).toEqual(['Partner Account', 'Customer Account', 'Master']);
  const change = (RecordTypeId: string) => ({ Name: 'Acme', RecordTypeId, Type: 'Prospect' });
  // An unrestricted picklist accepts every value by API.
  await connection.sobject('Account').create(change(idOf('Partner_Account')));
  const restrict = { object: 'Account', field: 'Type' };
  const response = await fetch(`${org.url}/sandbox/fields/restrict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(restrict),
  });
  expect(response.status).toBe(200);
  await connection.sobject('Account').create(change(idOf('Customer_Account')));
  await expect(connection.sobject('Account').create(change(idOf('Partner_Account')))).rejects.toThrow(
    'bad value for restricted picklist field: Prospect',
  );
  const path = `/ui-api/object-info/Account/picklist-values/${idOf('Partner_Account')}`;
  const shown = await connection.request<{
    picklistFieldValues: Record<string, { values: { value: string }[] }>;
  }>(`/services/data/v67.0${path}`);
  expect(shown.picklistFieldValues['Type']?.values.map(({ value }) => value)).toEqual([
    'Channel Partner / Reseller',
    'Installation Partner',
    'Technology Partner',
  ]);
});

it('refuses every call of an org without the API', async () => {
  await expect(
    openOrg('professional-without-api').then((org) => org.query('SELECT Id FROM Account')),
  ).rejects.toThrow('The REST API is not enabled for this Organization.');
});

it('knows no selection for change events in Professional Edition', async () => {
  const connection = await openOrg('professional-edition');
  const soql = encodeURIComponent('SELECT DeveloperName FROM PlatformEventChannelMember');
  await expect(connection.request(`/services/data/v67.0/tooling/query?q=${soql}`)).rejects.toThrow(
    'is not supported',
  );
});

it('accepts no new record while the storage is full, and changes of those that exist', async () => {
  const connection = await openOrg('developer-limits');
  seedAccount();
  const { records } = await connection.query<{ Id: string }>('SELECT Id FROM Account');
  await expect(connection.sobject('Account').create({ Name: 'Beta' })).rejects.toThrow(
    'storage limit exceeded',
  );
  await connection.sobject('Account').update({ Id: records[0]?.Id ?? '', Name: 'Acme AB' });
});

it('begins the names of an installed package with its namespace', async () => {
  const connection = await openOrg('other-partner-package');
  const { fields } = await connection.sobject('Account').describe();
  expect(fields.map(({ name }) => name)).toContain('othprm__Locked__c');
});

it('says which records sharing lets the user change', async () => {
  const connection = await openOrg('private-sharing');
  seedAccount();
  const edit =
    '<allowCreate>true</allowCreate><allowEdit>true</allowEdit><viewAllRecords>true</viewAllRecords>';
  await grant(connection, onAccounts(edit));
  const { id = '' } = await connection.sobject('Account').create({ Name: 'Shared' });
  const { records } = await connection.query<{ Id: string }>("SELECT Id FROM Account WHERE Name = 'Acme'");
  const ids = `'${id}','${records[0]?.Id}'`;
  const access = await connection.query(
    `SELECT RecordId, HasReadAccess, HasEditAccess FROM UserRecordAccess WHERE UserId = '${connection.userInfo?.id}' AND RecordId IN (${ids})`,
  );
  expect(access.records).toMatchObject([
    { RecordId: id, HasReadAccess: true, HasEditAccess: true },
    { HasReadAccess: true, HasEditAccess: false },
  ]);
});

it('accepts only the audience of its kind of org in an assertion', async () => {
  await openOrg('minimum-access');
  const signIn = async (aud: string) => {
    const assertion = await assertionFor(org, { aud });
    const body = new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion,
    });
    return (await fetch(`${org.url}/services/oauth2/token`, { method: 'POST', body })).json();
  };
  expect(await signIn('https://login.salesforce.com')).toHaveProperty('access_token');
  for (const other of ['https://test.salesforce.com', org.url])
    expect(await signIn(other)).toMatchObject({ error_description: 'audience is invalid' });
});
