import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enterprise } from '#sandbox/hubspot/limits.ts';
import { openAccount, registrationSchema, type TestAccount } from './account.ts';

let account: TestAccount;
let companyIds: string[] = [];
beforeAll(async () => {
  account = await openAccount();
  account.vendor.limits.allowance = { ...enterprise, searchesPerSecond: 1_000 };
  await account.call('POST', '/crm-object-schemas/2026-09/schemas', registrationSchema);
  const inputs = ['Alpha Pumps', 'Beta Valves', 'Gamma Pumps'].map((name, n) => ({
    properties: { name, zip: String(n) },
  }));
  const { body } = await account.call('POST', '/crm/objects/2026-09/companies/batch/create', { inputs });
  companyIds = body.results.map((record: { id: string }) => record.id);
});
afterAll(() => account.close());

const search = async (filters: readonly object[], more: object = {}) =>
  account.call('POST', '/crm/objects/2026-09/companies/search', {
    after: '0',
    limit: 200,
    properties: ['name'],
    sorts: [],
    filterGroups: [{ filters }],
    ...more,
  });
const names = (answer: Awaited<ReturnType<typeof search>>): string[] =>
  answer.body.results.map((record: { properties: { name: string } }) => record.properties.name);

describe('HubSpot sandbox: search', () => {
  it.each([
    [
      'EQ, whatever the case',
      { propertyName: 'name', operator: 'EQ', value: 'alpha pumps' },
      ['Alpha Pumps'],
    ],
    ['NEQ', { propertyName: 'name', operator: 'NEQ', value: 'Alpha Pumps' }, ['Beta Valves', 'Gamma Pumps']],
    [
      'IN',
      { propertyName: 'name', operator: 'IN', values: ['alpha pumps', 'gamma pumps'] },
      ['Alpha Pumps', 'Gamma Pumps'],
    ],
    [
      'BETWEEN',
      { propertyName: 'zip', operator: 'BETWEEN', value: '1', highValue: '2' },
      ['Beta Valves', 'Gamma Pumps'],
    ],
    [
      'CONTAINS_TOKEN',
      { propertyName: 'name', operator: 'CONTAINS_TOKEN', value: 'pump*' },
      ['Alpha Pumps', 'Gamma Pumps'],
    ],
    ['HAS_PROPERTY', { propertyName: 'domain', operator: 'HAS_PROPERTY' }, []],
    [
      'NOT_HAS_PROPERTY',
      { propertyName: 'domain', operator: 'NOT_HAS_PROPERTY' },
      ['Alpha Pumps', 'Beta Valves', 'Gamma Pumps'],
    ],
    [
      'a stamp in epoch milliseconds',
      {
        propertyName: 'hs_lastmodifieddate',
        operator: 'GTE',
        value: String(Date.parse('2026-11-20T08:00:00.251Z')),
      },
      [],
    ],
    [
      'a stamp in ISO, inclusive',
      { propertyName: 'hs_lastmodifieddate', operator: 'LTE', value: '2026-11-20T08:00:00.250Z' },
      ['Alpha Pumps', 'Beta Valves', 'Gamma Pumps'],
    ],
  ])('filters by %s', async (_, filter, expected) => {
    expect(names(await search([filter]))).toEqual(expected);
  });

  it('walks by record id, so that any number of pages stays below the cap', async () => {
    const sorts = [{ propertyName: 'hs_object_id', direction: 'ASCENDING' }];
    const answer = await search([{ propertyName: 'hs_object_id', operator: 'GT', value: companyIds[0] }], {
      sorts,
      limit: 1,
    });
    expect([names(answer), answer.body.total, answer.body.paging.next.after]).toEqual([
      ['Beta Valves'],
      2,
      '1',
    ]);
  });

  it('refuses a body that leaves one of the five keys out', async () => {
    const answer = await account.call('POST', '/crm/objects/2026-09/companies/search', {
      filterGroups: [],
      limit: 1,
      properties: [],
    });
    expect(answer.status).toBe(400);
    expect(answer.body.message).toContain('Some required fields were not set: [after, sorts]');
  });

  it.each([
    ['more than 200 a page', { limit: 201 }],
    ['anything past 10,000 results', { after: '9900' }],
    ['a sixth filter group', { filterGroups: Array.from({ length: 6 }, () => ({ filters: [] })) }],
    [
      'a property that is not there',
      { filterGroups: [{ filters: [{ propertyName: 'nickname', operator: 'HAS_PROPERTY' }] }] },
    ],
    [
      'an operator that is not there',
      { filterGroups: [{ filters: [{ propertyName: 'name', operator: 'LIKE', value: 'x' }] }] },
    ],
  ])('refuses %s', async (_, more) => {
    expect((await search([], more)).status).toBe(400);
  });
});

