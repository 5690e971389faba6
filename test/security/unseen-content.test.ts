import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Connector } from '#connectors/contract/connector.ts';
import { account, partner, registration } from '#src/db/schema/channel.ts';
import { resolution } from '#src/db/schema/connection.ts';
import type { Role } from '#src/db/schema/people.ts';
import { describedFor } from '#test/operations/mappings/described.ts';
import { type HttpTest, startHttp } from '#test/http/http-test.ts';
import { type ConsoleData, seedConsole } from '#test/support/console-data.ts';
import { seedSync, type SyncData } from '#test/support/sync-data.ts';

let http: HttpTest;
let data: ConsoleData;
let sync: SyncData;
beforeAll(async () => {
  const describe = async (object: string) => describedFor(http.deps, object);
  http = await startHttp({ connectorFor: () => ({ describe }) as Partial<Connector> as Connector });
  data = await seedConsole(http.deps);
  sync = await seedSync(http.deps, data);
});
afterAll(() => http[Symbol.asyncDispose]());

const get = async (url: string) => (await (await http.as('viewer'))({ url })).json();
const post = async (role: Role, name: string, url: string, payload: object) =>
  (await http.as(role, name))({ method: 'POST', url, payload });

/** The changes that a refusal names; it fails when the decision was not refused for them. */
function changesIn(answer: Awaited<ReturnType<typeof post>>): unknown {
  expect(answer.statusCode).toBe(409);
  expect(answer.json().error.message).toContain('This has changed since you opened it.');
  return answer.json().error.changes;
}

describe('a payout batch', () => {
  test('is not submitted, approved, returned or released with a payee that the person did not see', async () => {
    const { batches } = await get('/api/payouts');
    const url = `/api/payouts/${batches[0].id}`;
    const rename = (name: string) =>
      http.deps.db.update(partner).set({ name }).where(eq(partner.code, 'P-0001'));
    const steps = [
      ['submit', 'Ada'],
      ['approve', 'Grace'],
      ['export', 'Ada'],
    ] as const;
    for (const [step, person] of steps) {
      await rename('Northwind Systems');
      const { shown } = await get(url);
      await rename('Mallory Ltd');
      expect(changesIn(await post('finance', person, `${url}/${step}`, { shown }))).toEqual([
        {
          before: expect.stringContaining('Northwind Systems (P-0001): '),
          now: expect.stringContaining('Mallory Ltd (P-0001): '),
        },
      ]);
      expect(changesIn(await post('finance', person, `${url}/return`, { shown }))).toHaveLength(1);
      await rename('Northwind Systems');
      expect((await post('finance', person, `${url}/${step}`, { shown })).statusCode).toBe(200);
    }
  });

  test('is not decided by a page of an earlier step, or without saying what was seen', async () => {
    const { batches } = await get('/api/payouts');
    const url = `/api/payouts/${batches[0].id}`;
    const { shown } = await get(url);
    const stale = { ...shown, status: 'Status: draft' };
    expect(changesIn(await post('finance', 'Grace', `${url}/return`, { shown: stale }))).toHaveLength(1);
    expect((await post('finance', 'Grace', `${url}/return`, {})).statusCode).toBe(400);
  });
});

test('a registration is not approved, rejected or reopened with values that changed after the page was read', async () => {
  const id = data.registrationIds.get('DR-2026-0003') ?? '';
  const url = `/api/registrations/${id}`;
  const { shown } = await get(url);
  await http.deps.db.update(registration).set({ amountMinor: 1n }).where(eq(registration.id, id));
  for (const decision of ['approve', 'reject', 'reopen'])
    expect(
      changesIn(await post('ops', 'ops', `${url}/decision`, { decision, reason: 'Known', shown })),
    ).toEqual([{ before: 'Amount: 240000.00 USD', now: 'Amount: 0.01 USD' }]);
  expect((await get(url)).status).toBe('in_review');
  expect((await post('ops', 'ops', `${url}/decision`, { decision: 'approve' })).statusCode).toBe(400);
  const { shown: current } = await get(url);
  const approved = await post('ops', 'ops', `${url}/decision`, { decision: 'approve', shown: current });
  expect(approved.json().status).toBe('approved');
});

test('a mapping is not approved or rejected with lines that the person did not see, nor rolled back over another live version', async () => {
  const url = `/api/mappings/${data.salesforceId}/Account`;
  const drafted = (await post('ops', 'olga', `${url}/draft`, {})).json();
  const { open } = await get(url);
  const pack = {
    ...drafted.pack,
    fields: drafted.pack.fields.filter((field: { local: string }) => field.local !== 'phone'),
  };
  const put = await (
    await http.as('ops', 'olga')
  )({ method: 'PUT', url: `${url}/draft`, payload: { pack, revision: 1 } });
  expect(put.statusCode).toBe(200);
  expect((await post('ops', 'olga', `${url}/draft/submit`, { revision: 2 })).statusCode).toBe(200);
  const { version } = drafted;
  const gone = expect.objectContaining({ before: null, now: expect.stringContaining('Phone') });
  const unseen = { version, shown: open.shown };
  expect(changesIn(await post('ops', 'piet', `${url}/draft/approve`, unseen))).toContainEqual(gone);
  const rejected = { ...unseen, reason: 'No' };
  expect(changesIn(await post('ops', 'piet', `${url}/draft/reject`, rejected))).toContainEqual(gone);
  const page = await get(url);
  const seen = { version, shown: page.open.shown };
  expect((await post('ops', 'piet', `${url}/draft/approve`, seen)).statusCode).toBe(200);
  const back = { version: drafted.basedOn, reason: 'Phones are missed', shown: page.liveShown };
  expect(changesIn(await post('admin', 'ada', `${url}/rollback`, back))).toEqual([
    { before: `Version ${drafted.basedOn} is live`, now: `Version ${version} is live` },
  ]);
});

test('a conflict is not answered with a value that the person did not see', async () => {
  const id = sync.openConflictIds[0] ?? '';
  const find = async () =>
    (await get('/api/conflicts')).conflicts.find((one: { id: string }) => one.id === id);
  const { shown } = await find();
  await http.deps.db.update(resolution).set({ theirs: '1.00' }).where(eq(resolution.id, id));
  expect(
    changesIn(await post('ops', 'ops', `/api/conflicts/${id}/answer`, { winner: 'crm', shown })),
  ).toEqual([{ before: 'In the CRM: 95000.00', now: 'In the CRM: 1.00' }]);
  expect((await find()).winner).toBeNull();
  expect((await post('ops', 'ops', `/api/conflicts/${id}/answer`, { winner: 'crm' })).statusCode).toBe(400);
});

test('accounts are not marked as different customers under names that the person did not see', async () => {
  const [left, right] = await http.deps.db.select().from(account).orderBy(account.name).limit(2);
  if (!left || !right) throw new Error('there are no two accounts');
  const pairs = [{ leftId: left.id, rightId: right.id }];
  const shown = { [left.id]: left.name, [right.id]: 'Another Name Ltd' };
  expect(
    changesIn(await post('ops', 'ops', '/api/duplicates/dismiss', { pairs, dismissed: true, shown })),
  ).toEqual([{ before: 'Another Name Ltd', now: right.name }]);
});
