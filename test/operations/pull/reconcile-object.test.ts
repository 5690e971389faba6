import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CrmConnector } from '#connectors/contract/crm.ts';
import type { PullRequest } from '#connectors/contract/records.ts';
import { reconcileObject, scheduleReconciliations } from '#src/operations/pull/reconcile-object.ts';
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

describe('reconciling an object', () => {
  let fixture: SalesforceFixture;

  beforeAll(async () => {
    fixture = await startSalesforceFixture({
      accounts: Array.from({ length: 120 }, (_, n) => sampleAccount(`Company ${n}`)),
      opportunities: [],
      registrations: [],
    });
    await fixture.read('account');
    await fixture.map();
    fixture.pass(3_600_000);
  }, 60_000);
  afterAll(() => fixture[Symbol.asyncDispose]());

  const scan = (acceptRemovals = false, deps = fixture.deps) =>
    reconcileObject(
      deps,
      { connectionId: fixture.connection.id, kind: 'account', acceptRemovals },
      noProgress,
    );
  const present = async () =>
    (
      await firstRow<{ count: number }>(
        fixture.deps.db,
        sql`select count(*)::int as count from account where not deleted`,
      )
    )?.count;
  /** Shows only what `shows` lets through, in lists and by id alike: what a lost permission looks like. */
  const blinded = (shows: (n: number) => boolean) =>
    fixture.reading(async function* (connector: CrmConnector, request: PullRequest) {
      for await (const page of connector.pull(request))
        yield { ...page, records: page.records.filter((_, n) => shows(n)) };
    });

  it('finds nothing to repair where nothing was missed, and records no change', async () => {
    expect(await scan()).toEqual({ scanned: 120, repaired: 0, removed: 0, stopped: false });
    expect(await firstRow(fixture.deps.db, sql`select count(*)::int as count from remote_change`)).toEqual({
      count: 0,
    });
    expect(await firstRow(fixture.deps.db, sql`select count(*)::int as count from scanned`)).toEqual({
      count: 0,
    });
  });

  it('repairs a change, a deletion and a false deletion that no read and no hint had reported', async () => {
    const [changed, deleted, alive] = [
      await fixture.idOf('account', 'Company 1'),
      await fixture.idOf('account', 'Company 2'),
      await fixture.idOf('account', 'Company 3'),
    ];
    await fixture.edit('account', changed, { Phone: '1' });
    await fixture.remove('account', deleted);
    await fixture.deps.db.execute(
      sql`update remote_record set deleted = true, hash = 'gone', mapped_hash = null, modified_at = ${fixture.deps.clock().toISOString()} where ext_id = ${alive}`,
    );
    await fixture.map();
    expect(await present()).toBe(119);
    fixture.pass(3_600_000);
    expect(await scan()).toEqual({ scanned: 119, repaired: 2, removed: 1, stopped: false });
    await fixture.map();
    expect(await present()).toBe(119);
    expect((await remoteRow(fixture.deps.db, alive))?.deleted).toBe(false);
    expect((await changesOf(fixture.deps.db, changed)).map(({ what, via }) => [what, via])).toEqual([
      ['changed', 'scan'],
    ]);
    expect((await changesOf(fixture.deps.db, deleted)).map(({ what, via }) => [what, via])).toEqual([
      ['deleted', 'scan'],
    ]);
  });

  it('touches nothing when more would be deleted than is allowed, says how many, and goes on once a person agrees', async () => {
    const doomed = await fixture.deps.db.execute<{ ext_id: string }>(
      sql`select ext_id from remote_record where object = 'Account' and not deleted order by ext_id limit 20`,
    );
    for (const { ext_id: extId } of doomed) await fixture.remove('account', extId);
    fixture.pass(3_600_000);
    expect(await scan()).toMatchObject({ removed: 0, stopped: true });
    await fixture.map();
    expect(await present()).toBe(119);
    const [problem] = await openProblems(fixture.deps.db);
    expect(problem).toMatchObject({
      code: 'mass_deletion',
      message: expect.stringMatching(/^20 of 119 Account records/),
    });
    expect(problem?.fix).toContain(
      'npm run fairway -- sync reconcile --connection "Salesforce" --kind account --agree',
    );
    const alerts = await fixture.deps.db.execute(sql`select state from alert`);
    expect([...alerts]).toEqual([{ state: 'mass_deletion' }]);
    expect(await firstRow(fixture.deps.db, sql`select status from connection`)).toEqual({ status: 'active' });
    expect(await scan(true)).toMatchObject({ removed: 20, stopped: false });
    await fixture.map();
    expect(await present()).toBe(99);
    expect(await openProblems(fixture.deps.db)).toEqual([]);
  });

  it('deletes a few records without asking, but only when the vendor says of each that it is gone', async () => {
    fixture.pass(3_600_000);
    expect(
      await scan(
        false,
        blinded((n) => n >= 4),
      ),
    ).toMatchObject({ removed: 0, stopped: false });
    expect(
      await scan(
        false,
        blinded((n) => n >= 40),
      ),
    ).toMatchObject({ removed: 0, stopped: true });
    await fixture.map();
    expect(await present()).toBe(99);
  });

  it('runs once a day, by one job, however often it is asked for', async () => {
    const jobs = () =>
      firstRow(fixture.deps.db, sql`select count(*)::int as count from job where name = 'reconcile'`);
    await scheduleReconciliations(fixture.deps);
    expect(await jobs()).toEqual({ count: 0 });
    fixture.pass(25 * 3_600_000);
    await Promise.all([scheduleReconciliations(fixture.deps), scheduleReconciliations(fixture.deps)]);
    expect(await jobs()).toEqual({ count: 1 });
  });
});
