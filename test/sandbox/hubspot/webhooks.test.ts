import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readWebhook } from '#connectors/hubspot/events/webhook.ts';
import { buildHubspot } from '#sandbox/hubspot/server.ts';
import { openAccount, type Answer, type TestAccount } from './account.ts';
import { openReceiver, type Receiver } from './receiver.ts';

let account: TestAccount;
let receiver: Receiver;
let app: Record<string, string>;
beforeEach(async () => {
  [account, receiver] = await Promise.all([openAccount(), openReceiver()]);
  app = (await account.control('POST', '/apps', {})).body;
  await account.call('PUT', `/app-webhooks/2026-09/${app['appId']}/settings`, {
    targetUrl: receiver.url,
    throttling: { maxConcurrentRequests: 10 },
  });
});
afterEach(() => Promise.all([account.close(), receiver.close()]));

const objects = '/crm/objects/2026-09';
const subscribe = (eventType: string, more: object = { objectTypeId: '0-2' }): Promise<Answer> =>
  account.call('POST', `/app-webhooks/2026-09/${app['appId']}/subscriptions`, { eventType, ...more });
const create = async (type: string, properties: Record<string, unknown>): Promise<string> =>
  (await account.call('POST', `${objects}/${type}`, { properties })).body.id;
const createMany = (count: number): Promise<Answer> =>
  account.call('POST', `${objects}/companies/batch/create`, {
    inputs: Array.from({ length: count }, (_, n) => ({ properties: { name: `Company ${n}` } })),
  });
const arrived = (count: number) =>
  expect.poll(() => receiver.events().length, { timeout: 5_000 }).toBe(count);
/** Long enough for anything that was going to be sent. */
const quiet = () => wait(150);

describe('HubSpot sandbox: webhook subscriptions', () => {
  it('keeps settings and subscriptions of an app until it drops them', async () => {
    const base = `/app-webhooks/2026-09/${app['appId']}`;
    const made = await subscribe('object.propertyChange', { objectTypeId: '0-2', propertyName: 'city' });
    expect([made.status, made.body]).toMatchObject([
      201,
      { eventType: 'object.propertyChange', propertyName: 'city', active: true },
    ]);
    expect(
      (await subscribe('object.propertyChange', { objectTypeId: '0-2', propertyName: 'city' })).status,
    ).toBe(409);
    expect((await account.call('GET', `${base}/subscriptions`)).body.results).toEqual([made.body]);
    expect((await account.call('GET', `${base}/settings`)).body).toMatchObject({ targetUrl: receiver.url });
    await account.call('DELETE', `${base}/subscriptions/${made.body.id}`);
    await account.call('DELETE', `${base}/settings`);
    expect((await account.call('GET', `${base}/subscriptions`)).body.results).toEqual([]);
    expect((await account.call('GET', `${base}/settings`)).status).toBe(404);
  });

  it.each([
    ['an event that is not there', 'object.explosion', { objectTypeId: '0-2' }],
    ['an object event without an object', 'object.creation', {}],
    ['an object that is not there', 'object.creation', { objectTypeId: '2-1' }],
  ])('refuses %s', async (_, eventType, more) => {
    expect((await subscribe(eventType, more)).status).toBe(400);
  });

  it('delivers only what is subscribed to and active', async () => {
    await subscribe('object.propertyChange', { objectTypeId: '0-2', propertyName: 'city' });
    const paused = await subscribe('company.creation', {});
    await account.call('PATCH', `/app-webhooks/2026-09/${app['appId']}/subscriptions/${paused.body.id}`, {
      active: false,
    });
    const id = await create('companies', { name: 'Arden' });
    await create('deals', { dealname: 'Pumps' });
    await account.call('PATCH', `${objects}/companies/${id}`, {
      properties: { name: 'Arden Works', city: 'Lyon' },
    });
    await account.call('PATCH', `${objects}/companies/${id}`, { properties: { city: 'Lyon' } });
    await arrived(1);
    await quiet();
    expect(receiver.events()).toMatchObject([
      { objectId: Number(id), propertyName: 'city', propertyValue: 'Lyon' },
    ]);
  });

  it('delivers nothing for the app of an account that uninstalled it', async () => {
    await subscribe('object.creation');
    await account.control('POST', `/apps/${app['appId']}/uninstall`);
    await create('companies', { name: 'Arden' });
    await quiet();
    expect(receiver.events()).toEqual([]);
  });
});

