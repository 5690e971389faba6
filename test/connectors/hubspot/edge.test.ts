import nock from 'nock';
import { describe, expect, it } from 'vitest';
import type { CrmConnector, PushBatch } from '#connectors/contract/crm.ts';
import { ConnectorError } from '#connectors/contract/failures.ts';
import type { CallGate } from '#connectors/contract/limits.ts';
import { createHubspot } from '#connectors/hubspot/connector.ts';
import { hubspotPages } from './account.ts';
import { alone } from '#test/support/connector-input.ts';
import { answerOnlyByNock } from '#test/support/nock-only.ts';

/** What the vendor does that the sandbox cannot: fail in between, and answer in older shapes. */
const base = 'https://api.hubapi.com';
const connect = (gate: CallGate = alone.gate): CrmConnector =>
  createHubspot({
    ...alone,
    gate,
    settings: {},
    secrets: { accessToken: 'pat-edge' },
    now: () => new Date(),
  });
/** Notes what it is told, and lets every call through unless told not to. */
const notingGate = (admit: CallGate['admit'] = async () => {}) => {
  const told: unknown[] = [];
  const gate: CallGate = {
    admit,
    learn: async (readings) => void told.push(...readings),
    hold: async (name, ms) => void told.push([name, ms]),
  };
  return { gate, told };
};
const details = (): nock.Interceptor => nock(base).get('/account-info/2026-09/details');
const deals: PushBatch = {
  object: 'deals',
  operation: 'update',
  keyField: null,
  writes: ['1', '2', '3', '4'].map((extId) => ({
    id: `w${extId}`,
    extId,
    keyValue: null,
    fields: { amount: extId },
  })),
};

