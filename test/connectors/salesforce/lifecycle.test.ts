import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CrmConnector } from '#connectors/contract/crm.ts';
import { ConnectorError } from '#connectors/contract/failures.ts';
import type { CallGate } from '#connectors/contract/limits.ts';
import type { RemoteRecord } from '#connectors/contract/records.ts';
import { crmSchema } from '#src/domain/crm-schema.ts';
import { control } from '#test/sandbox/salesforce/control.ts';
import { connectTo, startOrg } from '#test/sandbox/salesforce/org.ts';
import type { RunningOrg } from '#test/sandbox/salesforce/org.ts';
import { connectOrg, salesforcePages, recordsOf, sampleAccount } from './sample.ts';

const object = 'Account';
const fields = ['Name'];

let org: RunningOrg;
let connector: CrmConnector;
beforeAll(async () => {
  org = await startOrg();
  connector = connectOrg(org);
  await connector.install(crmSchema);
  org.vendor.seed({
    accounts: Array.from({ length: 12 }, (_, n) => sampleAccount(n)),
    opportunities: [],
    registrations: [],
  });
});
afterAll(() => org.close());

const id = (n: number): string =>
  org.store.collection('salesforce:Account').keys().drop(n).next().value ?? '';
const merge = (master: number, ...losers: number[]): Promise<unknown> =>
  control(org, 'POST', 'merge', { masterId: id(master), loserIds: losers.map(id) });
const changedSince = async (since: string): Promise<Map<string, RemoteRecord>> =>
  new Map(
    recordsOf(await salesforcePages(connector, { object, fields, since })).map((record) => [
      record.extId,
      record,
    ]),
  );
const later = (): string => {
  org.advance(5000);
  return org.clock.now.toISOString();
};

describe('salesforce: records that were merged', () => {
  it('arrive in a read of what changed as deleted, with the survivor they lead to', async () => {
    const since = later();
    await merge(0, 1, 2);
    const changed = await changedSince(since);
    for (const loser of [1, 2])
      expect(changed.get(id(loser))).toMatchObject({ deleted: true, mergedInto: id(0) });
    expect(changed.get(id(0))).toMatchObject({ deleted: false });
  });

  it('come back when fetched with their survivor, also through a second merge', async () => {
    await merge(3, 4);
    await merge(5, 3);
    const fetched = new Map(
      (await connector.fetch(object, [id(4)], fields)).map((record) => [record.extId, record]),
    );
    expect(fetched.get(id(4))).toMatchObject({ deleted: true, mergedInto: id(5) });
    expect(fetched.get(id(5))).toMatchObject({ deleted: false, fields: { Name: 'Account 5' } });
  });

  it('are not mistaken for the merely deleted', async () => {
    const since = later();
    await (await connectTo(org)).sobject(object).destroy(id(6));
    expect((await changedSince(since)).get(id(6))).toMatchObject({ deleted: true });
    expect((await changedSince(since)).get(id(6))).not.toHaveProperty('mergedInto');
    const [fetched] = await connector.fetch(object, [id(6)], fields);
    expect(fetched).toMatchObject({ extId: id(6), deleted: true });
    expect(fetched).not.toHaveProperty('mergedInto');
  });
});