describe('HubSpot sandbox: webhook events', () => {
  it('signs what it posts so that the connector trusts it, and nothing else', async () => {
    await subscribe('object.creation');
    const id = await create('companies', { name: 'Arden' });
    await arrived(1);
    const { headers, rawBody } = receiver.deliveries[0] ?? expect.fail('nothing was delivered');
    const request = {
      method: 'POST',
      url: receiver.url,
      headers,
      rawBody,
      receivedAt: new Date('2026-11-20T08:00:01Z'),
    };
    const trusted = request as Parameters<typeof readWebhook>[0];
    const reader = { clientSecret: app['clientSecret'] ?? '', appId: null, namesOf: () => ['companies'] };
    expect(readWebhook(trusted, reader)).toEqual([{ object: 'companies', extId: id }]);
    expect(readWebhook(trusted, { ...reader, clientSecret: 'another secret' })).toBeNull();
  });

  it('says what happened, to what, when, and by whom', async () => {
    const subscription = await subscribe('object.propertyChange', {
      objectTypeId: '0-2',
      propertyName: 'city',
    });
    const id = await create('companies', { name: 'Arden' });
    await account.control('POST', '/edit', {
      objectType: 'companies',
      id,
      properties: { city: 'Lyon' },
      userId: 42,
    });
    await arrived(1);
    expect(receiver.events()[0]).toEqual({
      eventId: expect.any(Number),
      subscriptionId: Number(subscription.body.id),
      portalId: 48_151_623,
      appId: app['appId'],
      occurredAt: Date.parse('2026-11-20T08:00:00.250Z'),
      subscriptionType: 'object.propertyChange',
      attemptNumber: 0,
      objectId: Number(id),
      objectTypeId: '0-2',
      propertyName: 'city',
      propertyValue: 'Lyon',
      changeSource: 'CRM_UI',
      sourceId: 'userId:42',
    });
  });

  it('marks an app’s own writes by their source, so that it can ignore them', async () => {
    await subscribe('object.creation');
    await account.callWith(app['accessToken'] ?? '')('POST', `${objects}/companies`, {
      properties: { name: 'Arden' },
    });
    await arrived(1);
    expect(receiver.events()[0]).toMatchObject({
      changeSource: 'INTEGRATION',
      sourceId: String(app['appId']),
    });
  });

  it('reports archiving, restoring and erasing', async () => {
    for (const kind of ['deletion', 'restore', 'privacyDeletion'])
      await subscribe(`object.${kind}`, { objectTypeId: '0-1' });
    const id = await create('contacts', { email: 'ada@example.com' });
    await account.call('DELETE', `${objects}/contacts/${id}`);
    await account.control('POST', '/restore', { objectType: 'contacts', id });
    await account.call('POST', `${objects}/contacts/gdpr-delete`, { objectId: id });
    await arrived(4);
    const kinds: string[] = receiver.events().map((event) => event.subscriptionType);
    expect(kinds.toSorted((a, b) => a.localeCompare(b))).toEqual([
      'object.deletion',
      'object.deletion',
      'object.privacyDeletion',
      'object.restore',
    ]);
  });

  it('names all ids of a merge', async () => {
    await subscribe('company.merge', {});
    const [primary, other] = [
      await create('companies', { name: 'A' }),
      await create('companies', { name: 'B', city: 'Lyon' }),
    ];
    const merged = await account.call('POST', `${objects}/companies/merge`, {
      primaryObjectId: primary,
      objectIdToMerge: other,
    });
    await arrived(1);
    expect(receiver.events()[0]).toMatchObject({
      subscriptionType: 'company.merge',
      primaryObjectId: Number(primary),
      mergedObjectIds: [Number(other)],
      newObjectId: Number(merged.body.id),
      numberOfPropertiesMoved: 1,
    });
  });

  it('reports an association from both ends, when it comes and when it goes', async () => {
    for (const objectTypeId of ['0-2', '0-3']) await subscribe('object.associationChange', { objectTypeId });
    const [company, deal] = [
      await create('companies', { name: 'A' }),
      await create('deals', { dealname: 'D' }),
    ];
    const inputs = [{ from: { id: deal }, to: { id: company } }];
    await account.call('POST', '/crm/associations/2026-09/deals/companies/batch/associate/default', {
      inputs,
    });
    await account.call('POST', '/crm/associations/2026-09/deals/companies/batch/archive', {
      inputs: [{ from: { id: deal }, to: [{ id: company }] }],
    });
    await arrived(8);
    const received = receiver
      .events()
      .map((event) => `${event.associationType} ${event.associationRemoved ? 'gone' : 'new'}`);
    expect(new Set(received)).toEqual(
      new Set(['DEAL_TO_COMPANY new', 'COMPANY_TO_DEAL new', 'DEAL_TO_COMPANY gone', 'COMPANY_TO_DEAL gone']),
    );
    const ends = {
      fromObjectId: Number(deal),
      toObjectId: Number(company),
      fromObjectTypeId: '0-3',
      toObjectTypeId: '0-2',
    };
    expect(receiver.events()).toContainEqual(expect.objectContaining(ends));
  });
});