answerOnlyByNock();

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

  it.each([
    ['TEN_SECONDLY_ROLLING', 'burst'],
    ['SECONDLY', 'search'],
  ])(
    'holds everybody back for as long as Retry-After says, from the window of %s, and tries again',
    async (policyName, window) => {
      details().reply(
        429,
        { category: 'RATE_LIMITS', policyName, message: 'You have reached your limit.' },
        { 'Retry-After': '1' },
      );
      details().reply(200, { portalId: 7 });
      const { gate, told } = notingGate();
      await connect(gate).check();
      expect(told).toEqual([[window, 1_000]]);
    },
  );

  it('waits no longer than the window is, where HubSpot does not say how long', async () => {
    details().reply(429, {
      category: 'RATE_LIMITS',
      policyName: 'SECONDLY',
      message: 'You have reached your secondly limit.',
    });
    details().reply(200, { portalId: 7 });
    const { gate, told } = notingGate();
    await connect(gate).check();
    expect(told).toEqual([['search', 1_000]]);
  });

  it('leaves a used-up day to the caller at once, and says how long', async () => {
    const refused = {
      category: 'RATE_LIMITS',
      policyName: 'DAILY',
      message: 'You have reached your daily limit.',
    };
    details().reply(429, refused, { 'Retry-After': '7200' });
    const { gate, told } = notingGate();
    await expect(connect(gate).check()).rejects.toMatchObject({
      failure: { class: 'throttle', code: 'DAILY', retryAfterMs: 7_200_000 },
    });
    expect(told).toEqual([['day', 7_200_000]]);
  });

  it('tells the gate what HubSpot says of its limits', async () => {
    const headers = {
      'X-HubSpot-RateLimit-Max': '190',
      'X-HubSpot-RateLimit-Remaining': '150',
      'X-HubSpot-RateLimit-Daily': '625000',
      'X-HubSpot-RateLimit-Daily-Remaining': '600000',
    };
    details().reply(200, { portalId: 7 }, headers);
    const { gate, told } = notingGate();
    const connector = connect(gate);
    await connector.check();
    expect(told).toEqual([
      { name: 'burst', allowed: 190, used: 40 },
      { name: 'day', allowed: 625_000, used: 25_000 },
    ]);
    expect(connector.limits()).toEqual({ used: 25_000, allowed: 625_000 });
  });

  it('asks the gate before every attempt, and makes no call that it refuses', async () => {
    details().reply(502);
    details().reply(200, { portalId: 7 });
    const admitted: string[] = [];
    await connect(notingGate(async (sort) => void admitted.push(sort)).gate).check();
    expect(admitted).toEqual(['call', 'call']);
    const failure = {
      class: 'throttle',
      code: 'BUDGET',
      message: 'used up',
      fix: 'wait',
      retryAfterMs: 5_000,
    } as const;
    const connector = connect(notingGate(async () => Promise.reject(new ConnectorError(failure))).gate);
    await expect(connector.check()).rejects.toMatchObject({ failure });
    expect(connector.calls()).toBe(0);
  });

  it('does not try a refused token again', async () => {
    details().reply(401, { category: 'EXPIRED_AUTHENTICATION', message: 'The token expired.' });
    const connector = connect();
    await expect(connector.check()).rejects.toMatchObject({
      failure: { class: 'auth', message: 'The token expired.' },
    });
    expect(connector.calls()).toBe(1);
  });

  it('names the scopes a private app lacks', async () => {
    const errors = [
      {
        message: 'One or more of the following scopes are required.',
        context: { requiredGranularScopes: ['crm.objects.deals.read'] },
      },
    ];
    details().reply(403, { category: 'MISSING_SCOPES', message: 'This app lacks scopes.', errors });
    await expect(connect().check()).rejects.toMatchObject({
      failure: { class: 'permission', fix: expect.stringContaining('crm.objects.deals.read') },
    });
  });

  it('does not take an answer it cannot read for an empty one', async () => {
    nock(base).post('/crm/objects/2026-09/deals/search').reply(200, { message: 'hello' });
    await expect(
      hubspotPages(connect(), { object: 'deals', fields: [], since: '2026-11-20T08:00:00Z' }),
    ).rejects.toMatchObject({
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
    const problem = [
      {
        isValid: false,
        message: 'A close reason is required.',
        error: 'REQUIRED_FIELD',
        name: 'closed_lost_reason',
      },
    ];
    nock(base)
      .post(batchPath)
      .times(10)
      .reply(async (request: Request) => {
        const ids = await idsIn(request);
        if (ids.includes('3'))
          return [
            400,
            {
              category: 'VALIDATION_ERROR',
              message: `Property values were not valid: ${JSON.stringify(problem)}`,
            },
          ];
        return [200, landed(ids)];
      });
    const connector = connect();
    const outcomes = await connector.push(deals);
    expect(outcomes.filter((outcome) => outcome.ok).map((outcome) => outcome.id)).toEqual(['w1', 'w2', 'w4']);
    expect(outcomes.find((outcome) => !outcome.ok)).toMatchObject({
      id: 'w3',
      failure: {
        class: 'validation',
        code: 'REQUIRED_FIELD',
        message: 'A close reason is required.',
        fields: ['closed_lost_reason'],
      },
    });
    expect(connector.calls()).toBe(5);
  });

  it('keeps the answers it has when a later batch cannot be sent', async () => {
    const writes = Array.from({ length: 101 }, (_, n) => ({
      id: `w${n}`,
      extId: String(n),
      keyValue: null,
      fields: { amount: '1' },
    }));
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

  it('asks to try again a row that failed for no reason of its own', async () => {
    const errors = ['INTERNAL_ERROR', 'UNKNOWN'].map((category, n) => ({
      category,
      message: 'Something went wrong.',
      context: { objectWriteTraceId: [`w${n + 1}`] },
    }));
    nock(base).post(batchPath).reply(207, { results: [], errors });
    const outcomes = await connect().push({ ...deals, writes: deals.writes.slice(0, 2) });
    expect(outcomes).toMatchObject([{ failure: { class: 'retry' } }, { failure: { class: 'retry' } }]);
  });

  it('knows rows without their trace by the record they are about', async () => {
    nock(base)
      .post(batchPath)
      .reply(207, {
        ...landed(['1']),
        errors: [{ category: 'OBJECT_NOT_FOUND', message: 'Not there.', context: { ids: ['2'] } }],
      });
    const outcomes = await connect().push({ ...deals, writes: deals.writes.slice(0, 2) });
    expect(outcomes).toMatchObject([
      { id: 'w1', ok: true, modifiedAt: '2026-11-20T08:00:00.000Z' },
      { id: 'w2', ok: false, failure: { class: 'gone' } },
    ]);
  });

  it('never sends an older write again once a newer one to the same record has landed', async () => {
    const errors = [
      {
        category: 'CONFLICT',
        message: 'Another write is in progress.',
        context: { objectWriteTraceId: ['old'] },
      },
    ];
    nock(base).post(batchPath).reply(207, { results: [], errors });
    nock(base)
      .post(batchPath)
      .reply(200, landed(['1']));
    const writes = ['old', 'new'].map((id) => ({ id, extId: '1', keyValue: null, fields: { amount: id } }));
    expect(await connect().push({ ...deals, writes })).toMatchObject([
      { id: 'old', ok: false, failure: { class: 'retry', code: 'CONFLICT' } },
      { id: 'new', ok: true },
    ]);
  });
});
