import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAccount, registrationSchema, type TestAccount } from './account.ts';

let account: TestAccount;
beforeAll(async () => {
  account = await openAccount();
  await account.call('POST', '/crm-object-schemas/2026-09/schemas', registrationSchema);
});
afterAll(() => account.close());

const companies = '/crm/objects/2026-09/companies';
const registrations = '/crm/objects/2026-09/p_fairway_registration';
const create = async (path: string, properties: Record<string, unknown>): Promise<string> => {
  const answer = await account.call('POST', path, { properties });
  expect(answer.status).toBe(201);
  return answer.body.id;
};

describe('HubSpot sandbox: signing in', () => {
  it('returns the account that a private app opened', async () => {
    const { status, body } = await account.call('GET', '/account-info/v3/details');
    expect([status, body.portalId]).toEqual([200, 48_151_623]);
  });

  it('refuses a call without a known token in the vendor’s shape', async () => {
    const response = await fetch(`${account.url}${companies}`, {
      headers: { authorization: 'Bearer pat-na1-unknown' },
    });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({
      status: 'error',
      category: 'INVALID_AUTHENTICATION',
      correlationId: expect.any(String),
    });
  });
});

describe('HubSpot sandbox: what it cannot read', () => {
  it('says so for broken JSON and for a resource that is not there', async () => {
    const authorization = `Bearer ${account.secrets['accessToken']}`;
    const broken = await fetch(`${account.url}${companies}`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: '{"properties":',
    });
    expect([broken.status, ((await broken.json()) as { category: string }).category]).toEqual([
      400,
      'VALIDATION_ERROR',
    ]);
    expect((await account.call('GET', '/crm/lists/2026-09/1')).status).toBe(404);
  });
});

