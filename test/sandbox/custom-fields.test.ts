import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { customFields, customTypes, customValue, mostCustomFields } from '#sandbox/data-custom-fields.ts';
import type { CrmSample } from '#sandbox/sample.ts';
import { openAccount, type TestAccount } from './hubspot/account.ts';
import { control } from './salesforce/control.ts';
import { connectTo, startOrg, type RunningOrg } from './salesforce/org.ts';

const stamps = { createdAt: '2025-05-01T08:00:00.000Z', modifiedAt: '2025-06-01T00:00:00.000Z' };
const account = {
  key: 'a',
  name: 'Acme',
  domain: null,
  country: null,
  countryName: null,
  city: null,
  postcode: null,
  phone: null,
};
const deal = {
  accountKey: 'a',
  stage: 'proposal',
  amount: '1.00',
  currency: 'EUR',
  closeDate: '2026-12-01',
  ...stamps,
} as const;
const sample: CrmSample = {
  accounts: [{ ...account, isPartner: false, partnerCode: null, ...stamps }],
  opportunities: Array.from({ length: 40 }, (_, n) => ({ key: `o${n}`, name: `Deal ${n}`, ...deal })),
  registrations: [],
};

it('there are 812 different fields of all types, of which the first sixty are the same every time and have every type', () => {
  const all = customFields(mostCustomFields);
  expect(new Set(all.map((field) => field.label)).size).toBe(812);
  expect(customFields(60)).toEqual(all.slice(0, 60));
  expect(new Set(customFields(60).map((field) => field.type))).toEqual(new Set(customTypes));
  expect(() => customFields(mostCustomFields + 1)).toThrow('812 custom fields at most');
});

it('a field is filled on part of the records, and some on none', () => {
  const filled = customFields(60)
    .filter(({ type }) => type !== 'reference')
    .map(
      (field) =>
        Array.from({ length: 100 }, (_, ordinal) => customValue(field, ordinal)).filter(
          (value) => value !== null,
        ).length,
    );
  expect(filled.filter((count) => count === 0).length).toBeGreaterThan(0);
  expect(Math.max(...filled)).toBeLessThan(70);
});

interface DescribedField {
  readonly name: string;
  readonly type: string;
  readonly nillable: boolean;
  readonly updateable: boolean;
  readonly picklistValues: readonly { readonly value: string }[];
}

describe('a Salesforce org with custom fields', () => {
  let org: RunningOrg;
  beforeAll(async () => {
    org = await startOrg();
    org.vendor.seed(sample);
    org.vendor.addCustomFields(60);
    org.vendor.fillCustomFields(60);
  });
  afterAll(() => org.close());

  const fieldNamed = async (name: string): Promise<DescribedField | undefined> => {
    const described = await (await connectTo(org)).sobject('Opportunity').describe();
    return (described.fields as readonly DescribedField[]).find((field) => field.name === name);
  };
  const valuesOf = async (name: string): Promise<unknown[]> => {
    const { records } = await (await connectTo(org)).query(`SELECT ${name}, SystemModstamp FROM Opportunity`);
    expect(new Set(records.map((record) => record['SystemModstamp']))).toEqual(
      new Set(['2025-06-01T00:00:00.000+0000']),
    );
    return records.flatMap((record) => record[name] ?? []);
  };

  it('shows them to the integration user, with values on part of the opportunities and stamps where they were', async () => {
    const described = await (await connectTo(org)).sobject('Opportunity').describe();
    expect(described.fields.filter((field) => field.custom)).toHaveLength(60);
    expect(await fieldNamed('Budget_Scope__c')).toMatchObject({
      type: 'multipicklist',
      updateable: true,
      nillable: true,
    });
    const scopes = await valuesOf('Budget_Scope__c');
    expect(scopes.length).toBeGreaterThan(0);
    expect(scopes.length).toBeLessThan(40);
  });

  it('keeps the choices of a picklist that takes several once each, and refuses one it does not offer', async () => {
    const connection = await connectTo(org);
    const { records } = await connection.query('SELECT Id FROM Opportunity LIMIT 1');
    const Id = String(records[0]?.['Id']);
    await connection.sobject('Opportunity').update({ Id, Budget_Scope__c: 'Identity; Backup;identity' });
    expect(await connection.sobject('Opportunity').retrieve(Id)).toMatchObject({
      Budget_Scope__c: 'Backup;Identity',
    });
    await expect(
      connection.sobject('Opportunity').update({ Id, Budget_Scope__c: 'Backup;Bricks' }),
    ).rejects.toMatchObject({
      errorCode: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
    });
  });

  it('lets an administrator rename a field with its values, require one, retire a value and delete a field', async () => {
    const units = (await connectTo(org)).query('SELECT Budget_Units__c FROM Opportunity');
    const before = (await units).records.map((record) => record['Budget_Units__c']);
    const place = { object: 'Opportunity', field: 'Budget_Units__c' };
    expect(await control(org, 'POST', 'fields/rename', { ...place, to: 'Seats__c' })).toMatchObject({
      status: 200,
    });
    const { records } = await (await connectTo(org)).query('SELECT Seats__c FROM Opportunity');
    expect(records.map((record) => record['Seats__c'])).toEqual(before);
    expect(await fieldNamed('Budget_Units__c')).toBeUndefined();

    await control(org, 'POST', 'fields/require', { object: 'Opportunity', field: 'Budget_Code__c' });
    expect(await fieldNamed('Budget_Code__c')).toMatchObject({ nillable: false });

    await control(org, 'POST', 'fields/retire-value', {
      object: 'Opportunity',
      field: 'Budget_Status__c',
      value: 'Waiting',
    });
    const status = await fieldNamed('Budget_Status__c');
    expect(status?.picklistValues.map(({ value }) => value)).toEqual(['Not started', 'In progress', 'Done']);

    await control(org, 'POST', 'fields/delete', { object: 'Opportunity', field: 'Budget_Cost__c' });
    expect(await fieldNamed('Budget_Cost__c')).toBeUndefined();
    expect(
      await control(org, 'POST', 'fields/delete', { object: 'Opportunity', field: 'Amount' }),
    ).toMatchObject({ status: 400 });
    expect(await control(org, 'POST', 'fields/rename', { ...place, to: 'Other__c' })).toMatchObject({
      status: 400,
    });
  });
});