describe('salesforce: records that come and go', () => {
  it('are read as there again, with a newer stamp, once somebody takes them out of the recycle bin', async () => {
    const since = later();
    await (await connectTo(org)).sobject(object).destroy(id(7));
    const gone = (await changedSince(since)).get(id(7));
    later();
    await control(org, 'POST', 'undelete', { id: id(7) });
    const back = (await changedSince(since)).get(id(7));
    expect(back).toMatchObject({ deleted: false, fields: { Name: 'Account 7' } });
    expect(Date.parse(back?.modifiedAt ?? '')).toBeGreaterThan(Date.parse(gone?.modifiedAt ?? ''));
  });

  it('are called deleted when fetched from the recycle bin, those of custom objects, too', async () => {
    const custom = 'Fairway_Registration__c';
    const registrations = (await connectTo(org)).sobject(custom);
    const { id: registrationId = '' } = await registrations.create({ Number__c: 'DR-2026-0001' });
    expect(await connector.fetch(custom, [registrationId], [])).toMatchObject([
      { extId: registrationId, deleted: false },
    ]);
    await registrations.destroy(registrationId);
    expect(await connector.fetch(custom, [registrationId], [])).toMatchObject([
      { extId: registrationId, deleted: true },
    ]);
  });

  it('are absent when fetched after they were purged: nothing tells that from a record we may not see', async () => {
    const purged = id(8);
    await (await connectTo(org)).sobject(object).destroy(purged);
    await control(org, 'POST', 'empty-bin');
    expect((await connector.fetch(object, [purged, id(0)], fields)).map((record) => record.extId)).toEqual([
      id(0),
    ]);
  });

  it('are neither shown nor called deleted while sharing hides them from the integration user', async () => {
    const hidden = id(5);
    await control(org, 'POST', 'hide', { ids: [hidden] });
    expect(await connector.fetch(object, [hidden], fields)).toEqual([]);
    expect((await changedSince(new Date(0).toISOString())).get(hidden)).toBeUndefined();
    await control(org, 'POST', 'hide', { ids: [] });
    expect(await connector.fetch(object, [hidden], fields)).toMatchObject([
      { extId: hidden, deleted: false },
    ]);
  });
});

describe('salesforce: the gate', () => {
  const gated = (gate: Partial<CallGate>): CrmConnector =>
    connectOrg(org, {
      gate: { admit: async () => {}, learn: async () => {}, hold: async () => {}, ...gate },
    });

  it('is asked once for each call that is billed, and learns what Salesforce has counted', async () => {
    let admitted = 0;
    const discovered: unknown[] = [];
    const one = gated({
      admit: async () => void (admitted += 1),
      learn: async (readings) => void discovered.push(...readings),
    });
    await one.check();
    await salesforcePages(one, { object, fields });
    expect(admitted).toBe(one.calls());
    expect(discovered.at(-1)).toEqual({ name: 'day', used: org.calls(), allowed: 100_000 });
    expect(one.windows()).toEqual([
      { name: 'day', lengthMs: 86_400_000, allowed: 100_000, counts: ['call'] },
    ]);
  });

  it('that is closed lets no call leave', async () => {
    const failure = {
      class: 'throttle',
      code: 'BUDGET_USED',
      message: 'no calls left',
      fix: 'Wait.',
      retryAfterMs: 1000,
    } as const;
    const closed = gated({
      admit: async () => {
        throw new ConnectorError(failure);
      },
    });
    const before = org.calls();
    await expect(closed.check()).rejects.toMatchObject({ failure });
    expect(org.calls()).toBe(before);
  });

  it('is closed for everybody when Salesforce refuses for too many calls', async () => {
    const held: unknown[] = [];
    await control(org, 'PATCH', 'settings', { dailyCalls: 0 });
    const one = gated({ hold: async (name, ms) => void held.push([name, ms]) });
    await expect(one.check()).rejects.toMatchObject({
      failure: { class: 'throttle', retryAfterMs: 900_000 },
    });
    await control(org, 'PATCH', 'settings', { dailyCalls: 100_000 });
    expect(held).toEqual([['day', 900_000]]);
  });
});

describe('salesforce: outbound messages', () => {
  it('are understood without a setting once the connection was checked, and acknowledged', async () => {
    const fresh = connectOrg(org);
    const { discovered } = await fresh.check();
    const message =
      `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:x="http://www.w3.org/2001/XMLSchema-instance"><e:Body>` +
      `<notifications xmlns="http://soap.sforce.com/2005/09/outbound"><OrganizationId>${String(discovered['organizationId'])}</OrganizationId>` +
      `<Notification><Id>04l1</Id><sObject x:type="sf:Account"><Id>${id(0)}</Id></sObject></Notification></notifications></e:Body></e:Envelope>`;
    const request = {
      method: 'POST',
      url: 'https://f.example/hooks/1',
      headers: {},
      receivedAt: org.clock.now,
    };
    expect(fresh.verifyWebhook({ ...request, rawBody: Buffer.from(message) })).toEqual({
      hints: [{ object: 'Account', extId: id(0) }],
      reply: { contentType: 'text/xml; charset=utf-8', body: expect.stringContaining('<Ack>true</Ack>') },
    });
  });
});
