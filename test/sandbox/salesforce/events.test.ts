import type { Connection } from 'jsforce';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { EventDecoder } from '#connectors/salesforce/events/event-decoder.ts';
import { PubSub } from '#connectors/salesforce/events/pub-sub.ts';
import type { FetchAnswer, Subscription } from '#connectors/salesforce/events/pub-sub.ts';
import { toPubSubError } from '#connectors/salesforce/events/pub-sub-error.ts';
import { certificateOf } from '#sandbox/salesforce/events/certificate.ts';
import { buildSalesforce } from '#sandbox/salesforce/server.ts';
import { control } from './control.ts';
import { connectTo, packageZip, startOrg } from './org.ts';
import type { RunningOrg } from './org.ts';

const member = `<?xml version="1.0" encoding="UTF-8"?><PlatformEventChannelMember xmlns="http://soap.sforce.com/2006/04/metadata">
  <eventChannel>ChangeEvents</eventChannel><selectedEntity>AccountChangeEvent</selectedEntity></PlatformEventChannelMember>`;
const manifest = `<?xml version="1.0" encoding="UTF-8"?><Package xmlns="http://soap.sforce.com/2006/04/metadata"><types>
  <members>ChangeEvents_AccountChangeEvent</members><name>PlatformEventChannelMember</name></types><version>67.0</version></Package>`;

let org: RunningOrg;
let connection: Connection;
const opened: PubSub[] = [];

beforeAll(async () => {
  org = await startOrg();
  connection = await connectTo(org);
  const zip = packageZip({
    'package.xml': manifest,
    'platformEventChannelMembers/ChangeEvents_AccountChangeEvent.platformEventChannelMember': member,
  });
  await connection.metadata.deployRest(zip, { singlePackage: true });
  await control(org, 'PATCH', 'settings', { keepAliveMs: 50 });
});
afterAll(() => org.close());
afterEach(() => opened.splice(0).forEach((pubSub) => pubSub.close()));

function open(accessToken = connection.accessToken ?? ''): PubSub {
  const pubSub = new PubSub(
    { pubSubEndpoint: org.events['pubSubEndpoint'] ?? '', pubSubTrust: 'self-signed' },
    { accessToken, instanceUrl: 'https://cascadia.example' },
    ['127.0.0.1'],
  );
  opened.push(pubSub);
  return pubSub;
}

/** Answers until there are so many events. */
async function eventsOf(subscription: Subscription, count: number): Promise<FetchAnswer['events']> {
  const events: FetchAnswer['events'] = [];
  for await (const answer of subscription.answers()) {
    events.push(...answer.events);
    if (events.length >= count) break;
  }
  return events;
}

const refusalOf = async (subscription: Subscription): Promise<unknown> =>
  eventsOf(subscription, 1).then(
    () => null,
    (error: unknown) => toPubSubError(error),
  );
const create = async (name: string): Promise<string> =>
  (await connection.sobject('Account').create({ Name: name })).id ?? '';
const all = '/data/ChangeEvents';