describe('a HubSpot account with custom properties', () => {
  let hubspot: TestAccount;
  beforeAll(async () => {
    hubspot = await openAccount();
    hubspot.vendor.seed(sample);
    hubspot.vendor.addCustomFields(60);
    hubspot.vendor.fillCustomFields(60);
  });
  afterAll(() => hubspot.close());

  const propertyNamed = async (name: string) =>
    (await hubspot.call('GET', `/crm/properties/2026-09/deals/${name}`)).body;

  it('has them on deals, with values on part of the deals and stamps where they were', async () => {
    expect(await propertyNamed('budget_scope')).toMatchObject({ type: 'enumeration', fieldType: 'checkbox' });
    const { body } = await hubspot.call(
      'GET',
      '/crm/objects/2026-09/deals?limit=100&properties=budget_scope',
    );
    const deals = body.results as readonly {
      readonly updatedAt: string;
      readonly properties: Readonly<Record<string, string | null>>;
    }[];
    const filled = deals.filter(({ properties }) => properties['budget_scope'] !== null);
    expect(filled.length).toBeGreaterThan(0);
    expect(filled.length).toBeLessThan(40);
    expect(new Set(deals.map((one) => one.updatedAt))).toEqual(new Set([stamps.modifiedAt]));
  });

  it('lets an administrator relabel a property, require one, retire an option and delete a property', async () => {
    const place = { objectType: 'deals', property: 'budget_status' };
    await hubspot.control('POST', '/properties/relabel', { ...place, label: 'State of the budget' });
    await hubspot.control('POST', '/properties/retire-value', { ...place, value: 'Waiting' });
    const status = await propertyNamed('budget_status');
    expect(status.label).toBe('State of the budget');
    expect(status.options.map((option: { value: string }) => option.value)).toEqual([
      'Not started',
      'In progress',
      'Done',
    ]);

    await hubspot.control('POST', '/properties/require', { objectType: 'deals', property: 'budget_code' });
    expect(
      await hubspot
        .call('POST', '/crm/objects/2026-09/deals', { properties: { dealname: 'New' } })
        .catch((error: unknown) => error),
    ).toMatchObject({
      status: 400,
    });

    await hubspot.control('POST', '/properties/delete', { objectType: 'deals', property: 'budget_cost' });
    expect(
      await hubspot.control('POST', '/properties/delete', { objectType: 'deals', property: 'budget_cost' }),
    ).toMatchObject({
      status: 404,
    });
    expect(
      await hubspot.control('POST', '/properties/delete', { objectType: 'deals', property: 'amount' }),
    ).toMatchObject({ status: 400 });
  });
});
