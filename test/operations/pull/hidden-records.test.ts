import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { waitingHints } from '#src/db/sync/hint-store.ts';
import { processHints } from '#src/operations/refresh/process-hints.ts';
import { reconcileObject } from '#src/operations/pull/reconcile-object.ts';
import { recordHints } from '#src/operations/hints/record-hints.ts';
import { connectTo } from '#test/sandbox/salesforce/org.ts';
import { openProblems } from '#test/support/queries.ts';
import {
  changesOf,
  firstRow,
  noProgress,
  remoteRow,
  sampleAccount,
  startSalesforceFixture,
  type SalesforceFixture,
} from './reading-fixture.ts';

/** Sharing can hide records from the integration user: Salesforce then answers as if they had never been. */

let fixture: SalesforceFixture;
beforeAll(async () => {
  const accounts = Array.from({ length: 60 }, (_, n) => sampleAccount(`Company ${n}`));
  fixture = await startSalesforceFixture({ accounts, opportunities: [], registrations: [] });
  await fixture.read('account');
  await fixture.map();
}, 60_000);
afterAll(() => fixture[Symbol.asyncDispose]());
beforeEach(() => fixture.pass(3_600_000));

const hide = (...ids: string[]) => fixture.control('hide', { ids });
const present = async () =>
  (
    await firstRow<{ count: number }>(
      fixture.deps.db,
      sql`select count(*)::int as count from account where not deleted`,
    )
  )?.count;
const compare = async () => {
  const done = await reconcileObject(
    fixture.deps,
    { connectionId: fixture.connection.id, kind: 'account', acceptRemovals: false },
    noProgress,
  );
  await fixture.map();
  return done;
};
const serve = () =>
  processHints(fixture.deps, { connectionId: fixture.connection.id, roundEveryMs: 0 }, noProgress);
const waiting = () =>
  waitingHints(fixture.deps.db, fixture.connection.id, {
    perObject: 100,
    except: [],
    now: fixture.deps.clock(),
  });
const idsOf = (...names: string[]) => Promise.all(names.map((name) => fixture.idOf('account', name)));

describe('records that are hidden from us', () => {
  it('are not deleted because a hint names them, and the hint is served', async () => {
    const before = await present();
    const hidden = await idsOf(...Array.from({ length: 20 }, (_, n) => `Company ${n}`));
    await hide(...hidden);
    const hints = hidden.map((extId) => ({ object: 'Account', extId }));
    await fixture.deps.db.transaction((tx) =>
      recordHints(fixture.deps, tx, { connection: fixture.connection, hints, via: 'stream' }),
    );
    await serve();
    expect([await present(), await waiting()]).toEqual([before, []]);
    expect(await changesOf(fixture.deps.db, hidden[0] ?? '')).toEqual([]);
  });

  it('stop a comparison when they are many, and nothing is deleted however often it runs', async () => {
    const before = await present();
    expect(await compare()).toMatchObject({ removed: 0, stopped: true });
    fixture.pass(3_600_000);
    expect(await compare()).toMatchObject({ removed: 0, stopped: true });
    expect(await present()).toBe(before);
    expect(await openProblems(fixture.deps.db)).toMatchObject([{ code: 'mass_deletion' }]);
    await hide();
    fixture.pass(3_600_000);
    expect(await compare()).toMatchObject({ removed: 0, stopped: false });
    expect(await openProblems(fixture.deps.db)).toEqual([]);
  });

  it('are deleted by a comparison when they are few enough to go unasked, and come back once they are visible', async () => {
    const before = (await present()) ?? 0;
    await hide(...(await idsOf('Company 1', 'Company 2')));
    expect(await compare()).toMatchObject({ removed: 2, stopped: false });
    expect(await present()).toBe(before - 2);
    await hide();
    fixture.pass(3_600_000);
    expect(await compare()).toMatchObject({ repaired: 2, removed: 0 });
    expect(await present()).toBe(before);
  });
});

describe('a record that was merged into one we have never seen', () => {
  /** The id of an account that is hidden from its first moment. */
  async function hiddenAccount(name: string): Promise<string> {
    const { id = '' } = await (await connectTo(fixture.org)).sobject('Account').create({ Name: name });
    await hide(id);
    return id;
  }
  async function readMerged(loser: string, survivor: string): Promise<void> {
    await fixture.control('merge', { masterId: survivor, loserIds: [loser] });
    fixture.pass(60_000);
    await fixture.read('account');
    await fixture.map();
  }
  const nameBehind = async (extId: string) =>
    firstRow(
      fixture.deps.db,
      sql`select a.name, a.deleted from link l join account a on a.id = l.record_id where l.ext_id = ${extId}`,
    );

  it('is a problem that says what to do, has the other fetched, and follows it once it is shown', async () => {
    const [loser = ''] = await idsOf('Company 30');
    const survivor = await hiddenAccount('Survivor');
    await readMerged(loser, survivor);
    expect(await openProblems(fixture.deps.db)).toMatchObject([
      {
        ref: loser,
        code: 'survivor_unread',
        message: expect.stringContaining(survivor),
        fix: expect.stringContaining(survivor),
      },
    ]);
    fixture.pass(3_000);
    expect(await waiting()).toMatchObject([{ object: 'Account', extId: survivor, via: 'recheck' }]);
    await hide();
    await serve();
    expect(await openProblems(fixture.deps.db)).toEqual([]);
    expect(await nameBehind(survivor)).toEqual({ name: 'Survivor', deleted: false });
    expect(await nameBehind(loser)).toEqual({ name: 'Survivor', deleted: false });
  });

  it('does not have it asked for again and again while it is not shown', async () => {
    const [loser = ''] = await idsOf('Company 31');
    await readMerged(loser, await hiddenAccount('Secret'));
    fixture.pass(3_000);
    await serve();
    await fixture.map();
    fixture.pass(3_000);
    expect(await waiting()).toEqual([]);
    expect(await openProblems(fixture.deps.db)).toMatchObject([{ ref: loser, code: 'survivor_unread' }]);
    expect(await nameBehind(loser)).toEqual({ name: 'Company 31', deleted: false });
  });

  it('goes with it when a comparison does not find it either', async () => {
    const loser =
      (
        await firstRow<{ ext_id: string }>(
          fixture.deps.db,
          sql`select ref as ext_id from problem where status = 'open'`,
        )
      )?.ext_id ?? '';
    expect(await compare()).toMatchObject({ removed: 1, stopped: false });
    await fixture.map();
    expect(await nameBehind(loser)).toEqual({ name: 'Company 31', deleted: true });
    expect((await remoteRow(fixture.deps.db, loser))?.deleted).toBe(true);
    expect(await openProblems(fixture.deps.db)).toEqual([]);
  });
});
