import nock from 'nock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSalesforce } from '#connectors/salesforce/connector.ts';
import type { CrmConnector, PushBatch } from '#connectors/contract/crm.ts';
import type { PullPage } from '#connectors/contract/records.ts';
import { privateKeyPem } from '#test/sandbox/salesforce/org.ts';
import { alone } from '#test/support/connector-input.ts';
import { answerOnlyByNock } from '#test/support/nock-only.ts';

const login = 'https://login.example.com';
const instance = 'https://cascadia.example.com';
const data = '/services/data/v67.0';
const date = 'Sun, 22 Nov 2026 02:00:00 GMT';
const organization = { totalSize: 1, done: true, records: [{ Id: '00DQy0000000001MAA', Name: 'Cascadia' }] };

answerOnlyByNock();
beforeEach(() => {
  nock(login)
    .persist()
    .post('/services/oauth2/token')
    .reply(200, {
      access_token: 'T',
      instance_url: instance,
      id: `${login}/id/00D1/0051`,
      token_type: 'Bearer',
    });
});
afterEach(() => {
  const unused = nock.pendingMocks().filter((mock) => !mock.includes('/oauth2/'));
  nock.cleanAll();
  if (unused.length) throw new Error(`not every expected call was made: ${unused.join(', ')}`);
});

const connect = (settings: Record<string, string> = {}): CrmConnector =>
  createSalesforce({
    ...alone,
    settings: { loginUrl: login, clientId: 'C', username: 'u@example.com', ...settings },
    secrets: { privateKeyPem },
    now: () => new Date('2026-11-22T02:00:00Z'),
  });
const api = (): nock.Scope =>
  nock(instance, {
    reqheaders: { authorization: 'Bearer T', 'sforce-call-options': 'client=fairway' },
  }).replyDate(new Date(date));
const organizations = (): nock.Interceptor =>
  api()
    .get(`${data}/query`)
    .query((query) => String(query['q']).includes('Organization'));
const failureOf = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => (error as { failure: unknown }).failure,
  );

const batch: PushBatch = {
  object: 'Account',
  operation: 'update',
  keyField: null,
  writes: ['1', '2'].map((id) => ({
    id,
    extId: `00100000000000${id}AAA`,
    keyValue: null,
    fields: { Name: `N${id}` },
  })),
};
const locked = {
  success: false,
  errors: [
    {
      statusCode: 'UNABLE_TO_LOCK_ROW',
      message: 'unable to obtain exclusive access to this record',
      fields: [],
    },
  ],
};
const saved = (id: string): object => ({ id, success: true, errors: [] });

describe('salesforce: transient failures', () => {
  it('repeats a read after 503 and after a reset connection, and counts every attempt', async () => {
    organizations().reply(503, 'busy');
    organizations().replyWithError(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }));
    organizations().reply(200, organization);
    const connector = connect();
    await expect(connector.check()).resolves.toMatchObject({ account: 'Cascadia' });
    expect(connector.calls()).toBe(2);
  });

  it('gives up after four attempts with a failure to retry later', async () => {
    organizations()
      .times(4)
      .reply(503, [{ errorCode: 'SERVER_UNAVAILABLE', message: 'server unavailable' }]);
    expect(await failureOf(connect().check())).toMatchObject({ class: 'retry', code: 'SERVER_UNAVAILABLE' });
  });

  it('repeats a whole write after 503, because an update by id is idempotent', async () => {
    api().patch(`${data}/composite/sobjects`).reply(503, 'busy');
    api()
      .patch(`${data}/composite/sobjects`)
      .matchHeader('sforce-duplicate-rule-header', 'allowSave=true')
      .reply(200, [saved('001000000000001AAA'), saved('001000000000002AAA')]);
    expect((await connect().push(batch)).map((outcome) => outcome.ok)).toEqual([true, true]);
  });

  it('sends fewer rows at once to an org that does not process them in time', async () => {
    const tooSlow = Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' });
    api().patch(`${data}/composite/sobjects`).times(4).replyWithError(tooSlow);
    for (const id of ['001000000000001AAA', '001000000000002AAA'])
      api()
        .patch(
          `${data}/composite/sobjects`,
          (body: { records: { id: string }[] }) => body.records.map((row) => row.id).join() === id,
        )
        .reply(200, [saved(id)]);
    expect((await connect().push(batch)).map((outcome) => outcome.ok)).toEqual([true, true]);
  });

  it('repeats only the rows that were locked', async () => {
    api()
      .patch(`${data}/composite/sobjects`)
      .reply(200, [saved('001000000000001AAA'), locked]);
    api()
      .patch(
        `${data}/composite/sobjects`,
        (body: { records: { id: string }[] }) =>
          body.records.length === 1 && body.records[0]?.id === '001000000000002AAA',
      )
      .reply(200, [saved('001000000000002AAA')]);
    expect((await connect().push(batch)).map((outcome) => outcome.ok)).toEqual([true, true]);
  });

  it('reports a row that stays locked as one to retry, after three attempts', async () => {
    api()
      .patch(`${data}/composite/sobjects`)
      .reply(200, [saved('001000000000001AAA'), locked]);
    api().patch(`${data}/composite/sobjects`).times(2).reply(200, [locked]);
    expect(await connect().push(batch)).toContainEqual({
      id: '2',
      ok: false,
      failure: expect.objectContaining({ class: 'retry', code: 'UNABLE_TO_LOCK_ROW' }),
    });
  });
});

