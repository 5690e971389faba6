import nock from 'nock';
import { describe, expect, it } from 'vitest';
import type { CrmConnector } from '#connectors/contract/crm.ts';
import { ConnectorError } from '#connectors/contract/failures.ts';
import type { CallGate } from '#connectors/contract/limits.ts';
import { createHubspot } from '#connectors/hubspot/connector.ts';
import { hubspotPages } from './account.ts';
import { alone } from '#test/support/connector-input.ts';
import { answerOnlyByNock } from '#test/support/nock-only.ts';

/** HubSpot's answers that the sandbox does not give: failures of single calls, and older formats. */
const base = 'https://api.hubapi.com';
const connect = (gate: CallGate = alone.gate): CrmConnector =>
  createHubspot({
    ...alone,
    gate,
    settings: {},
    secrets: { accessToken: 'pat-edge' },
    now: () => new Date(),
  });
/** Records what it learns, and admits every call unless `admit` refuses it. */
const recordingGate = (admit: CallGate['admit'] = async () => {}) => {
  const calls: unknown[] = [];
  const gate: CallGate = {
    admit,
    learn: async (readings) => void calls.push(...readings),
    noteClock: async () => {},
    hold: async (name, ms) => void calls.push([name, ms]),
  };
  return { gate, calls };
};
const details = (): nock.Interceptor => nock(base).get('/account-info/2026-09/details');
answerOnlyByNock();

describe('hubspot: retries and limits', () => {
  it('retries after a bad gateway, and counts both calls', async () => {
    details().reply(502, '<html>Bad gateway</html>');
    details().reply(200, { portalId: 7 });
    const connector = connect();
    expect((await connector.check()).account).toBe('HubSpot 7');
    expect(connector.calls()).toBe(2);
  });

  it('retries when no answer came', async () => {
    details().replyWithError('socket hang up');
    details().reply(200, { portalId: 7 });
    expect((await connect().check()).account).toBe('HubSpot 7');
  });

  it.each([
    ['TEN_SECONDLY_ROLLING', 'burst'],
    ['SECONDLY', 'search'],
  ])(
    'stops all calls of the window of %s for the time in Retry-After, and then retries',
    async (policyName, window) => {
      details().reply(
        429,
        { category: 'RATE_LIMITS', policyName, message: 'You have reached your limit.' },
        { 'Retry-After': '1' },
      );
      details().reply(200, { portalId: 7 });
      const { gate, calls } = recordingGate();
      await connect(gate).check();
      expect(calls).toEqual([[window, 1_000]]);
    },
  );

  it('waits for the length of the window when HubSpot gives no time', async () => {
    details().reply(429, {
      category: 'RATE_LIMITS',
      policyName: 'SECONDLY',
      message: 'You have reached your secondly limit.',
    });
    details().reply(200, { portalId: 7 });
    const { gate, calls } = recordingGate();
    await connect(gate).check();
    expect(calls).toEqual([['search', 1_000]]);
  });

  it('reports a used-up daily limit at once, with the time to wait', async () => {
    const refused = {
      category: 'RATE_LIMITS',
      policyName: 'DAILY',
      message: 'You have reached your daily limit.',
    };
    details().reply(429, refused, { 'Retry-After': '7200' });
    const { gate, calls } = recordingGate();
    await expect(connect(gate).check()).rejects.toMatchObject({
      failure: { class: 'throttle', code: 'DAILY', retryAfterMs: 7_200_000 },
    });
    expect(calls).toEqual([['day', 7_200_000]]);
  });

  it('passes the limits in HubSpot’s answers to the gate', async () => {
    const headers = {
      'X-HubSpot-RateLimit-Max': '190',
      'X-HubSpot-RateLimit-Remaining': '150',
      'X-HubSpot-RateLimit-Daily': '625000',
      'X-HubSpot-RateLimit-Daily-Remaining': '600000',
    };
    details().reply(200, { portalId: 7 }, headers);
    const { gate, calls } = recordingGate();
    const connector = connect(gate);
    await connector.check();
    expect(calls).toEqual([
      { name: 'burst', allowed: 190, used: 40 },
      { name: 'day', allowed: 625_000, used: 25_000 },
    ]);
    expect(connector.limits()).toEqual({ used: 25_000, allowed: 625_000 });
  });

  it('asks the gate before every attempt, and makes no call that the gate refuses', async () => {
    details().reply(502);
    details().reply(200, { portalId: 7 });
    const admitted: string[] = [];
    await connect(recordingGate(async (sort) => void admitted.push(sort)).gate).check();
    expect(admitted).toEqual(['call', 'call']);
    const failure = {
      class: 'throttle',
      code: 'BUDGET',
      message: 'used up',
      fix: 'wait',
      retryAfterMs: 5_000,
    } as const;
    const connector = connect(recordingGate(async () => Promise.reject(new ConnectorError(failure))).gate);
    await expect(connector.check()).rejects.toMatchObject({ failure });
    expect(connector.calls()).toBe(0);
  });

  it('does not retry with a refused token', async () => {
    details().reply(401, { category: 'EXPIRED_AUTHENTICATION', message: 'The token expired.' });
    const connector = connect();
    await expect(connector.check()).rejects.toMatchObject({
      failure: { class: 'auth', message: 'The token expired.' },
    });
    expect(connector.calls()).toBe(1);
  });

  it('names the missing scopes of a private app', async () => {
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

  it('reports an answer that it cannot read as a failure, not as an empty answer', async () => {
    nock(base).post('/crm/objects/2026-09/deals/search').reply(200, { message: 'hello' });
    await expect(
      hubspotPages(connect(), { object: 'deals', fields: [], since: '2026-11-20T08:00:00Z' }),
    ).rejects.toMatchObject({
      failure: { code: 'UNREADABLE_ANSWER' },
    });
  });
});
