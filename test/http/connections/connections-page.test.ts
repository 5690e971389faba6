import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ConsoleData, seedConsole } from '#test/support/console-data.ts';
import { auditTrail, jobsWaiting } from '#test/support/queries.ts';
import { seedSync } from '#test/support/sync-data.ts';
import { type HttpTest, startHttp } from '#test/http/http-test.ts';

let http: HttpTest;
let data: ConsoleData;
beforeAll(async () => {
  http = await startHttp();
  data = await seedConsole(http.deps);
  await seedSync(http.deps, data);
});
afterAll(() => http[Symbol.asyncDispose]());

const pageOf = async (id: string) => {
  const response = await (await http.as('viewer'))({ url: `/api/connections/${id}` });
  expect(response.statusCode).toBe(200);
  return response.json();
};

describe('the page of a connection', () => {
  test('estimates the rest of a first read from its pace so far', async () => {
    const { objects } = await pageOf(data.salesforceId);
    const contacts = objects.find((one: { object: string }) => one.object === 'Contact');
    expect(contacts.reading).toMatchObject({ initial: true, done: 12_400, total: 48_000 });
    // 12,400 took three minutes.
    expect(contacts.reading.remainingMs).toBe(Math.round((180_000 / 12_400) * 35_600));
    expect(objects.find((one: { object: string }) => one.object === 'Opportunity')).toMatchObject({
      kind: 'opportunity',
      reading: null,
    });
  });

  test('counts what waits, and since when the oldest of it does', async () => {
    const { backlog } = await pageOf(data.salesforceId);
    expect(backlog).toMatchObject({
      writes: { count: 1, oldestAt: '2026-11-18T10:00:00.000Z' },
      refused: { count: 24 },
      hints: { count: 3, oldestAt: '2026-11-18T09:59:00.000Z' },
      conflicts: { count: 2, oldestAt: '2026-11-17T08:00:00.000Z' },
      unmapped: { count: 0, oldestAt: null },
    });
  });

  test('shows what was read and written in each of the last 24 hours', async () => {
    const { traffic } = await pageOf(data.salesforceId);
    expect(traffic).toHaveLength(24);
    expect(traffic.at(-1)).toEqual({ hour: '2026-11-18T10:00:00.000Z', read: 0, written: 4 });
    expect(traffic.at(-2)).toEqual({ hour: '2026-11-18T09:00:00.000Z', read: 640, written: 0 });
    expect(traffic.at(-4)).toEqual({ hour: '2026-11-18T07:00:00.000Z', read: 0, written: 40 });
    // The hint two hours ago.
    expect(traffic.at(-3)).toMatchObject({ read: 1, written: 14 });
  });

  test('says of each budget what Fairway may use of it, and what runs leave for people', async () => {
    expect((await pageOf(data.salesforceId)).budget).toEqual([
      {
        window: 'day',
        allowed: 100_000,
        used: 1_240,
        usedByFairway: 910,
        dailyLimit: null,
        reservedForPeople: 10_000,
        blockedUntil: null,
      },
    ]);
    expect((await pageOf(data.hubspotId)).budget).toEqual([
      {
        window: 'day',
        allowed: 250_000,
        used: 231_000,
        usedByFairway: 225_400,
        dailyLimit: 240_000,
        reservedForPeople: 24_000,
        blockedUntil: null,
      },
      {
        window: 'burst',
        allowed: 190,
        used: 2,
        usedByFairway: 2,
        dailyLimit: null,
        reservedForPeople: 19,
        blockedUntil: '2026-11-18T10:00:06.000Z',
      },
    ]);
  });

  test('says until when nothing is asked of the vendor, and why', async () => {
    const page = await pageOf(data.hubspotId);
    expect(page).toMatchObject({
      pausedUntil: '2026-11-18T13:00:00.000Z',
      pauseReason: expect.stringContaining('240,000'),
    });
    expect(page.alerts.map((one: { state: string }) => one.state)).toEqual(['paused', 'recovered']);
  });

  test('groups refused writes by cause, with the vendor’s words, the fix and the records', async () => {
    const { deadLetters } = await pageOf(data.salesforceId);
    expect(deadLetters).toMatchObject([
      {
        object: 'Account',
        code: 'INSUFFICIENT_ACCESS_OR_READONLY',
        count: 23,
        fix: expect.stringContaining('edit access'),
      },
      {
        object: 'Fairway_Registration__c',
        count: 1,
        records: [{ name: 'DR-2026-0003', fields: ['Status__c'] }],
      },
    ]);
    expect(deadLetters[0].records).toHaveLength(20);
  });

  test('shows who listens, and when everything was compared last', async () => {
    expect(await pageOf(data.salesforceId)).toMatchObject({
      changeEvents: { connected: true, lastEventAt: '2026-11-18T09:59:35.000Z', error: null },
      reconcile: [{ kind: 'account', state: 'done', finishedAt: '2026-11-18T05:04:00.000Z', error: null }],
    });
    expect(await pageOf(data.hubspotId)).toMatchObject({ changeEvents: null, reconcile: [] });
  });

  test('never shows a secret', async () => {
    const response = await (await http.as('admin'))({ url: `/api/connections/${data.salesforceId}` });
    expect(response.body).not.toMatch(/secret|dataKey/i);
  });

  test('of a connection that does not exist is not found', async () => {
    expect((await (await http.as('viewer'))({ url: `/api/connections/${data.runId}` })).statusCode).toBe(404);
  });
});

