import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ConsoleData, seedConsole, seedRunningRun } from '#test/support/console-data.ts';
import { type HttpTest, startHttp } from '#test/http/http-test.ts';

let http: HttpTest;
let data: ConsoleData;
beforeAll(async () => {
  http = await startHttp();
  data = await seedConsole(http.deps);
});
afterAll(() => http[Symbol.asyncDispose]());

const get = async (url: string) => {
  const response = await (await http.as('viewer'))({ url });
  expect(response.statusCode).toBe(200);
  return response.json();
};

describe('the overview', () => {
  test('of an empty installation is empty, not an error', async () => {
    await using fresh = await startHttp();
    const response = await (await fresh.as('viewer'))({ url: '/api/overview' });
    expect(response.json()).toMatchObject({
      lastRun: null,
      running: null,
      registrations: { waiting: 0, oldestWaitingAt: null, overdue: 0 },
      connections: [],
      activity: [],
    });
  });

  test('shows how well the promise to partners is met', async () => {
    const { registrations } = await get('/api/overview');
    expect(registrations).toMatchObject({
      waiting: 2,
      overdue: 1,
      oldestWaitingAt: '2026-11-10T10:00:00.000Z',
      oldestDueAt: '2026-11-12T10:00:00.000Z',
      responseBusinessDays: 2,
    });
  });

  test('shows what the last run did, which problems are open and how each connection is', async () => {
    const overview = await get('/api/overview');
    expect(overview.lastRun).toMatchObject({
      status: 'done',
      summary: { pulled: { accounts: 4812 }, durationMs: 41_300 },
    });
    expect(overview.problems).toEqual({ records: 7, causes: 2 });
    expect(overview.batches).toMatchObject([{ key: '2026-10-USD', total: { amount: '42207.50' } }]);
    expect(overview.connections).toMatchObject([
      { status: 'active' },
      { status: 'failing', failure: { class: 'auth', fix: expect.any(String) } },
    ]);
    expect(overview.activity).toContainEqual(
      expect.objectContaining({
        actor: null,
        subjectKind: 'registration',
        subject: expect.stringMatching(/^DR-2026-/),
      }),
    );
  });

  test('shows the progress of a run under way, which a second start joins', async () => {
    const runId = await seedRunningRun(http.deps);
    const { running } = await get('/api/overview');
    expect(running).toMatchObject({ id: runId, stage: 'pull' });
    expect(running.stages[0]).toMatchObject({
      jobs: 2,
      done: 0,
      steps: [
        { done: 1200, total: 5000 },
        { done: 300, total: null },
      ],
    });
    const started = await (await http.as('ops'))({ method: 'POST', url: '/api/runs' });
    expect(started.json()).toEqual({ runId, alreadyRunning: true });
  });
});

test('a run is shown with its calls by connection; one that does not exist is not found', async () => {
  expect((await get(`/api/runs/${data.runId}`)).tallies).toContainEqual({
    connectionId: data.salesforceId,
    connectionName: 'Salesforce',
    measure: 'calls',
    count: 38,
  });
  expect((await get('/api/runs')).runs.map((run: { id: string }) => run.id)).toContain(data.runId);
  expect((await (await http.as('viewer'))({ url: `/api/runs/${data.salesforceId}` })).statusCode).toBe(404);
});

describe('connections', () => {
  test('show health, the vendor’s answer with its fix, the budget and what was read', async () => {
    const { connections } = await get('/api/connections');
    expect(connections).toMatchObject([
      {
        name: 'Salesforce',
        status: 'active',
        callsUsed: 1840,
        callsAllowed: 100_000,
        location: 'https://vendor.my.salesforce.com',
      },
      {
        name: 'HubSpot EMEA',
        status: 'failing',
        failure: { code: 'EXPIRED_AUTHENTICATION', fix: expect.stringContaining('connect hubspot') },
      },
    ]);
    expect(connections[0].objects).toContainEqual(
      expect.objectContaining({ object: 'Fairway_Registration__c', records: 6, unmapped: 0, reading: false }),
    );
  });

  test('never show a secret', async () => {
    const response = await (await http.as('admin'))({ url: '/api/connections' });
    expect(response.body).not.toMatch(/secret|dataKey/i);
  });

  test('that do not exist cannot be checked', async () => {
    expect(
      (await (await http.as('ops'))({ method: 'POST', url: `/api/connections/${data.runId}/check` }))
        .statusCode,
    ).toBe(404);
  });
});

describe('problems', () => {
  test('are grouped by cause, the largest first, with the vendor’s words and the fix', async () => {
    const { groups } = await get('/api/problems');
    expect(groups).toMatchObject([
      {
        source: 'write',
        code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
        message: 'Closed deals are read-only.',
        count: 6,
        connectionName: 'Salesforce',
      },
      { source: 'connection', code: 'EXPIRED_AUTHENTICATION', count: 1, connectionName: 'HubSpot EMEA' },
    ]);
    expect(groups[0].records).toHaveLength(6);
  });

  test('can be narrowed to one connection and to those resolved', async () => {
    expect((await get(`/api/problems?connection=${data.hubspotId}`)).groups).toHaveLength(1);
    expect((await get('/api/problems?status=resolved')).groups).toEqual([]);
  });
});

test('mappings show both fields, the direction of values, who decides them, and an example', async () => {
  const { systems } = await get('/api/mappings');
  expect(systems.map((one: { system: string }) => one.system)).toEqual(['salesforce', 'hubspot', 'files']);
  const registration = systems[0].objects.find((one: { kind: string }) => one.kind === 'registration');
  const field = (local: string) => registration.fields.find((one: { local: string }) => one.local === local);
  expect(field('number')).toMatchObject({
    remote: 'Number__c',
    direction: 'in',
    owner: 'remote',
    transform: 'text',
    required: true,
    example: expect.stringMatching(/^DR-/),
  });
  expect(field('status')).toMatchObject({ remote: 'Status__c', direction: 'out', owner: 'fairway' });
});
