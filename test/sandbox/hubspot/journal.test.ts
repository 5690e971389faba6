import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAccount, type Answer, type TestAccount } from './account.ts';

let account: TestAccount;
let app: Record<string, string>;
let read: TestAccount['call'];
beforeEach(async () => {
  account = await openAccount();
  app = (await account.control('POST', '/apps', {})).body;
  read = account.callWith(await clientToken());
});
afterEach(() => account.close());

async function clientToken(): Promise<string> {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: app['clientId'] ?? '',
    client_secret: app['clientSecret'] ?? '',
    scope: 'developer.webhooks_journal.read developer.webhooks_journal.subscriptions.write',
  });
  const answer = (await (
    await fetch(`${account.url}/oauth/2026-09/token`, { method: 'POST', body })
  ).json()) as Record<string, string>;
  expect(answer).not.toHaveProperty('refresh_token');
  return answer['access_token'] ?? '';
}

const companies = '/crm/objects/2026-09/companies';
const journal = '/webhooks-journal/journal/2026-03';
const subscribe = (
  subscriptionType: string,
  actions: readonly string[],
  more: object = {},
): Promise<Answer> =>
  read('POST', '/webhooks-journal/subscriptions/2026-03', {
    subscriptionType,
    objectTypeId: '0-2',
    portalId: 48_151_623,
    actions,
    objectIds: [],
    ...(subscriptionType === 'OBJECT' ? { properties: [] } : {}),
    ...more,
  });
const create = async (properties: Record<string, unknown>): Promise<string> =>
  (await account.call('POST', companies, { properties })).body.id;
// oxlint-disable-next-line typescript/no-explicit-any -- assertions read any message of the vendor
const download = async (pointer: Answer): Promise<any> => (await fetch(pointer.body.url)).json();

describe('HubSpot sandbox: the webhooks journal', () => {
  it('notes each subscribed action in the order it happened', async () => {
    await subscribe('OBJECT', ['CREATE', 'UPDATE', 'DELETE', 'RESTORE', 'MERGE'], { properties: ['city'] });
    await subscribe('ASSOCIATION', ['ASSOCIATION_ADDED'], { associatedObjectTypeIds: ['0-3'] });
    await subscribe('GDPR_PRIVACY_DELETION', ['GDPR_DELETE']);
    const [id, other] = [await create({ name: 'Arden' }), await create({ name: 'Arden Ltd' })];
    const deal = (
      await account.call('POST', '/crm/objects/2026-09/deals', { properties: { dealname: 'One' } })
    ).body.id;
    await account.call('PATCH', `${companies}/${id}`, { properties: { city: 'Lyon', zip: '69001' } });
    await account.control('POST', '/archive', { objectType: 'companies', id });
    await account.control('POST', '/restore', { objectType: 'companies', id });
    await account.control('POST', '/associate', {
      objectType: 'companies',
      id,
      toObjectType: 'deals',
      toId: deal,
      typeId: 342,
    });
    await account.control('PATCH', '/settings', { mergeIds: 'keep' });
    await account.control('POST', '/merge', { objectType: 'companies', primaryId: id, otherId: other });
    await account.control('POST', '/erase', { objectType: 'companies', id });
    const { offset, journalEvents, publishedAt } = await download(await read('GET', `${journal}/earliest`));
    expect([offset, publishedAt]).toEqual([
      expect.stringMatching(/^[0-9a-f-]{36}$/),
      '2026-11-20T08:00:00.250Z',
    ]);
    const actions = journalEvents.map((event: { action: string }) => event.action);
    expect(actions).toEqual([
      'CREATE',
      'CREATE',
      'UPDATE',
      'DELETE',
      'RESTORE',
      'ASSOCIATION_ADDED',
      'MERGE',
      'DELETE',
      'GDPR_DELETE',
    ]);
    expect(journalEvents[2]).toMatchObject({
      objectTypeId: '0-2',
      objectId: Number(id),
      propertyChanges: { city: 'Lyon' },
    });
    expect(journalEvents[6]).toMatchObject({
      primaryObjectId: Number(id),
      mergedObjectIds: [Number(other)],
      newObjectId: null,
    });
  });

  it('is read file by file from an offset, to the end and on', async () => {
    await account.control('PATCH', '/settings', { journalFileSize: 2 });
    await subscribe('OBJECT', ['CREATE']);
    expect((await read('GET', `${journal}/earliest`)).status).toBe(204);
    const made: number[] = [];
    for (const name of ['A', 'B', 'C']) made.push(Number(await create({ name })));
    const first = await read('GET', `${journal}/earliest`);
    const second = await read('GET', `${journal}/offset/${first.body.currentOffset}/next`);
    const seen = [...(await download(first)).journalEvents, ...(await download(second)).journalEvents];
    expect(seen.map((event: { objectId: number }) => event.objectId)).toEqual(made);
    expect((await read('GET', `${journal}/offset/${second.body.currentOffset}/next`)).status).toBe(204);
    expect((await read('GET', `${journal}/latest`)).body.currentOffset).toBe(second.body.currentOffset);
    made.push(Number(await create({ name: 'D' })));
    const third = await read('GET', `${journal}/offset/${second.body.currentOffset}/next`);
    expect((await download(third)).journalEvents).toMatchObject([{ objectId: made[3] }]);
  });

  it('goes back three days: an older offset is gone', async () => {
    await subscribe('OBJECT', ['CREATE']);
    await create({ name: 'Old' });
    const { currentOffset } = (await read('GET', `${journal}/earliest`)).body;
    account.forward(3 * 86_400_000 + 1);
    read = account.callWith(await clientToken());
    const id = await create({ name: 'New' });
    expect((await read('GET', `${journal}/offset/${currentOffset}/next`)).status).toBe(404);
    expect((await download(await read('GET', `${journal}/earliest`))).journalEvents).toMatchObject([
      { objectId: Number(id) },
    ]);
  });

  it('opens to the app’s own token only, and notes nothing for other apps', async () => {
    expect((await account.call('GET', `${journal}/earliest`)).status).toBe(401);
    await subscribe('OBJECT', ['CREATE']);
    app = (await account.control('POST', '/apps', {})).body;
    const other = account.callWith(await clientToken());
    await create({ name: 'Arden' });
    expect((await other('GET', `${journal}/earliest`)).status).toBe(204);
    expect((await read('GET', companies)).status).toBe(401);
  });

  it('hands out addresses of files that work for minutes and cannot be made up', async () => {
    await subscribe('OBJECT', ['CREATE']);
    await create({ name: 'Arden' });
    const { url } = (await read('GET', `${journal}/earliest`)).body;
    expect((await fetch(url.replace('/1?', '/9?'))).status).toBe(403);
    account.forward(5 * 60_000);
    expect((await fetch(url)).status).toBe(403);
  });

  it('stops noting once the subscription is gone', async () => {
    const { body } = await subscribe('OBJECT', ['CREATE']);
    await read('DELETE', `/webhooks-journal/subscriptions/2026-03/${body.id}`);
    await create({ name: 'Arden' });
    expect((await read('GET', `${journal}/earliest`)).status).toBe(204);
  });
});
