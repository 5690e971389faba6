import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CrmConnector } from '#connectors/contract/crm.ts';
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

describe('salesforce: merged records', () => {
  it('are deleted in a read of changes, with the id of the survivor', async () => {
    const since = later();
    await merge(0, 1, 2);
    const changed = await changedSince(since);
    for (const loser of [1, 2])
      expect(changed.get(id(loser))).toMatchObject({ deleted: true, mergedInto: id(0) });
    expect(changed.get(id(0))).toMatchObject({ deleted: false });
  });

  it('are fetched together with their survivor, also after a second merge', async () => {
    await merge(3, 4);
    await merge(5, 3);
    const fetched = new Map(
      (await connector.fetch(object, [id(4)], fields)).map((record) => [record.extId, record]),
    );
    expect(fetched.get(id(4))).toMatchObject({ deleted: true, mergedInto: id(5) });
    expect(fetched.get(id(5))).toMatchObject({ deleted: false, fields: { Name: 'Account 5' } });
  });

  it('differ from records that were only deleted', async () => {
    const since = later();
    await (await connectTo(org)).sobject(object).destroy(id(6));
    expect((await changedSince(since)).get(id(6))).toMatchObject({ deleted: true });
    expect((await changedSince(since)).get(id(6))).not.toHaveProperty('mergedInto');
    const [fetched] = await connector.fetch(object, [id(6)], fields);
    expect(fetched).toMatchObject({ extId: id(6), deleted: true });
    expect(fetched).not.toHaveProperty('mergedInto');
  });
});

describe('salesforce: deleted, restored and hidden records', () => {
  it('are read as present, with a newer stamp, after they were restored from the Recycle Bin', async () => {
    const since = later();
    await (await connectTo(org)).sobject(object).destroy(id(7));
    const gone = (await changedSince(since)).get(id(7));
    later();
    await control(org, 'POST', 'undelete', { id: id(7) });
    const back = (await changedSince(since)).get(id(7));
    expect(back).toMatchObject({ deleted: false, fields: { Name: 'Account 7' } });
    expect(Date.parse(back?.modifiedAt ?? '')).toBeGreaterThan(Date.parse(gone?.modifiedAt ?? ''));
  });

  it('are fetched as deleted while they are in the Recycle Bin, also those of custom objects', async () => {
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

  it('are absent after they were purged, because a hidden record looks the same', async () => {
    const purged = id(8);
    await (await connectTo(org)).sobject(object).destroy(purged);
    await control(org, 'POST', 'empty-bin');
    expect((await connector.fetch(object, [purged, id(0)], fields)).map((record) => record.extId)).toEqual([
      id(0),
    ]);
  });

  it('are neither returned nor reported as deleted while sharing hides them', async () => {
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
