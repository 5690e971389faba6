import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Hint } from '#connectors/contract/crm.ts';
import { findConnection, saveConnection, type Connection } from '#src/db/connections/connection-store.ts';
import { deleteHints, waitingHints, type WaitingHint } from '#src/db/sync/hint-store.ts';
import { settleJob } from '#src/db/jobs/job-store.ts';
import { sealSecrets } from '#src/db/connections/secrets.ts';
import type { Deps } from '#src/deps.ts';
import { recordHints, scheduleDueHints } from '#src/operations/hints/record-hints.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';

let test: TestDeps;
let deps: Deps;
let connection: Connection;
beforeAll(async () => {
  test = await startDeps({ now: '2026-11-20T08:00:00Z' });
  deps = test.deps;
});
afterAll(() => test[Symbol.asyncDispose]());
beforeEach(async () => {
  await deps.db.execute(sql`delete from job`);
  await deps.db.execute(sql`delete from connection`);
  const id = deps.ids();
  const secrets = sealSecrets(deps.config.masterKey, id, { accessToken: 'pat-test', clientSecret: 'secret' });
  await saveConnection(deps.db, {
    id,
    kind: 'hubspot',
    name: 'HubSpot',
    settings: {},
    secrets,
    createdAt: deps.clock(),
  });
  connection = (await findConnection(deps.db, id)) ?? expect.fail('the connection was not kept');
});

const deal = (extId: string | null): Hint => ({ object: 'deals', extId });
const sendHint = (...hints: Hint[]) =>
  deps.db.transaction((tx) => recordHints(deps, tx, { connection, hints, via: 'webhook' }));
const waiting = (): Promise<WaitingHint[]> =>
  waitingHints(deps.db, connection.id, { perObject: 500, except: [], now: deps.clock() });
const names = async () => (await waiting()).map(({ object, extId }) => `${object} ${extId}`);
const openJobs = async (): Promise<string[]> =>
  (
    await deps.db.execute<{ id: string }>(
      sql`select id from job where name = 'process-hints' and status in ('waiting', 'queued')`,
    )
  ).map(({ id }) => id);
const settleJobs = async (status: 'done' | 'failed'): Promise<void> => {
  for (const id of await openJobs()) await settleJob(deps.db, id, { status, error: null }, deps.clock());
};

describe('hints', () => {
  it('ten tellings of one change are one hint and one job', async () => {
    for (let n = 0; n < 10; n += 1) await sendHint(deal('1'), deal('1'), deal('2'));
    expect(await names()).toEqual(['deals 1', 'deals 2']);
    expect(await openJobs()).toHaveLength(1);
  });

  it('a hint that arrives again while its record is fetched stays', async () => {
    await sendHint(deal('1'), deal('2'));
    const read = await waiting();
    await sendHint(deal('1'));
    await deleteHints(deps.db, connection.id, read);
    expect(await names()).toEqual(['deals 1']);
  });

  it('what a hint said of an erasure is not forgotten when a change arrives after it', async () => {
    await sendHint({ ...deal('1'), erased: true });
    await sendHint(deal('1'));
    expect(await waiting()).toMatchObject([{ extId: '1', erased: true }]);
  });

  it('those that have waited longest come first, so many of each object', async () => {
    await sendHint(deal('1'));
    test.pass(1_000);
    await sendHint(deal('2'), { object: 'companies', extId: '9' });
    const some = await waitingHints(deps.db, connection.id, { perObject: 1, except: [], now: deps.clock() });
    expect(some.map(({ extId }) => extId)).toEqual(['1', '9']);
    const rest = await waitingHints(deps.db, connection.id, {
      perObject: 9,
      except: ['deals'],
      now: deps.clock(),
    });
    expect(rest.map(({ extId }) => extId)).toEqual(['9']);
  });

  it('an object that is not mapped is dropped at the door', async () => {
    await sendHint({ object: 'tickets', extId: '5' });
    expect([await names(), await openJobs()]).toEqual([[], []]);
  });

  it('an object whose mapping is switched off is dropped, too, and accepted once it is switched on: the vendor is not asked for it before', async () => {
    const contact: Hint = { object: 'contacts', extId: '5' };
    await sendHint(contact, { ...contact, erased: true });
    expect([await names(), await openJobs()]).toEqual([[], []]);
    const packs = deps.packs.map((pack) => (pack.object === 'contacts' ? { ...pack, enabled: true } : pack));
    await deps.db.transaction((tx) =>
      recordHints({ ...deps, packs }, tx, { connection, hints: [contact], via: 'webhook' }),
    );
    expect([await names(), await openJobs()]).toEqual([['contacts 5'], [expect.any(String)]]);
  });

  it('deliveries about the same records, in any order, do not block each other', async () => {
    const hints = Array.from({ length: 100 }, (_, n) => deal(String(n)));
    await Promise.all(
      Array.from({ length: 8 }, (_, n) => sendHint(...(n % 2 === 0 ? hints : hints.toReversed()))),
    );
    expect(await names()).toHaveLength(100);
  });
});

describe('the job that serves hints', () => {
  it('is added for hints that a process stored before it died, or that came while the last job was ending', async () => {
    await sendHint(deal('1'));
    await settleJobs('done');
    await scheduleDueHints(deps);
    expect(await openJobs()).toHaveLength(1);
  });

  it('is not put out twice, nor without hints', async () => {
    await scheduleDueHints(deps);
    expect(await openJobs()).toEqual([]);
    await sendHint(deal('1'));
    await Promise.all([scheduleDueHints(deps), scheduleDueHints(deps)]);
    expect(await openJobs()).toHaveLength(1);
  });

  it('rests for a minute after its last attempt failed', async () => {
    await sendHint(deal('1'));
    await settleJobs('failed');
    await sendHint(deal('1'));
    await scheduleDueHints(deps);
    expect(await openJobs()).toEqual([]);
    test.pass(61_000);
    await scheduleDueHints(deps);
    expect(await openJobs()).toHaveLength(1);
  });

  it('waits until a connection that refuses us may be asked again', async () => {
    const until = new Date(deps.clock().getTime() + 5_000).toISOString();
    await deps.db.execute(sql`update connection set paused_until = ${until}, failure = '{"class":"auth"}'`);
    await sendHint(deal('1'));
    await scheduleDueHints(deps);
    expect(await openJobs()).toEqual([]);
    test.pass(6_000);
    await scheduleDueHints(deps);
    expect(await openJobs()).toHaveLength(1);
  });

  it('rests while a limit is used up: what is left of it is people’s', async () => {
    const until = new Date(deps.clock().getTime() + 5_000).toISOString();
    await deps.db.execute(
      sql`update connection set paused_until = ${until}, failure = '{"class":"throttle"}'`,
    );
    await sendHint(deal('1'));
    await scheduleDueHints(deps);
    expect(await openJobs()).toEqual([]);
    test.pass(6_000);
    await scheduleDueHints(deps);
    expect(await openJobs()).toHaveLength(1);
  });

  it('does not ask about a doubt again at once', async () => {
    await deps.db.transaction((tx) =>
      recordHints(deps, tx, { connection, hints: [deal('1')], via: 'recheck' }),
    );
    await scheduleDueHints(deps);
    expect([await names(), await openJobs()]).toEqual([[], []]);
    test.pass(2_000);
    await scheduleDueHints(deps);
    expect([await names(), await openJobs()]).toMatchObject([['deals 1'], [expect.any(String)]]);
  });
});
