import type { Connection } from 'jsforce';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildSalesforce } from '#sandbox/salesforce/server.ts';
import { control, refusalOf } from './control.ts';
import { connectTo, startOrg } from './org.ts';
import type { RunningOrg } from './org.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

let org: RunningOrg;
let connection: Connection;
beforeEach(async () => {
  org = await startOrg();
  connection = await connectTo(org);
});
afterEach(() => org.close());

async function account(fields: Record<string, unknown> = {}): Promise<string> {
  const { id = '' } = await connection.sobject('Account').create({ Name: 'Acme', ...fields });
  return id;
}
const remove = (id: string) => connection.sobject('Account').destroy(id);
const named = async (name: string, scanAll: boolean) =>
  (
    await connection.query(
      `SELECT Id, IsDeleted, ParentId, OwnerId, Website, MasterRecordId FROM Account WHERE Name = '${name}'`,
      {
        scanAll,
      },
    )
  ).records;

describe('soft deletes', () => {
  it('leave a row that only queryAll shows, marked, with its references emptied and all else as it was', async () => {
    const parent = await account({ Name: 'Parent' });
    const id = await account({ ParentId: parent, Website: 'https://acme.example' });
    await remove(id);
    expect(await named('Acme', false)).toEqual([]);
    expect(await named('Acme', true)).toMatchObject([
      {
        Id: id,
        IsDeleted: true,
        ParentId: null,
        OwnerId: expect.stringMatching(/^005/),
        Website: 'https://acme.example',
      },
    ]);
  });

  it('can be undone for 15 days: the record is back as it was, with a new stamp', async () => {
    const parent = await account({ Name: 'Parent' });
    const id = await account({ ParentId: parent });
    await remove(id);
    org.advance(14 * dayMs);
    expect((await control(org, 'POST', 'undelete', { id })).status).toBe(200);
    connection = await connectTo(org);
    const back = await connection.sobject('Account').retrieve(id);
    expect(back).toMatchObject({
      IsDeleted: false,
      ParentId: parent,
      SystemModstamp: '2026-12-06T02:00:00.000+0000',
    });
    expect((await control(org, 'POST', 'undelete', { id })).body).toMatchObject([
      { errorCode: 'UNDELETE_FAILED' },
    ]);
  });

  it('leave the recycle bin after 15 days, for queries and for undelete', async () => {
    const id = await account();
    await remove(id);
    org.advance(15 * dayMs);
    connection = await connectTo(org);
    expect(await named('Acme', true)).toEqual([]);
    expect((await control(org, 'POST', 'undelete', { id })).body).toMatchObject([
      { errorCode: 'UNDELETE_FAILED' },
    ]);
  });

  it('never have their id given again, not after the bin was emptied and the org restarted', async () => {
    const id = await account();
    await remove(id);
    expect((await control(org, 'POST', 'empty-bin')).body).toEqual({ purged: 1 });
    expect(await named('Acme', true)).toEqual([]);
    const again = buildSalesforce({ store: org.store, now: () => org.clock.now });
    connection.instanceUrl = await again.app.listen({ host: '127.0.0.1', port: 0 });
    expect((await account()) > id).toBe(true);
    await again.app.close();
  });
});