describe('HubSpot sandbox: webhook delivery', () => {
  it('puts up to a hundred events in a post, and has no more than ten posts open', async () => {
    await account.control('PATCH', '/settings', { webhooksPaused: true });
    await subscribe('object.creation');
    for (let n = 0; n < 13; n += 1) await createMany(100);
    let release = (): void => undefined;
    const released = new Promise<number>((resolve) => (release = () => resolve(204)));
    receiver.answer = () => released;
    await account.control('PATCH', '/settings', { webhooksPaused: false });
    await expect.poll(() => receiver.deliveries.length, { timeout: 5_000 }).toBe(10);
    await quiet();
    expect(receiver.deliveries.length).toBe(10);
    release();
    await arrived(1_300);
    expect([
      receiver.mostAtOnce(),
      Math.max(...receiver.deliveries.map(({ events }) => events.length)),
    ]).toEqual([10, 100]);
  });

  it('delivers again what was not accepted, counting the attempts, and gives up after the last retry', async () => {
    await account.control('PATCH', '/settings', { webhookRetryDelaysMs: [20, 20] });
    await subscribe('object.creation');
    receiver.answer = () => 503;
    await create('companies', { name: 'Arden' });
    await arrived(3);
    await quiet();
    expect(receiver.events().map((event) => event.attemptNumber)).toEqual([0, 1, 2]);
    expect(new Set(receiver.events().map((event) => event.eventId)).size).toBe(1);
  });

  it('counts an answer that takes too long as none', async () => {
    await account.control('PATCH', '/settings', { webhookTimeoutMs: 50, webhookRetryDelaysMs: [20] });
    await subscribe('object.creation');
    receiver.answer = async () => wait(100, 204);
    await create('companies', { name: 'Arden' });
    await arrived(2);
  });

  it('delivers newest first and everything twice when configured to', async () => {
    await account.control('PATCH', '/settings', {
      webhooksPaused: true,
      webhookOrder: 'reversed',
      webhookDuplicates: true,
    });
    await subscribe('object.creation');
    await createMany(3);
    await account.control('PATCH', '/settings', { webhooksPaused: false });
    await arrived(6);
    await quiet();
    const ids = receiver.events().map((event) => event.eventId as number);
    expect(ids.slice(0, 3)).toEqual(ids.slice(0, 3).toSorted((a, b) => b - a));
    expect(new Set(ids.slice(3))).toEqual(new Set(ids.slice(0, 3)));
  });

  it('delivers after a restart what it still owed', async () => {
    await account.control('PATCH', '/settings', { webhookRetryDelaysMs: [300] });
    await subscribe('object.creation');
    receiver.answer = () => 503;
    const id = await create('companies', { name: 'Arden' });
    const attempts = () =>
      [...account.store.collection('hubspot:webhook-queue').values()].map((queued) => queued['attempts']);
    await expect.poll(attempts).toEqual([1]);
    await account.vendor.app.close();
    receiver.answer = () => 204;
    const again = buildHubspot({ store: account.store, now: () => new Date('2026-11-20T08:00:00Z') });
    await again.app.listen({ host: '127.0.0.1', port: 0 });
    await arrived(2);
    expect(receiver.events()[1]).toMatchObject({ objectId: Number(id), attemptNumber: 1 });
    await again.app.close();
  });
});