describe('HubSpot sandbox: one record', () => {
  it('creates, reads, updates, clears and archives', async () => {
    const id = await create(companies, { name: 'Arden Works', domain: 'arden.example', type: 'PARTNER' });
    account.forward(1_500);
    const updated = await account.call('PATCH', `${companies}/${id}`, {
      properties: { city: 'Lyon', domain: '' },
    });
    expect(updated.body.properties).toMatchObject({ city: 'Lyon', domain: null });
    expect(Date.parse(updated.body.updatedAt) - Date.parse(updated.body.createdAt)).toBe(1_500);
    const read = await account.call('GET', `${companies}/${id}?properties=name,domain,type`);
    expect(read.body).toMatchObject({
      id,
      archived: false,
      properties: {
        name: 'Arden Works',
        domain: null,
        type: 'PARTNER',
        hs_object_id: id,
        hs_lastmodifieddate: updated.body.updatedAt,
      },
    });
    expect((await account.call('DELETE', `${companies}/${id}`)).status).toBe(204);
    expect((await account.call('GET', `${companies}/${id}`)).body.category).toBe('OBJECT_NOT_FOUND');
  });

  it('answers to every spelling of an object type', async () => {
    const schema = await account.call('GET', '/crm-object-schemas/2026-09/schemas/fairway_registration');
    for (const spelling of [
      'fairway_registration',
      'p_fairway_registration',
      'p48151623_fairway_registration',
      schema.body.objectTypeId,
      'company',
      'companies',
      '0-2',
      'DEALS',
    ]) {
      expect((await account.call('GET', `/crm/objects/2026-09/${spelling}`)).status).toBe(200);
    }
    expect((await account.call('GET', '/crm/objects/2026-09/nonsense')).body.message).toBe(
      'Unable to infer object type from: nonsense',
    );
  });

  it('pages through a list by id', async () => {
    for (const n of [1, 2, 3]) await create('/crm/objects/2026-09/contacts', { email: `c${n}@example.com` });
    const first = await account.call('GET', '/crm/objects/2026-09/contacts?limit=2&properties=email');
    const second = await account.call(
      'GET',
      `/crm/objects/2026-09/contacts?limit=2&properties=email&after=${first.body.paging.next.after}`,
    );
    const emails = [...first.body.results, ...second.body.results].map((record) => record.properties.email);
    expect(emails).toEqual(['c1@example.com', 'c2@example.com', 'c3@example.com']);
    expect(second.body.paging).toBeUndefined();
  });

  it.each([
    [
      'an unknown property',
      { nickname: 'x' },
      'PROPERTY_DOESNT_EXIST',
      'Property \\"nickname\\" does not exist',
    ],
    [
      'an option that is not there',
      { type: 'FRIEND' },
      'INVALID_OPTION',
      'FRIEND was not one of the allowed options: [PROSPECT, PARTNER, RESELLER, VENDOR, OTHER]',
    ],
    [
      'a read-only property',
      { hs_object_id: '1' },
      'READ_ONLY_VALUE',
      'is a read only property; its value cannot be set.',
    ],
  ])('refuses %s and writes nothing', async (_, properties, code, words) => {
    const { status, body } = await account.call('POST', companies, { properties });
    expect([status, body.category, body.errors[0].code]).toEqual([400, 'VALIDATION_ERROR', code]);
    expect(body.message).toMatch(/^Property values were not valid: \[\{/);
    expect(body.message).toContain(words);
  });

  it.each([
    ['number', { amount: '12,5' }, 'INVALID_NUMBER'],
    ['date', { expected_close: '2026-02-30' }, 'INVALID_DATE'],
    ['date that is not midnight', { expected_close: '1793000000001' }, 'INVALID_DATE'],
    ['datetime', { submitted_at: 'yesterday' }, 'INVALID_DATE'],
  ])('refuses a bad %s', async (_, properties, code) => {
    const { status, body } = await account.call('POST', registrations, {
      properties: { number: 'DR-BAD', ...properties },
    });
    expect([status, body.errors[0].code]).toEqual([400, code]);
  });

  it('keeps values as strings, dates as days and instants in UTC', async () => {
    const id = await create(registrations, {
      number: 'DR-1',
      amount: 1234.5,
      expected_close: 1_793_491_200_000,
      submitted_at: '2026-11-01T10:00:00+02:00',
    });
    const { body } = await account.call(
      'GET',
      `${registrations}/${id}?properties=amount,expected_close,submitted_at`,
    );
    expect(body.properties).toMatchObject({
      amount: '1234.5',
      expected_close: '2026-11-01',
      submitted_at: '2026-11-01T08:00:00.000Z',
    });
  });

  it('insists on required and unique properties', async () => {
    const missing = await account.call('POST', registrations, { properties: { customer_name: 'Nobody' } });
    expect(missing.body).toMatchObject({ category: 'VALIDATION_ERROR', context: { properties: ['number'] } });
    const holder = await create(registrations, { number: 'DR-2' });
    const twice = await account.call('POST', registrations, { properties: { number: 'DR-2' } });
    expect(twice.body.message).toContain(`${holder} already has that value`);
  });

  it('derives a deal’s closed state from its stage', async () => {
    const id = await create('/crm/objects/2026-09/deals', { dealname: 'Pumps', dealstage: 'closedwon' });
    const { body } = await account.call(
      'GET',
      `/crm/objects/2026-09/deals/${id}?properties=hs_is_closed,hs_is_closed_won,pipeline`,
    );
    expect(body.properties).toMatchObject({
      hs_is_closed: 'true',
      hs_is_closed_won: 'true',
      pipeline: 'default',
    });
  });
});

describe('HubSpot sandbox: batches', () => {
  it('reads what is there and lists what is not', async () => {
    const id = await create(companies, { name: 'Present' });
    const { status, body } = await account.call('POST', `${companies}/batch/read`, {
      properties: ['name'],
      propertiesWithHistory: [],
      inputs: [{ id }, { id: '404' }],
    });
    expect([status, body.results.length, body.errors[0].context.ids]).toEqual([207, 1, ['404']]);
  });

  it('lands the good rows when every input carries its own trace id', async () => {
    const inputs = [
      { objectWriteTraceId: 'a', properties: { name: 'Good' } },
      { objectWriteTraceId: 'b', properties: { name: 'Bad', type: 'FRIEND' } },
    ];
    const { status, body } = await account.call('POST', `${companies}/batch/create`, { inputs });
    expect([status, body.numErrors, body.results[0].objectWriteTraceId]).toEqual([207, 1, 'a']);
    expect(body.errors[0]).toMatchObject({
      category: 'VALIDATION_ERROR',
      context: { objectWriteTraceId: ['b'] },
    });
  });

  it('refuses all of a batch without trace ids for one bad row', async () => {
    const before = (await account.call('POST', `${companies}/search`, searchFor('name', 'Atomic'))).body
      .total;
    const inputs = [{ properties: { name: 'Atomic' } }, { properties: { name: 'Atomic', type: 'FRIEND' } }];
    expect((await account.call('POST', `${companies}/batch/create`, { inputs })).status).toBe(400);
    expect((await account.call('POST', `${companies}/search`, searchFor('name', 'Atomic'))).body.total).toBe(
      before,
    );
  });

  it('refuses all of a batch for a property no record has, trace ids or not', async () => {
    const inputs = [
      { objectWriteTraceId: 'a', properties: { name: 'Fine' } },
      { objectWriteTraceId: 'b', properties: { nickname: 'x' } },
    ];
    const { status, body } = await account.call('POST', `${companies}/batch/create`, { inputs });
    expect([status, body.errors[0].code]).toEqual([400, 'PROPERTY_DOESNT_EXIST']);
  });

  it('upserts by a unique property: new the first time, not the second', async () => {
    const upsert = async (customer: string): Promise<{ id: string; new: boolean }> => {
      const inputs = [
        {
          id: 'DR-9',
          idProperty: 'number',
          objectWriteTraceId: 't',
          properties: { customer_name: customer },
        },
      ];
      return (await account.call('POST', `${registrations}/batch/upsert`, { inputs })).body.results[0];
    };
    const first = await upsert('Ada');
    const second = await upsert('Grace');
    expect([first.new, second.new, first.id]).toEqual([true, false, second.id]);
  });

  it('accepts at most a hundred rows, and none twice', async () => {
    const inputs = Array.from({ length: 101 }, (_, n) => ({ id: String(n), properties: {} }));
    expect((await account.call('POST', `${companies}/batch/update`, { inputs })).status).toBe(400);
    const twice = await account.call('POST', `${companies}/batch/update`, { inputs: [inputs[0], inputs[0]] });
    expect(twice.body.message).toContain('Duplicate IDs found');
  });
});

const searchFor = (propertyName: string, value: string): object => ({
  after: '0',
  limit: 10,
  properties: [],
  sorts: [],
  filterGroups: [{ filters: [{ propertyName, operator: 'EQ', value }] }],
});