describe('getUpdated and getDeleted', () => {
  const start = () => new Date(org.clock.now.getTime());

  it('list the records changed in a span, those deleted in it, and how far the answer reaches', async () => {
    const from = start();
    const [present, deleted] = [await account(), await account()];
    org.advance(5 * minuteMs);
    await remove(deleted);
    org.advance(5 * minuteMs);
    const to = start();
    const covered = '2026-11-22T02:10:00.000+0000';
    expect(await connection.sobject('Account').updated(from, to)).toEqual({
      ids: [present],
      latestDateCovered: covered,
    });
    expect(await connection.sobject('Account').deleted(from, to)).toEqual({
      deletedRecords: [{ id: deleted, deletedDate: '2026-11-22T02:05:00.000+0000' }],
      earliestDateAvailable: '2026-10-23T02:10:00.000+0000',
      latestDateCovered: covered,
    });
  });

  it('cover nothing beyond now, nor beyond the oldest change that does not show yet', async () => {
    const from = start();
    org.advance(10 * minuteMs);
    org.faults.add({
      vendor: 'salesforce',
      match: { method: 'POST' },
      fault: { kind: 'late', ms: 5 * minuteMs },
    });
    const id = await account();
    org.faults.clear();
    org.advance(2 * minuteMs);
    const end = new Date(org.clock.now.getTime() + dayMs);
    expect(await connection.sobject('Account').updated(from, end)).toEqual({
      ids: [],
      latestDateCovered: '2026-11-22T02:10:00.000+0000',
    });
    org.advance(3 * minuteMs);
    expect(await connection.sobject('Account').updated(from, end)).toEqual({
      ids: [id],
      latestDateCovered: '2026-11-22T02:15:00.000+0000',
    });
  });

  it('refuse a span older than 30 days, one shorter than a minute, and a delete log that was purged', async () => {
    const accounts = connection.sobject('Account');
    const now = start();
    const ago = (ms: number) => new Date(now.getTime() - ms);
    const refusals = [
      accounts.updated(ago(31 * dayMs), now),
      accounts.deleted(ago(31 * dayMs), now),
      accounts.updated(now, now),
    ];
    for (const refused of refusals)
      expect(await refusalOf(refused)).toMatchObject({ errorCode: 'INVALID_REPLICATION_DATE' });
    await control(org, 'POST', 'empty-bin');
    org.advance(minuteMs);
    expect(await refusalOf(accounts.deleted(ago(minuteMs), start()))).toMatchObject({
      errorCode: 'INVALID_REPLICATION_DATE',
    });
    expect(await accounts.deleted(now, start())).toMatchObject({ deletedRecords: [] });
  });
});

describe('changes that show late', () => {
  it('keep queries on the version before, for a new record on none, and then show with the stamp of the write', async () => {
    const old = await account({ Name: 'Before' });
    org.advance(minuteMs);
    org.faults.add({
      vendor: 'salesforce',
      match: { path: '/sobjects/Account' },
      fault: { kind: 'late', ms: 10_000 },
    });
    await connection.sobject('Account').update({ Id: old, Name: 'After' });
    await account({ Name: 'New' });
    org.faults.clear();
    const names = async () =>
      (await connection.query('SELECT Name FROM Account ORDER BY Name')).records.map((row) => row['Name']);
    expect(await names()).toEqual(['Before']);
    expect(await connection.sobject('Account').retrieve(old)).toMatchObject({ Name: 'After' });
    org.advance(10_000);
    expect(await names()).toEqual(['After', 'New']);
    expect(await connection.sobject('Account').retrieve(old)).toMatchObject({
      SystemModstamp: '2026-11-22T02:01:00.000+0000',
    });
  });
});

describe('merging accounts', () => {
  it('moves what belonged to the losers to the master, and marks the losers with where they went', async () => {
    const [master, loser] = [await account({ Name: 'Master' }), await account({ Name: 'Loser' })];
    const child = await account({ Name: 'Child', ParentId: loser });
    const { id: deal = '' } = await connection
      .sobject('Opportunity')
      .create({ Name: 'Deal', AccountId: loser, StageName: 'Prospecting', CloseDate: '2026-12-01' });
    org.advance(minuteMs);
    expect((await control(org, 'POST', 'merge', { masterId: master, loserIds: [loser] })).status).toBe(200);
    const stamp = '2026-11-22T02:01:00.000+0000';
    expect(await connection.sobject('Opportunity').retrieve(deal)).toMatchObject({
      AccountId: master,
      SystemModstamp: stamp,
    });
    expect(await connection.sobject('Account').retrieve(child)).toMatchObject({
      ParentId: master,
      SystemModstamp: stamp,
    });
    expect(await named('Loser', true)).toMatchObject([{ IsDeleted: true, MasterRecordId: master }]);
  });

  it('changes nothing when one of them is not there', async () => {
    const [master, loser] = [await account({ Name: 'Master' }), await account({ Name: 'Loser' })];
    const answer = await control(org, 'POST', 'merge', {
      masterId: master,
      loserIds: [loser, '001Qy0000009999AAA'],
    });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(await named('Loser', false)).toHaveLength(1);
  });

  it('refuses what is not a record id, naming the field', async () => {
    const answer = await control(org, 'POST', 'merge', { masterId: 'x', loserIds: [] });
    expect(answer).toMatchObject({
      status: 400,
      body: [{ errorCode: 'INVALID_INPUT', fields: ['masterId', 'loserIds'] }],
    });
  });
});