describe('the limits of a connection', () => {
  const change = async (payload: object, role: 'ops' | 'viewer' = 'ops') =>
    (await http.as(role))({ method: 'PATCH', url: `/api/connections/${data.salesforceId}`, payload });

  test('can be changed one by one, and each change is on the audit trail with what was before', async () => {
    expect((await change({ dailyCallLimit: 50_000 })).json()).toEqual({
      dailyCallLimit: 50_000,
      removalLimitPercent: 5,
    });
    expect((await change({ removalLimitPercent: 20 })).json()).toEqual({
      dailyCallLimit: 50_000,
      removalLimitPercent: 20,
    });
    expect((await pageOf(data.salesforceId)).budget[0]).toMatchObject({
      allowed: 100_000,
      dailyLimit: 50_000,
      reservedForPeople: 5_000,
    });
    expect((await change({ dailyCallLimit: null })).json()).toEqual({
      dailyCallLimit: null,
      removalLimitPercent: 20,
    });
    expect(
      (await auditTrail(http.deps.db, 'Salesforce')).filter((act) => act.action === 'connection.limited'),
    ).toMatchObject([
      { actor: 'ops', before: { dailyCallLimit: null }, after: { dailyCallLimit: 50_000 } },
      { before: { removalLimitPercent: 5 }, after: { removalLimitPercent: 20 } },
      { before: { dailyCallLimit: 50_000 }, after: { dailyCallLimit: null } },
    ]);
  });

  test.each([
    {},
    { dailyCallLimit: 0 },
    { removalLimitPercent: 101 },
    { removalLimitPercent: 'many' },
    { status: 'active' },
  ])('refuse %o', async (payload) => {
    expect((await change(payload)).statusCode).toBe(400);
  });

  test('are not for viewers', async () => {
    expect((await change({ dailyCallLimit: 1 }, 'viewer')).statusCode).toBe(403);
  });
});

describe('refused writes', () => {
  const replay = async (payload: object, role: 'ops' | 'viewer' = 'ops') =>
    (await http.as(role))({ method: 'POST', url: `/api/connections/${data.salesforceId}/replay`, payload });

  test('of one cause are sent again, and the rest stay', async () => {
    expect((await replay({ object: 'Account', code: 'INSUFFICIENT_ACCESS_OR_READONLY' })).json()).toEqual({
      count: 23,
    });
    expect((await pageOf(data.salesforceId)).backlog).toMatchObject({
      writes: { count: 24 },
      refused: { count: 1 },
    });
    expect(await jobsWaiting(http.deps.db, 'replay')).toBe(1);
    expect(
      (await auditTrail(http.deps.db, 'Salesforce')).filter((act) => act.action === 'connection.replayed'),
    ).toMatchObject([
      {
        actor: 'ops',
        before: null,
        after: { writes: 23, object: 'Account', code: 'INSUFFICIENT_ACCESS_OR_READONLY' },
      },
    ]);
    expect((await replay({ object: 'Account' })).json()).toEqual({ count: 0 });
  });

  test('are not for viewers to send', async () => {
    expect((await replay({}, 'viewer')).statusCode).toBe(403);
  });
});

describe('a comparison of everything', () => {
  const reconcile = async (payload: object, id = data.salesforceId, role: 'ops' | 'viewer' = 'ops') =>
    (await http.as(role))({ method: 'POST', url: `/api/connections/${id}/reconcile`, payload });

  test('is put out once a kind; asked for again, it is under way', async () => {
    expect((await reconcile({ kind: 'account' })).json()).toEqual({ alreadyRunning: false });
    expect((await reconcile({})).json()).toEqual({ alreadyRunning: false });
    expect((await reconcile({})).json()).toEqual({ alreadyRunning: true });
    expect(await jobsWaiting(http.deps.db, 'reconcile')).toBe(5);
    expect(
      (await pageOf(data.salesforceId)).reconcile.map((one: { kind: string; state: string }) => [
        one.kind,
        one.state,
      ]),
    ).toEqual([
      ['account', 'running'],
      ['lead', 'running'],
      ['opportunity', 'running'],
      ['payout', 'running'],
      ['registration', 'running'],
    ]);
  });

  test('under way without agreement does not become one with it; an agreement is on the audit trail', async () => {
    expect((await reconcile({ kind: 'account', acceptRemovals: true })).statusCode).toBe(409);
    expect((await reconcile({ kind: 'account', acceptRemovals: true }, data.hubspotId)).json()).toEqual({
      alreadyRunning: false,
    });
    const agreements = async (name: string) =>
      (await auditTrail(http.deps.db, name)).filter((act) => act.action === 'connection.deletions_confirmed');
    expect(await agreements('HubSpot EMEA')).toMatchObject([{ actor: 'ops', after: { kinds: 'account' } }]);
    expect(await agreements('Salesforce')).toEqual([]);
  });

  test('is not for viewers, nor of kinds that are not compared', async () => {
    expect((await reconcile({}, data.salesforceId, 'viewer')).statusCode).toBe(403);
    expect((await reconcile({ kind: 'invoice' })).statusCode).toBe(400);
  });
});
