import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ConsoleData, seedConsole } from '#test/support/console-data.ts';
import { seedSync, type SyncData } from '#test/support/sync-data.ts';
import { type HttpTest, startHttp } from '#test/http/http-test.ts';

let http: HttpTest;
let data: ConsoleData;
let sync: SyncData;
beforeAll(async () => {
  http = await startHttp();
  data = await seedConsole(http.deps);
  sync = await seedSync(http.deps, data);
});
afterAll(() => http[Symbol.asyncDispose]());

const list = async (query = '') =>
  (await (await http.as('viewer'))({ url: `/api/conflicts${query}` })).json();

describe('conflicts', () => {
  test('that are open come with base, CRM and Fairway side by side, the oldest first', async () => {
    const { conflicts, open, nextCursor } = await list();
    expect({ open, nextCursor }).toEqual({ open: 2, nextCursor: null });
    expect(conflicts).toMatchObject([
      {
        id: sync.openConflictIds[0],
        recordName: 'DR-2026-0002',
        kind: 'registration',
        field: 'amount',
        base: '91500.00',
        theirs: '95000.00',
        ours: '88000.00',
        policy: 'ask',
        winner: null,
        crm: { system: 'salesforce', url: expect.stringContaining('/a015f000001AAA/view') },
      },
      { recordName: 'Meridian plant roll-out', field: 'closeDate', theirs: null },
    ]);
  });

  test('that are settled say who won by which policy', async () => {
    const { conflicts } = await list('?status=settled');
    expect(conflicts).toMatchObject([
      { recordName: 'DR-2026-0001', policy: 'crm', winner: 'crm', decidedBy: null },
    ]);
  });

  test('of one connection only, and in pages', async () => {
    expect((await list(`?connection=${data.hubspotId}`)).conflicts).toEqual([]);
    const page = await list('?limit=1');
    expect(page.conflicts).toMatchObject([{ field: 'amount' }]);
    expect((await list(`?limit=1&cursor=${page.nextCursor}`)).conflicts).toMatchObject([
      { field: 'closeDate' },
    ]);
  });
});

describe('an answer', () => {
  let shown: unknown;
  beforeAll(async () => {
    ({ shown } = (await list()).conflicts[0]);
  });
  const answer = async (choice: object, role: 'ops' | 'viewer' = 'ops', id = sync.openConflictIds[0]) =>
    (await http.as(role))({
      method: 'POST',
      url: `/api/conflicts/${id}/answer`,
      payload: { ...choice, shown },
    });
  const amountOf = async (number: string) =>
    (
      await (
        await http.as('viewer')
      )({ url: `/api/registrations/${data.registrationIds.get(number)}` })
    ).json().amount;

  test('is not for viewers, and names one of the two sides', async () => {
    expect((await answer({ winner: 'crm' }, 'viewer')).statusCode).toBe(403);
    expect((await answer({ winner: 'both' })).statusCode).toBe(400);
    expect((await answer({ winner: 'crm' }, 'ops', data.runId)).statusCode).toBe(404);
  });

  test('for the CRM takes its value over, says who answered, and counts once', async () => {
    expect((await answer({ winner: 'crm' })).json()).toEqual({ winner: 'crm' });
    expect(await amountOf('DR-2026-0002')).toEqual({ amount: '95000.00', currency: 'USD' });
    expect((await list()).open).toBe(1);
    expect((await list('?status=settled')).conflicts).toContainEqual(
      expect.objectContaining({ id: sync.openConflictIds[0], winner: 'crm', decidedBy: 'ops' }),
    );
    expect((await answer({ winner: 'fairway' })).statusCode).toBe(409);
  });
});
