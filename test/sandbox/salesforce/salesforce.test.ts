import { generateKeyPairSync } from 'node:crypto';
import type { Connection } from 'jsforce';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assertionFor, connectTo, startOrg } from './org.ts';
import type { RunningOrg } from './org.ts';
import { assignPermissionSet, dealPackage, deploy } from './package.ts';

let org: RunningOrg;
let connection: Connection;

beforeAll(async () => {
  org = await startOrg();
  connection = await connectTo(org);
});
afterAll(() => org.close());

const codeOf = (reason: unknown): unknown => (reason as { errorCode?: string }).errorCode;
const queryCode = async (soql: string): Promise<unknown> =>
  connection.query(soql).then(() => 'accepted', codeOf);

async function token(claims: Parameters<typeof assertionFor>[1], pem?: string): Promise<unknown> {
  const body = new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: await assertionFor(org, claims, pem),
  });
  return (await fetch(`${org.url}/services/oauth2/token`, { method: 'POST', body })).json();
}

describe('sign-in', () => {
  it('gives a token for an assertion signed with the registered key', async () => {
    expect(await token({})).toMatchObject({ token_type: 'Bearer', instance_url: org.url });
  });

  it('refuses an unknown app, a foreign key, a wrong user, a wrong audience and an expired assertion, each in its words', async () => {
    const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString();
    expect(await token({ iss: 'nobody' })).toEqual({
      error: 'invalid_client_id',
      error_description: 'client identifier invalid',
    });
    expect(await token({}, foreign)).toEqual({
      error: 'invalid_grant',
      error_description: 'invalid assertion',
    });
    expect(await token({ sub: 'x@example.com' })).toEqual({
      error: 'invalid_grant',
      error_description: "user hasn't approved this consumer",
    });
    expect(await token({ aud: 'https://example.com' })).toEqual({
      error: 'invalid_grant',
      error_description: 'audience is invalid',
    });
    expect(await token({ exp: new Date(org.clock.now.getTime() - 1000) })).toEqual({
      error: 'invalid_grant',
      error_description: 'invalid assertion',
    });
  });

  it('answers 401 INVALID_SESSION_ID to an unknown token and to one that is two hours old', async () => {
    const ask = (bearer: string): Promise<Response> =>
      fetch(`${org.url}/services/data/v67.0/limits`, { headers: { authorization: `Bearer ${bearer}` } });
    const unknown = await ask('nonsense');
    expect([unknown.status, await unknown.json()]).toEqual([
      401,
      [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }],
    ]);
    const fresh = (await token({})) as { access_token: string };
    expect((await ask(fresh.access_token)).status).toBe(200);
    org.advance(2 * 3_600_000);
    expect((await ask(fresh.access_token)).status).toBe(401);
    connection = await connectTo(org);
  });
});

describe('the API around the records', () => {
  it('lists its versions and says how much of the daily limit is used on every answer', async () => {
    expect(await (await fetch(`${org.url}/services/data`)).json()).toContainEqual({
      label: 'v67',
      url: '/services/data/v67.0',
      version: '67.0',
    });
    const before = org.calls();
    await connection.request('/limits');
    expect(connection.limitInfo.apiUsage).toEqual({ used: before + 1, limit: 100_000 });
  });

  it('journals each call with what it was for, and no refused session', async () => {
    const before = org.calls();
    await connection.query('SELECT Id FROM Account');
    await connection.describe('Account');
    await fetch(`${org.url}/services/data/v67.0/limits`);
    expect(
      org.store
        .calls('salesforce')
        .slice(before)
        .map((call) => [call.method, call.status, call.summary]),
    ).toEqual([
      ['GET', 200, 'query Account'],
      ['GET', 200, 'describe Account'],
    ]);
  });

  it('takes the time from the vendor clock, in the Date header as in the stamps', async () => {
    const response = await fetch(`${org.url}/services/data`);
    expect(response.headers.get('date')).toBe(org.clock.now.toUTCString());
    const { id } = await connection.sobject('Account').create({ Name: 'Stamped' });
    const account = await connection.sobject('Account').retrieve(String(id));
    expect(account['SystemModstamp']).toBe(`${org.clock.now.toISOString().slice(0, 19)}.000+0000`);
  });

  it('answers what it does not know as Salesforce does', async () => {
    const error: unknown = await connection.request('/nothing/here').catch((reason: unknown) => reason);
    expect(codeOf(error)).toBe('NOT_FOUND');
    const noObject: unknown = await connection.describe('Invoice__c').catch((reason: unknown) => reason);
    expect(codeOf(noObject)).toBe('NOT_FOUND');
  });
});

