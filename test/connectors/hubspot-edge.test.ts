import nock from 'nock';
import { afterEach, describe, expect, it } from 'vitest';
import type { Connector, PushBatch } from '#connectors/connector.ts';
import { createHubspot } from '#connectors/hubspot/connector.ts';
import { pagesOf } from './hubspot-account.ts';
import { alone } from '#test/support/connector-input.ts';

/** What the vendor does that the sandbox cannot: fail in between, and answer in older shapes. */
const base = 'https://api.hubapi.com';
let token = 0;
/** A new token each time, so that no test waits for another's pace. */
const connect = (): Connector =>
  createHubspot({ ...alone, settings: {}, secrets: { accessToken: `pat-${(token += 1)}` }, now: () => new Date() });
const details = (): nock.Interceptor => nock(base).get('/account-info/2026-09/details');
const deals: PushBatch = {
  object: 'deals',
  operation: 'update',
  keyField: null,
  writes: ['1', '2', '3', '4'].map((extId) => ({ id: `w${extId}`, extId, keyValue: null, fields: { amount: extId } })),
};

afterEach(() => {
  nock.cleanAll();
});

describe('hubspot: failures in between', () => {
  it('tries a bad gateway again, and counts both calls', async () => {
    details().reply(502, '<html>Bad gateway</html>');
    details().reply(200, { portalId: 7 });
    const connector = connect();
    expect((await connector.check()).account).toBe('HubSpot 7');
    expect(connector.calls()).toBe(2);
  });

  it('tries again when nobody answered', async () => {
    details().replyWithError('socket hang up');
    details().reply(200, { portalId: 7 });
    expect((await connect().check()).account).toBe('HubSpot 7');
  });

  it('waits as long as Retry-After says', async () => {
    details().reply(
      429,
      { category: 'RATE_LIMITS', policyName: 'TEN_SECONDLY_ROLLING', message: 'You have reached your ten_secondly_rolling limit.' },
      { 'Retry-After': '1' },
    );
    details().reply(200, { portalId: 7 });
    const before = performance.now();
    await connect().check();
    expect(performance.now() - before).toBeGreaterThanOrEqual(990);
  });

  it('leaves a used-up day to the caller at once, and says how long', async () => {
    details().reply(
      429,
      { category: 'RATE_LIMITS', policyName: 'DAILY', message: 'You have reached your daily limit.' },
      { 'Retry-After': '7200' },
    );
    await expect(connect().check()).rejects.toMatchObject({ failure: { class: 'throttle', code: 'DAILY', retryAfterMs: 7_200_000 } });
  });

  it('does not try a refused token again', async () => {
    details().reply(401, { category: 'EXPIRED_AUTHENTICATION', message: 'The token expired.' });
    const connector = connect();
    await expect(connector.check()).rejects.toMatchObject({ failure: { class: 'auth', message: 'The token expired.' } });
    expect(connector.calls()).toBe(1);
  });

  it('names the scopes a private app lacks', async () => {
    const errors = [
      { message: 'One or more of the following scopes are required.', context: { requiredGranularScopes: ['crm.objects.deals.read'] } },
    ];
    details().reply(403, { category: 'MISSING_SCOPES', message: 'This app lacks scopes.', errors });
    await expect(connect().check()).rejects.toMatchObject({
      failure: { class: 'permission', fix: expect.stringContaining('crm.objects.deals.read') },
    });
  });

  it('does not take an answer it cannot read for an empty one', async () => {
    nock(base).post('/crm/objects/2026-09/deals/search').reply(200, { message: 'hello' });
    await expect(pagesOf(connect(), { object: 'deals', fields: [] })).rejects.toMatchObject({
      failure: { code: 'UNREADABLE_ANSWER' },
    });
  });
});

describe('hubspot: batches refused as a whole', () => {
  const batchPath = '/crm/objects/2026-09/deals/batch/update';
  const idsIn = async (request: Request): Promise<string[]> =>
    ((await request.json()) as { inputs: { id: string }[] }).inputs.map((row) => row.id);
  const landed = (ids: readonly string[]): object => ({
    results: ids.map((id) => ({ id, properties: {}, updatedAt: '2026-11-20T08:00:00Z' })),
  });

  it('halves the batch until the bad row stands alone, in the vendor’s older words', async () => {
    const problem = [{ isValid: false, message: 'A close reason is required.', error: 'REQUIRED_FIELD', name: 'closed_lost_reason' }];
    nock(base)
      .post(batchPath)
      .times(10)
      .reply(async (request: Request) => {
        const ids = await idsIn(request);
        if (ids.includes('3'))
          return [400, { category: 'VALIDATION_ERROR', message: `Property values were not valid: ${JSON.stringify(problem)}` }];
        return [200, landed(ids)];
      });
    const connector = connect();
    const outcomes = await connector.push(deals);
    expect(outcomes.filter((outcome) => outcome.ok).map((outcome) => outcome.id)).toEqual(['w1', 'w2', 'w4']);
    expect(outcomes.find((outcome) => !outcome.ok)).toMatchObject({
      id: 'w3',
      failure: { class: 'validation', code: 'REQUIRED_FIELD', message: 'A close reason is required.', fields: ['closed_lost_reason'] },
    });
    expect(connector.calls()).toBe(5);
  });

  it('keeps the answers it has when a later batch cannot be sent', async () => {
    const writes = Array.from({ length: 101 }, (_, n) => ({ id: `w${n}`, extId: String(n), keyValue: null, fields: { amount: '1' } }));
    nock(base)
      .post(batchPath)
      .reply(async (request: Request) => [200, landed(await idsIn(request))]);
    nock(base).post(batchPath).reply(403, { category: 'MISSING_SCOPES', message: 'Not any more.' });
    const outcomes = await connect().push({ ...deals, writes });
    expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(100);
    expect(outcomes.at(-1)).toMatchObject({ id: 'w100', ok: false, failure: { class: 'permission' } });
  });

  it('asks to try a row again that the answer leaves out', async () => {
    nock(base).post(batchPath).reply(200, { results: [] });
    expect((await connect().push({ ...deals, writes: deals.writes.slice(0, 1) }))[0]).toMatchObject({
      ok: false,
      failure: { class: 'retry', code: 'NO_ANSWER' },
    });
  });
});
