import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Faults } from '#sandbox/faults.ts';
import { openAccount, type Answer, type TestAccount } from './account.ts';

let account: TestAccount;
let faults: Faults;
beforeEach(async () => {
  faults = new Faults();
  account = await openAccount(faults);
  await account.control('PATCH', '/limits', { searchesPerSecond: 1_000 });
});
afterEach(() => account.close());

const companies = '/crm/objects/2026-09/companies';
const deals = '/crm/objects/2026-09/deals';
const create = async (path: string, properties: Record<string, unknown>): Promise<string> =>
  (await account.call('POST', path, { properties })).body.id;
const search = (propertyName: string, operator: string, value: string, more: object = {}): Promise<Answer> =>
  account.call('POST', `${companies}/search`, {
    after: '0',
    limit: 200,
    properties: ['name'],
    sorts: [{ propertyName: 'hs_object_id', direction: 'ASCENDING' }],
    filterGroups: [{ filters: [{ propertyName, operator, value }] }],
    ...more,
  });

describe('HubSpot sandbox: an admin’s validation rules', () => {
  beforeEach(async () => {
    const rules = [
      { objectType: 'deals', required: 'amount', when: { property: 'dealstage', value: 'closedwon' } },
    ];
    await account.control('PUT', '/rules', { rules });
  });

  it('bind the API: a property that has become required must come with the write', async () => {
    const id = await create(deals, { dealname: 'Pumps', dealstage: 'contractsent' });
    const refused = await account.call('PATCH', `${deals}/${id}`, { properties: { dealstage: 'closedwon' } });
    expect([refused.status, refused.body.category, refused.body.context.properties]).toEqual([
      400,
      'VALIDATION_ERROR',
      ['amount'],
    ]);
    expect((await account.call('GET', `${deals}/${id}?properties=dealstage`)).body.properties.dealstage).toBe(
      'contractsent',
    );
    const whole = { dealstage: 'closedwon', amount: '10' };
    expect((await account.call('PATCH', `${deals}/${id}`, { properties: whole })).status).toBe(200);
    expect((await account.call('PATCH', `${deals}/${id}`, { properties: { amount: '' } })).status).toBe(400);
  });

  it('refuse just their rows of a batch, and people too', async () => {
    const inputs = [
      { objectWriteTraceId: 'a', properties: { dealname: 'Good' } },
      { objectWriteTraceId: 'b', properties: { dealname: 'Bad', dealstage: 'closedwon' } },
    ];
    const { status, body } = await account.call('POST', `${deals}/batch/create`, { inputs });
    expect([status, body.results.length, body.errors[0].context.objectWriteTraceId]).toEqual([207, 1, ['b']]);
    const byHand = await account.control('POST', '/edit', {
      objectType: 'deals',
      properties: { dealstage: 'closedwon' },
    });
    expect(byHand.status).toBe(400);
  });

  it('leave records alone that broke them before, unless the write is about it', async () => {
    await account.control('PUT', '/rules', { rules: [] });
    const id = await create(deals, { dealname: 'Old', dealstage: 'closedwon' });
    await account.control('PUT', '/rules', { rules: [{ objectType: 'deals', required: 'amount' }] });
    expect(
      (await account.call('PATCH', `${deals}/${id}`, { properties: { dealname: 'Older' } })).status,
    ).toBe(200);
    expect((await account.call('POST', deals, { properties: { dealname: 'New' } })).status).toBe(400);
  });

  it('must name what is there', async () => {
    const rules = [{ objectType: 'deals', required: 'nickname' }];
    expect((await account.control('PUT', '/rules', { rules })).status).toBe(404);
  });
});

describe('HubSpot sandbox: validation rules of properties', () => {
  const path = '/crm/property-validations/2026-09/0-3';

  it('refuse the values that are written, and are shown by object, property and type', async () => {
    await account.control('PUT', '/rules', { rules: [] });
    const rule = { ruleType: 'MAX_LENGTH', ruleArguments: ['5'] };
    await account.control('PUT', '/validations', {
      validations: [{ objectType: 'deals', property: 'dealname', ...rule }],
    });
    const refused = await account.call('POST', deals, { properties: { dealname: 'Pumps and pipes' } });
    expect([refused.status, refused.body.category, refused.body.errors[0].context.propertyName]).toEqual([
      400,
      'VALIDATION_ERROR',
      ['dealname'],
    ]);
    expect((await account.call('POST', deals, { properties: { dealname: 'Pumps' } })).status).toBe(201);
    const shown = { ...rule, shouldApplyNormalization: false };
    expect((await account.call('GET', path)).body.results).toEqual([
      { propertyName: 'dealname', propertyValidationRules: [shown] },
    ]);
    expect((await account.call('GET', `${path}/dealname`)).body.results).toEqual([shown]);
    expect((await account.call('GET', `${path}/dealname/rule-type/MAX_LENGTH`)).body).toEqual(shown);
    expect((await account.call('GET', `${path}/dealname/rule-type/REGEX`)).status).toBe(404);
    await account.control('PUT', '/validations', { validations: [] });
    expect((await account.call('GET', path)).body.results).toEqual([]);
  });
});

