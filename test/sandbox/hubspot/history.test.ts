import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAccount, type TestAccount } from './account.ts';

let account: TestAccount;
beforeEach(async () => {
  account = await openAccount();
});
afterEach(() => account.close());

const companies = '/crm/objects/2026-09/companies';
const create = async (properties: Record<string, unknown>): Promise<string> =>
  (await account.call('POST', companies, { properties })).body.id;

describe('HubSpot sandbox: property history', () => {
  it('distinguishes an integration’s values from a person’s, newest first', async () => {
    const id = await create({ name: 'Arden', city: 'Lyon' });
    account.forward(1_000);
    await account.control('POST', '/edit', {
      objectType: 'companies',
      id,
      properties: { city: 'Metz' },
      userId: 42,
    });
    account.forward(1_000);
    await account.call('PATCH', `${companies}/${id}`, { properties: { city: 'Nice' } });
    const { body } = await account.call('GET', `${companies}/${id}?propertiesWithHistory=city,name`);
    const sourceId = account.vendor.credentials({ publicKeyPem: '' }).settings['appId'];
    expect(body.properties.city).toBe('Nice');
    expect(body.propertiesWithHistory.city).toMatchObject([
      { value: 'Nice', timestamp: '2026-11-20T08:00:02.250Z', sourceType: 'INTEGRATION' },
      {
        value: 'Metz',
        timestamp: '2026-11-20T08:00:01.250Z',
        sourceType: 'CRM_UI',
        sourceId: 'userId:42',
        updatedByUserId: 42,
      },
      { value: 'Lyon', timestamp: '2026-11-20T08:00:00.250Z', sourceType: 'INTEGRATION' },
    ]);
    // The account's second app; the first one wrote.
    expect(body.propertiesWithHistory.name[0].sourceId).toBe(String(Number(sourceId) - 1));
  });

  it('gives it in batches too, fifty records at most', async () => {
    const id = await create({ name: 'Arden' });
    const read = (count: number) =>
      account.call('POST', `${companies}/batch/read`, {
        properties: [],
        propertiesWithHistory: ['name'],
        inputs: Array.from({ length: count }, () => ({ id })),
      });
    expect((await read(1)).body.results[0].propertiesWithHistory.name).toHaveLength(1);
    expect((await read(51)).status).toBe(400);
    expect((await account.call('GET', `${companies}?limit=51&propertiesWithHistory=name`)).status).toBe(400);
  });

  it('keeps a cleared value as an empty one, and forgets all but the last twenty', async () => {
    const id = await create({ name: 'Arden', city: 'Lyon' });
    await account.call('PATCH', `${companies}/${id}`, { properties: { city: '' } });
    const cleared = await account.call('GET', `${companies}/${id}?propertiesWithHistory=city`);
    expect(cleared.body.propertiesWithHistory.city.map((one: { value: string }) => one.value)).toEqual([
      '',
      'Lyon',
    ]);
    for (let n = 0; n < 25; n += 1)
      await account.call('PATCH', `${companies}/${id}`, { properties: { city: `City ${n}` } });
    const many = await account.call('GET', `${companies}/${id}?propertiesWithHistory=city`);
    expect(many.body.propertiesWithHistory.city).toHaveLength(20);
  });

  it('adds nothing for a value that was there already', async () => {
    const id = await create({ name: 'Arden' });
    await account.call('PATCH', `${companies}/${id}`, { properties: { name: 'Arden' } });
    const { body } = await account.call('GET', `${companies}/${id}?propertiesWithHistory=name`);
    expect(body.propertiesWithHistory.name).toHaveLength(1);
  });

  it('survives a merge into a new id, with the values that came from the other', async () => {
    const [primary, other] = [
      await create({ name: 'Arden' }),
      await create({ name: 'Arden Ltd', city: 'Lyon' }),
    ];
    account.forward(1_000);
    await account.call('PATCH', `${companies}/${primary}`, { properties: { name: 'Arden Works' } });
    const merged = await account.call('POST', `${companies}/merge`, {
      primaryObjectId: primary,
      objectIdToMerge: other,
    });
    const { body } = await account.call(
      'GET',
      `${companies}/${merged.body.id}?propertiesWithHistory=name,city`,
    );
    expect(body.propertiesWithHistory.name.map((one: { value: string }) => one.value)).toEqual([
      'Arden Works',
      'Arden',
    ]);
    expect(body.propertiesWithHistory.city).toMatchObject([
      { value: 'Lyon', timestamp: '2026-11-20T08:00:01.250Z' },
    ]);
  });
});

describe('HubSpot sandbox: a person at work', () => {
  it('creates and edits through the same validation as the API', async () => {
    const created = await account.control('POST', '/edit', {
      objectType: 'companies',
      properties: { name: 'By hand' },
    });
    expect(
      (await account.call('GET', `${companies}/${created.body.id}?properties=name`)).body.properties.name,
    ).toBe('By hand');
    const refused = await account.control('POST', '/edit', {
      objectType: 'companies',
      properties: { type: 'FRIEND' },
    });
    expect([refused.status, refused.body.errors[0].code]).toEqual([400, 'INVALID_OPTION']);
  });

  it('neither needs a token nor counts as a call', async () => {
    await account.control('POST', '/edit', { objectType: 'companies', properties: { name: 'By hand' } });
    expect(account.store.calls('hubspot')).toEqual([]);
  });
});