describe('HubSpot sandbox: associations', () => {
  it('makes a deal’s first company its primary one, and moves the label when asked', async () => {
    const deal = await account.call('POST', '/crm/objects/2026-09/deals', {
      properties: { dealname: 'One' },
    });
    const path = '/crm/associations/2026-09/deals/companies/batch';
    const link = async (company: string | undefined, typeId: number) =>
      account.call('POST', `${path}/create`, {
        inputs: [
          {
            from: { id: deal.body.id },
            to: { id: company },
            types: [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: typeId }],
          },
        ],
      });
    const primary = async (): Promise<string[]> => {
      const { body } = await account.call('POST', `${path}/read`, { inputs: [{ id: deal.body.id }] });
      return body.results[0].to
        .filter((to: { associationTypes: { label: string }[] }) =>
          to.associationTypes.some((type) => type.label === 'Primary'),
        )
        .map((to: { toObjectId: string }) => to.toObjectId);
    };
    expect((await link(companyIds[0], 341)).status).toBe(201);
    await link(companyIds[1], 341);
    expect(await primary()).toEqual([companyIds[0]]);
    await link(companyIds[1], 5);
    expect(await primary()).toEqual([companyIds[1]]);
  });

  it('associates a custom object with what its schema declares, seen from both ends', async () => {
    const registration = await account.call('POST', '/crm/objects/2026-09/fairway_registration', {
      properties: { number: 'DR-77' },
    });
    const inputs = [{ from: { id: registration.body.id }, to: { id: companyIds[2] } }];
    await account.call(
      'POST',
      '/crm/associations/2026-09/fairway_registration/companies/batch/associate/default',
      { inputs },
    );
    const back = await account.call(
      'POST',
      '/crm/associations/2026-09/companies/p_fairway_registration/batch/read',
      {
        inputs: [{ id: companyIds[2] }],
      },
    );
    expect(back.body.results[0].to[0].toObjectId).toBe(registration.body.id);
    const none = await account.call(
      'POST',
      '/crm/associations/2026-09/fairway_registration/deals/batch/read',
      {
        inputs: [{ id: registration.body.id }],
      },
    );
    expect([none.status, none.body.errors[0].subCategory]).toEqual([
      207,
      'crm.associations.NO_ASSOCIATIONS_FOUND',
    ]);
    await account.call('POST', '/crm/associations/2026-09/fairway_registration/companies/batch/archive', {
      inputs: [{ from: { id: registration.body.id }, to: [{ id: companyIds[2] }] }],
    });
    const after = await account.call(
      'POST',
      '/crm/associations/2026-09/companies/p_fairway_registration/batch/read',
      {
        inputs: [{ id: companyIds[2] }],
      },
    );
    expect(after.body.results).toEqual([]);
  });
});

describe('HubSpot sandbox: definitions', () => {
  it('adds a property to a standard object once, in a group that exists', async () => {
    const property = {
      name: 'fairway_tier',
      label: 'Partner tier',
      type: 'string',
      fieldType: 'text',
      groupName: 'fairway',
    };
    const path = '/crm/properties/2026-09/companies';
    expect((await account.call('POST', path, property)).body.message).toContain(
      "Property group 'fairway' does not exist",
    );
    await account.call('POST', `${path}/groups`, { name: 'fairway', label: 'Fairway' });
    expect((await account.call('POST', `${path}/batch/create`, { inputs: [property] })).status).toBe(201);
    expect((await account.call('POST', path, property)).status).toBe(409);
    const listed = await account.call('GET', path);
    expect(listed.body.results.find((one: { name: string }) => one.name === 'fairway_tier')).toMatchObject({
      groupName: 'fairway',
      modificationMetadata: { readOnlyValue: false },
    });
  });

  it('lists the account’s own schemas with their type ids and associations', async () => {
    const { body } = await account.call('GET', '/crm-object-schemas/2026-09/schemas');
    expect(body.results).toHaveLength(1);
    expect(body.results[0]).toMatchObject({
      name: 'fairway_registration',
      objectTypeId: expect.stringMatching(/^2-\d+$/),
      fullyQualifiedName: 'p48151623_fairway_registration',
    });
    expect(body.results[0].associations.map((one: { toObjectTypeId: string }) => one.toObjectTypeId)).toEqual(
      ['0-2', '0-3'],
    );
  });
});

describe('HubSpot sandbox: limits and journal', () => {
  it('counts down the ten-second window and then refuses with the policy’s name', async () => {
    const tight = await openAccount();
    tight.vendor.limits.allowance = { ...enterprise, perTenSeconds: 2 };
    const ask = () => tight.call('GET', '/account-info/v3/details');
    expect((await ask()).headers.get('x-hubspot-ratelimit-remaining')).toBe('1');
    await ask();
    const refused = await ask();
    expect([refused.status, refused.body.policyName]).toEqual([429, 'TEN_SECONDLY_ROLLING']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    await tight.close();
  });

  it('refuses the sixth search in a second, and the call after a day’s allowance', async () => {
    const tight = await openAccount();
    const body = { after: '0', limit: 1, properties: [], sorts: [], filterGroups: [] };
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => tight.call('POST', '/crm/objects/2026-09/deals/search', body)),
    );
    expect(answers.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([
      200, 200, 200, 200, 200, 429,
    ]);
    expect(answers.find((answer) => answer.status === 429)?.body).toMatchObject({
      policyName: 'SECONDLY',
      message: 'You have reached your secondly limit.',
    });
    tight.vendor.limits.allowance = { ...enterprise, perDay: 5 };
    expect((await tight.call('GET', '/account-info/v3/details')).body.policyName).toBe('DAILY');
    await tight.close();
  });

  it('records every call it answered, refused ones too, and no page view', async () => {
    const fresh = await openAccount();
    await fresh.call('POST', '/crm/objects/2026-09/deals/batch/read', {
      properties: [],
      propertiesWithHistory: [],
      inputs: [{ id: '1' }],
    });
    await fetch(`${fresh.url}/crm/objects/2026-09/deals`);
    await fetch(`${fresh.url}/`);
    expect(fresh.store.calls('hubspot').map((call) => [call.status, call.summary])).toEqual([
      [207, 'batch read deals × 1'],
      [401, 'read deals'],
    ]);
    await fresh.close();
  });
});