describe('HubSpot sandbox: search lag', () => {
  it('shows a new record late and a changed one as it was, while reads are current', async () => {
    const old = await create(companies, { name: 'Before' });
    await account.control('PATCH', '/settings', { searchLagMs: 10_000 });
    const fresh = await create(companies, { name: 'Fresh' });
    account.forward(1_000);
    await account.call('PATCH', `${companies}/${old}`, { properties: { name: 'Between' } });
    account.forward(1_000);
    await account.call('PATCH', `${companies}/${old}`, { properties: { name: 'After' } });
    const found = async (): Promise<Record<string, string>[]> =>
      (await search('name', 'HAS_PROPERTY', '')).body.results.map(
        (one: { properties: Record<string, string> }) => one.properties['name'],
      );
    expect(await found()).toEqual(['Before']);
    expect((await account.call('GET', `${companies}/${old}?properties=name`)).body.properties.name).toBe(
      'After',
    );
    expect((await search('name', 'EQ', 'After')).body.total).toBe(0);
    account.forward(8_500);
    expect(await found()).toEqual(['Before', 'Fresh']);
    account.forward(500);
    expect(await found()).toEqual(['Between', 'Fresh']);
    account.forward(1_000);
    expect(await found()).toEqual(['After', 'Fresh']);
    expect((await account.call('GET', `${companies}/${fresh}`)).status).toBe(200);
  });
});

describe('HubSpot sandbox: many records with one stamp', () => {
  it('gives more than 10,000 records one stamp, which only a walk by id gets through', async () => {
    const inputs = Array.from({ length: 100 }, () => ({ properties: { name: 'Bulk' } }));
    await account.control('PATCH', '/limits', { perTenSeconds: 1_000 });
    for (let n = 0; n < 101; n += 1) await account.call('POST', `${companies}/batch/create`, { inputs });
    account.forward(60_000);
    const { body } = await account.control('POST', '/touch', { objectType: 'companies' });
    expect(body).toEqual({ touched: 10_100, updatedAt: '2026-11-20T08:01:00.250Z' });
    const at = String(Date.parse(body.updatedAt));
    expect((await search('hs_lastmodifieddate', 'GTE', at, { after: '9900' })).status).toBe(400);
    const ids = new Set<string>();
    for (let last = '0'; ;) {
      const filters = [
        { propertyName: 'hs_lastmodifieddate', operator: 'GTE', value: at },
        { propertyName: 'hs_object_id', operator: 'GT', value: last },
      ];
      const page = await search('', '', '', { filterGroups: [{ filters }] });
      for (const record of page.body.results) ids.add((last = record.id));
      if (page.body.results.length < 200) break;
    }
    expect(ids.size).toBe(10_100);
  });

  it('touches just the records asked for, at the instant asked for', async () => {
    const [one, two] = [await create(companies, { name: 'One' }), await create(companies, { name: 'Two' })];
    await account.control('POST', '/touch', {
      objectType: 'companies',
      ids: [two],
      at: '2026-11-21T00:00:00Z',
    });
    expect((await account.call('GET', `${companies}/${two}`)).body.updatedAt).toBe(
      '2026-11-21T00:00:00.000Z',
    );
    expect((await account.call('GET', `${companies}/${one}`)).body.updatedAt).toBe(
      '2026-11-20T08:00:00.250Z',
    );
  });
});

describe('HubSpot sandbox: faults', () => {
  it('strike the API in HubSpot’s own words, and neither the record pages nor the controls', async () => {
    faults.add({ vendor: 'hubspot', fault: { kind: 'status', status: 429, retryAfterSeconds: 3 } });
    // The client would wait and try again on its own.
    const headers = { authorization: `Bearer ${account.secrets['accessToken']}` };
    const struck = await fetch(`${account.url}${companies}`, { headers });
    expect([struck.status, struck.headers.get('retry-after')]).toEqual([429, '3']);
    expect(await struck.json()).toMatchObject({
      status: 'error',
      category: 'RATE_LIMITS',
      policyName: 'TEN_SECONDLY_ROLLING',
    });
    expect((await account.control('GET', '/settings')).status).toBe(200);
    expect((await fetch(account.url)).status).toBe(200);
    expect(account.store.calls('hubspot')).toEqual([]);
  });

  it('refuse single rows of a batch, permanently or because of another writer', async () => {
    faults.add({ vendor: 'hubspot', match: { path: 'batch/create' }, fault: { kind: 'partial', rows: [0] } });
    faults.add({ vendor: 'hubspot', match: { path: 'batch/create' }, fault: { kind: 'lock_row', every: 3 } });
    const inputs = ['a', 'b', 'c'].map((trace) => ({
      objectWriteTraceId: trace,
      properties: { name: trace },
    }));
    const { status, body } = await account.call('POST', `${companies}/batch/create`, { inputs });
    expect([status, body.results.length]).toEqual([207, 1]);
    expect(body.errors.map((error: { category: string }) => error.category)).toEqual([
      'VALIDATION_ERROR',
      'CONFLICT',
    ]);
  });

  it('keep single writes from search for a while', async () => {
    faults.add({
      vendor: 'hubspot',
      match: { method: 'POST', path: 'companies', times: 1 },
      fault: { kind: 'late', ms: 5_000 },
    });
    await create(companies, { name: 'Late' });
    await create(companies, { name: 'Early' });
    expect((await search('name', 'HAS_PROPERTY', '')).body.total).toBe(1);
    account.forward(5_000);
    expect((await search('name', 'HAS_PROPERTY', '')).body.total).toBe(2);
  });

  it('expire the tokens of OAuth apps, never a private app’s', async () => {
    const app = (await account.control('POST', '/apps', {})).body;
    faults.add({ vendor: 'hubspot', match: { times: 1 }, fault: { kind: 'expire_tokens' } });
    expect((await account.callWith(app.accessToken)('GET', companies)).body.category).toBe(
      'EXPIRED_AUTHENTICATION',
    );
    expect((await account.call('GET', companies)).status).toBe(200);
  });
});