describe('salesforce: limits', () => {
  it('reports an exhausted daily limit at once, with a pause and without another call', async () => {
    organizations().reply(
      403,
      [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests Limit exceeded.' }],
      {
        'Sforce-Limit-Info': 'api-usage=100000/100000',
      },
    );
    const connector = connect();
    expect(await failureOf(connector.check())).toMatchObject({
      class: 'throttle',
      code: 'REQUEST_LIMIT_EXCEEDED',
      retryAfterMs: 900_000,
    });
    expect([connector.calls(), connector.limits()]).toEqual([1, { used: 100_000, allowed: 100_000 }]);
  });

  it('returns the outcomes of the written rows when the limit ends a long write', async () => {
    const writes = Array.from({ length: 401 }, (_, n) => ({
      id: String(n),
      extId: '001000000000001AAA',
      keyValue: null,
      fields: {},
    }));
    api()
      .patch(`${data}/composite/sobjects`)
      .reply(
        200,
        writes.slice(0, 200).map(() => saved('001000000000001AAA')),
      );
    api()
      .patch(`${data}/composite/sobjects`)
      .reply(403, [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests Limit exceeded.' }]);
    const outcomes = await connect().push({ ...batch, writes });
    expect(outcomes.map((outcome) => outcome.ok)).toEqual(writes.map((_, n) => n < 200));
    expect(outcomes[400]).toMatchObject({ id: '400', failure: { class: 'throttle' } });
  });

  it('pauses briefly when there are too many concurrent requests', async () => {
    organizations().reply(403, [
      {
        errorCode: 'REQUEST_LIMIT_EXCEEDED',
        message: 'ConcurrentRequests (Concurrent API Requests) Limit exceeded.',
      },
    ]);
    expect(await failureOf(connect().check())).toMatchObject({ class: 'throttle', retryAfterMs: 30_000 });
  });
});

describe('salesforce: sessions', () => {
  it('stops with an auth failure when Salesforce refuses a new token', async () => {
    nock(instance)
      .get(/query/)
      .times(2)
      .reply(401, [{ errorCode: 'INVALID_SESSION_ID', message: 'Session expired or invalid' }]);
    expect(await failureOf(connect().check())).toMatchObject({ class: 'auth', code: 'INVALID_SESSION_ID' });
  });

  it('reports why a renewal was refused', async () => {
    nock.cleanAll();
    nock(login)
      .post('/services/oauth2/token')
      .reply(200, {
        access_token: 'T',
        instance_url: instance,
        id: `${login}/id/00D1/0051`,
        token_type: 'Bearer',
      });
    nock(login)
      .post('/services/oauth2/token')
      .reply(400, { error: 'inactive_user', error_description: 'user inactive' });
    nock(instance)
      .get(/query/)
      .reply(401, [{ errorCode: 'INVALID_SESSION_ID', message: 'Session expired or invalid' }]);
    expect(await failureOf(connect().check())).toMatchObject({
      class: 'auth',
      code: 'inactive_user',
      fix: expect.stringContaining('Activate the integration user'),
    });
  });
});

describe('salesforce: a query cursor', () => {
  it('is replaced by a query after the last id when Salesforce has lost it', async () => {
    const row = (n: number): object => ({
      Id: `00100000000000${n}AAA`,
      SystemModstamp: '2026-11-01T00:00:00.000+0000',
      Name: `N${n}`,
    });
    api()
      .get(`${data}/query`)
      .query(true)
      .reply(200, { totalSize: 2, done: false, nextRecordsUrl: `${data}/query/01g-1`, records: [row(1)] });
    api()
      .get(`${data}/query/01g-1`)
      .reply(400, [{ errorCode: 'INVALID_QUERY_LOCATOR', message: 'invalid query locator' }]);
    api()
      .get(`${data}/query`)
      .query((query) => String(query['q']).includes("Id > '001000000000001AAA'"))
      .reply(200, { totalSize: 1, done: true, records: [row(2)] });
    const pages: PullPage[] = [];
    for await (const page of connect().pull({
      object: 'Account',
      fields: ['Name'],
      since: null,
      resume: null,
    }))
      pages.push(page);
    expect(pages.flatMap((page) => page.records.map((record) => record.fields['Name']))).toEqual([
      'N1',
      'N2',
    ]);
    expect(pages.map((page) => page.serverTime)).toEqual([
      '2026-11-22T02:00:00.000Z',
      '2026-11-22T02:00:00.000Z',
    ]);
  });
});