describe('records', () => {
  it('gives ids with the key prefix and checksum, in ascending order', async () => {
    const results = await connection
      .sobject('Account')
      .create(Array.from({ length: 3 }, (_, n) => ({ Name: `Ordered ${n}` })));
    const ids = results.map((result) => result.id ?? '');
    expect(ids.every((id) => /^001\w{15}$/.test(id))).toBe(true);
    expect(ids).toEqual(ids.toSorted());
  });

  it('creates, reads, updates and deletes; a deleted record is gone by its own error', async () => {
    const accounts = connection.sobject('Account');
    const { id = '' } = await accounts.create({ Name: '  Acme  ', Website: '' });
    expect(await accounts.retrieve(id)).toMatchObject({ Name: 'Acme', Website: null, Type: null });
    await accounts.update({ Id: id, Type: 'Customer' });
    expect(await accounts.retrieve(id.slice(0, 15))).toMatchObject({ Id: id, Type: 'Customer' });
    await accounts.destroy(id);
    expect(codeOf(await accounts.retrieve(id).catch((reason: unknown) => reason))).toBe('ENTITY_IS_DELETED');
  });

  it('works out whether an opportunity is closed and won from its stage', async () => {
    const opportunities = connection.sobject('Opportunity');
    const { id = '' } = await opportunities.create({
      Name: 'Deal',
      StageName: 'Prospecting',
      CloseDate: '2026-12-01',
      Amount: '1000.005',
    });
    expect(await opportunities.retrieve(id)).toMatchObject({ IsClosed: false, IsWon: false });
    await opportunities.update({ Id: id, StageName: 'Closed Won' });
    expect(await opportunities.retrieve(id)).toMatchObject({
      IsClosed: true,
      IsWon: true,
      CurrencyIsoCode: 'USD',
    });
  });

  it('refuses bad values with the vendor’s codes, row by row and in order', async () => {
    const good = { Name: 'Fine', StageName: 'Prospecting', CloseDate: '2026-12-01' };
    const rows = [
      good,
      { ...good, Nope__c: 1 },
      { ...good, IsWon: true },
      { StageName: 'Prospecting' },
      { ...good, Name: 'x'.repeat(121) },
      { ...good, CurrencyIsoCode: 'XXX' },
      { ...good, AccountId: 'abc' },
      { ...good, AccountId: '001Qy0000009999AAA' },
      { ...good, CloseDate: '2026-02-30' },
      { ...good, Amount: 'lots' },
    ];
    const results = await connection.sobject('Opportunity').create(rows);
    expect(
      results.map((result) =>
        result.success ? 'ok' : (result.errors[0] as unknown as { statusCode: string }).statusCode,
      ),
    ).toEqual([
      'ok',
      'INVALID_FIELD',
      'INVALID_FIELD_FOR_INSERT_UPDATE',
      'REQUIRED_FIELD_MISSING',
      'STRING_TOO_LONG',
      'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
      'MALFORMED_ID',
      expect.stringMatching(/MALFORMED_ID|INVALID_CROSS_REFERENCE_KEY/),
      'JSON_PARSER_ERROR',
      'JSON_PARSER_ERROR',
    ]);
  });

  it('saves all or none when asked to', async () => {
    const count = async (): Promise<number> =>
      (await connection.query("SELECT COUNT() FROM Account WHERE Name LIKE 'Together%'")).totalSize;
    const rows = [{ Name: 'Together 1' }, { Name: '' }];
    const results = await connection.sobject('Account').create(rows, { allOrNone: true });
    expect(
      results.map((result) => (result.errors[0] as unknown as { statusCode: string }).statusCode),
    ).toEqual(['ALL_OR_NONE_OPERATION_ROLLED_BACK', 'REQUIRED_FIELD_MISSING']);
    expect(await count()).toBe(0);
  });

  it('refuses more than 200 records in one call', async () => {
    const rows = Array.from({ length: 201 }, (_, n) => ({ Name: `Many ${n}` }));
    expect(
      codeOf(
        await connection
          .sobject('Account')
          .create(rows)
          .catch((reason: unknown) => reason),
      ),
    ).toBe('EXCEEDED_ID_LIMIT');
  });

  it('retrieves a collection in the order asked for, null where a record is gone', async () => {
    const [a, b] = await connection.sobject('Account').create([{ Name: 'A' }, { Name: 'B' }]);
    await connection.sobject('Account').destroy(a?.id ?? '');
    const found = await connection.retrieve('Account', [b?.id ?? '', a?.id ?? ''], { fields: ['Name'] });
    expect(found).toEqual([expect.objectContaining({ Name: 'B' }), null]);
  });
});