describe('the sandbox’s Pub/Sub API', () => {
  it('sends no more events than were asked for, and says how many are still to come', async () => {
    const subscription = open().subscribe({ topic: all, replayId: null, wanted: 2 });
    const answers = subscription.answers();
    await answers.next();
    for (const name of ['One', 'Two', 'Three']) await create(name);
    const seen: FetchAnswer[] = [];
    for (let n = 0; n < 6; n += 1) seen.push((await answers.next()).value as FetchAnswer);
    expect(seen.flatMap((answer) => answer.events)).toHaveLength(2);
    expect(seen.at(-1)?.pendingNumRequested).toBe(0);
    subscription.requestMore(1);
    expect(await eventsOf(subscription, 1)).toHaveLength(1);
  });

  it('gives replay ids that grow with gaps, and goes on after any of them', async () => {
    const subscription = open().subscribe({ topic: all, replayId: null, wanted: 100 });
    await subscription.answers().next();
    await create('One');
    const two = await create('Two');
    const again = open().subscribe({ topic: '/data/AccountChangeEvent', replayId: bytesOf(0), wanted: 100 });
    expect(await refusalOf(again)).toMatchObject({
      code: 'sfdc.platform.eventbus.grpc.subscription.fetch.replayid.corrupted',
      status: 3,
    });
    const keys = [...org.store.collection('salesforce:#event').keys()].slice(-2).map(Number);
    expect((keys[1] ?? 0) - (keys[0] ?? 0)).toBeGreaterThan(1);
    const pubSub = open();
    const [event] = await eventsOf(
      pubSub.subscribe({ topic: all, replayId: bytesOf(keys[0] ?? 0), wanted: 1 }),
      1,
    );
    expect(event && (await new EventDecoder(pubSub).header(event))?.recordIds).toEqual([two]);
  });

  it('names in each event who changed what, and by which client', async () => {
    const pubSub = open();
    const subscription = pubSub.subscribe({ topic: all, replayId: null, wanted: 100 });
    await subscription.answers().next();
    const other = await connectTo(org);
    other._callOptions = { client: 'somebody' };
    const { id = '' } = await other.sobject('Account').create({ Name: 'By a client' });
    const [event] = await eventsOf(pubSub.subscribe({ topic: all, replayId: lastBut(1), wanted: 1 }), 1);
    expect(event && (await new EventDecoder(pubSub).header(event))).toMatchObject({
      entityName: 'Account',
      recordIds: [id],
      changeType: 'CREATE',
      changeOrigin: 'com/salesforce/api/rest/67.0;client=somebody',
    });
  });

  it('keeps its certificate when it starts again', async () => {
    expect(await certificateOf(org.store)).toEqual(await certificateOf(org.store));
    const again = buildSalesforce({ store: org.store, now: () => org.clock.now });
    await again.listenForEvents(0);
    expect(org.store.collection('salesforce:#certificate').size).toBe(1);
    await again.app.close();
  });

  it('writes no events for entities that no channel member selects', async () => {
    const before = org.store.collection('salesforce:#event').size;
    await connection.sobject('Contact').create({ LastName: 'Quiet' });
    expect(org.store.collection('salesforce:#event').size).toBe(before);
  });

  it('refuses an unknown topic, a wrong token, and a request for nothing, as Salesforce does', async () => {
    expect(
      await refusalOf(open().subscribe({ topic: '/data/ContactChangeEvent', replayId: null, wanted: 1 })),
    ).toMatchObject({
      message: expect.stringContaining('could not be found'),
    });
    expect(
      await refusalOf(open('00D!wrong').subscribe({ topic: all, replayId: null, wanted: 1 })),
    ).toMatchObject({
      code: 'sfdc.platform.eventbus.grpc.service.auth.error',
      status: 16,
    });
    expect(await refusalOf(open().subscribe({ topic: all, replayId: null, wanted: 0 }))).toMatchObject({
      code: 'sfdc.platform.eventbus.grpc.subscription.fetch.requested.events.invalid',
    });
  });

  it('shows its channel members to the Tooling API, and takes none for what is not there', async () => {
    const soql = encodeURIComponent(
      "SELECT DeveloperName, SelectedEntity FROM PlatformEventChannelMember WHERE EventChannel = 'ChangeEvents'",
    );
    expect(await connection.request(`/tooling/query?q=${soql}`)).toMatchObject({
      records: [{ DeveloperName: 'ChangeEvents_AccountChangeEvent', SelectedEntity: 'AccountChangeEvent' }],
    });
    const zip = packageZip({
      'package.xml': manifest.replaceAll('Account', 'Nothing'),
      'platformEventChannelMembers/ChangeEvents_NothingChangeEvent.platformEventChannelMember':
        member.replace('Account', 'Nothing'),
    });
    const { id } = await connection.metadata.deployRest(zip, { singlePackage: true });
    expect(await connection.request(`/metadata/deployRequest/${id}?includeDetails=true`)).toMatchObject({
      deployResult: {
        success: false,
        details: {
          componentFailures: expect.arrayContaining([
            expect.objectContaining({
              problem: 'In field: selectedEntity - no Entity named NothingChangeEvent found',
            }),
          ]),
        },
      },
    });
  });
});

/** The replay id of the event so many before the last. */
const lastBut = (n: number): Buffer =>
  bytesOf(Number([...org.store.collection('salesforce:#event').keys()].at(-1 - n)));

function bytesOf(replayId: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(replayId));
  return bytes;
}