describe('metadata', () => {
  it('has no custom object until a package brings it, and shows it only with a permission set', async () => {
    expect(await queryCode('SELECT Id FROM Claim__c')).toBe('INVALID_TYPE');
    const result = await deploy(connection, dealPackage);
    expect(result).toMatchObject({ status: 'Succeeded', success: true, numberComponentErrors: 0 });
    expect(await queryCode('SELECT Id FROM Claim__c')).toBe('INVALID_TYPE');
    expect(await queryCode('SELECT Rating__c FROM Account')).toBe('INVALID_FIELD');
    await assignPermissionSet(connection);
    expect((await connection.query('SELECT Id FROM Claim__c')).totalSize).toBe(0);
    const described = await connection.describe('Claim__c');
    expect(described.keyPrefix).toBe('a00');
    expect(described.fields.find((field) => field.name === 'Key__c')).toMatchObject({
      type: 'string',
      length: 40,
      nillable: false,
      unique: true,
      externalId: true,
      idLookup: true,
    });
    expect(
      described.fields
        .find((field) => field.name === 'Status__c')
        ?.picklistValues?.map((value) => value.value),
    ).toEqual(['open', 'closed']);
    expect(described.fields.find((field) => field.name === 'Account__c')).toMatchObject({
      type: 'reference',
      referenceTo: ['Account'],
      relationshipName: 'Account__r',
    });
  });

  it('upserts by external id: creates, then updates the same record', async () => {
    const first = await connection
      .sobject('Claim__c')
      .upsert([{ Key__c: 'K1', Status__c: 'open' }], 'Key__c');
    const second = await connection.sobject('Claim__c').upsert(
      [
        { Key__c: 'K1', Status__c: 'closed' },
        { Key__c: 'K2', Status__c: 'lost' },
      ],
      'Key__c',
    );
    expect(first[0]).toMatchObject({ success: true, created: true });
    expect(second[0]).toMatchObject({ success: true, created: false, id: first[0]?.id });
    expect(second[1]?.errors[0]).toMatchObject({ statusCode: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST' });
    const duplicate: unknown = await connection
      .sobject('Claim__c')
      .create({ Key__c: 'k1' })
      .catch((reason: unknown) => reason);
    expect(codeOf(duplicate)).toBe('DUPLICATE_VALUE');
    const [single] = [await connection.sobject('Claim__c').upsert({ Key__c: 'K3' }, 'Key__c')];
    expect(single).toMatchObject({ success: true, created: true });
  });

  it('reports each broken component and changes nothing', async () => {
    const broken = {
      ...dealPackage,
      'objects/Account.object':
        dealPackage['objects/Account.object']
          ?.replace('<length>10</length>', '')
          .replace('Rating__c', 'Other__c') ?? '',
    };
    const result = await deploy(connection, broken);
    expect(result).toMatchObject({ status: 'Failed', success: false });
    expect(result.details.componentFailures).toContainEqual(
      expect.objectContaining({
        fullName: 'Account.Other__c',
        problem: 'Required field is missing: length',
        problemType: 'Error',
      }),
    );
    const described = await connection.describe('Account');
    expect(described.fields.some((field) => field.name === 'Other__c')).toBe(false);
  });
});

describe('the record page', () => {
  it('shows a record with every value escaped', async () => {
    const { id } = await connection
      .sobject('Account')
      .create({ Name: '<script>alert(1)</script>', Rating__c: 'A & B' });
    const text = await (await fetch(`${org.url}/lightning/r/Account/${id}/view`)).text();
    expect(text).not.toContain('<script>');
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(text).toContain('A &amp; B');
    const list = await (await fetch(`${org.url}/?object=Account&q=script`)).text();
    expect(list).toContain(`/lightning/r/Account/${id}/view`);
  });

  it('answers 404 with a way back for a record that is not there', async () => {
    const response = await fetch(`${org.url}/lightning/r/Account/001Qy0000000zzzAAA/view`);
    expect(response.status).toBe(404);
    expect(await response.text()).toContain('Back to the list');
  });
});
