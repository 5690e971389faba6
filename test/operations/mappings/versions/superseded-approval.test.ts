import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { latestBackfill, saveBackfill } from '#src/db/mappings/backfill-store.ts';
import { backfillMapping, startBackfill } from '#src/operations/mappings/backfill/backfill-mapping.ts';
import { placeRecords } from '#src/operations/place/place-records.ts';
import { planWrites } from '#src/operations/write/plan-writes.ts';
import { pushConnection } from '#src/operations/write/push-connection.ts';
import {
  accountsOf,
  accountValues,
  addAccountField,
  addedField,
  draftOf,
  publish,
} from '#test/operations/mappings/mappings-fixture.ts';
import { startTwoWayWorld, type TwoWayWorld } from '#test/operations/two-way-fixture.ts';

/** A version that is no longer live stops at once: a roll-back is an emergency exit only if it does. */
let world: TwoWayWorld;
beforeAll(async () => {
  world = await startTwoWayWorld();
}, 120_000);
afterAll(() => world[Symbol.asyncDispose]());

const noProgress = async (): Promise<void> => {};
const crm = 'salesforce';
const field = addedField[crm];
const withNote = (local: string) =>
  draftOf(world, crm, 'account', (fields) => [
    ...fields.filter(({ remote }) => remote !== field),
    { local, remote: field, direction: 'out' },
  ]);
const inCapitals = () =>
  draftOf(world, crm, 'account', (fields) =>
    fields.map((one) => (one.local === 'city' ? { ...one, transform: [{ name: 'upper' as const }] } : one)),
  );

describe('a mapping that is no longer live', { timeout: 120_000 }, () => {
  test('sends nothing of what was planned by it', async () => {
    await addAccountField(world, crm);
    const { id: connectionId } = await world.connection(crm);
    const accounts = await accountsOf(world, crm);
    await publish(world, await withNote('tierStanding'));
    await world.sync();
    const current = await accountValues(world, crm, field, accounts);
    expect(current).not.toContain(null);
    await publish(world, await withNote('tier'));
    await planWrites(world.deps, { runId: null, connectionId, scope: {}, urgent: false }, noProgress);
    expect(await pending()).toBe(accounts.length);
    await publish(world, await withNote('tierStanding'));
    await pushConnection(world.deps, { connectionId, runId: null }, noProgress);
    expect(await pending()).toBe(0);
    expect(await accountValues(world, crm, field, accounts)).toEqual(current);
  });

  test('ends its backfill before the next part', async () => {
    const bad = await inCapitals();
    await publish(world, bad);
    const { connectionId, object } = bad;
    const { backfillId } = await startBackfill(world.deps, { connectionId, object, personId: null });
    const id = backfillId ?? '';
    await saveBackfill(world.deps.db, id, { phase: 'carry' });
    const small = await smallCities();
    let parts = 0;
    const rolledBack = async (): Promise<void> => {
      parts += 1;
      if (parts === 1) await publish(world, await withCitiesAsTheyAre());
    };
    await expect(backfillMapping(world.deps, { backfillId: id }, rolledBack)).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(parts).toBe(1);
    const left = await smallCities();
    expect(left).toBeGreaterThan(10);
    expect(await latestBackfill(world.deps.db, { connectionId, object, kind: 'account' })).toMatchObject({
      phase: 'failed',
      report: { read: 500, fairway: { changed: small - left } },
    });
  });

  test('places nothing after the part it is at', async () => {
    const bad = await inCapitals();
    const { connectionId, object } = bad;
    const small = await smallCities();
    const unmapped = await world.deps.db.execute(
      sql`update remote_record set mapped_hash = null where connection_id = ${connectionId} and object = ${object} returning 1`,
    );
    expect(unmapped.length).toBeGreaterThan(1_000);
    await publish(world, bad);
    const rolledBack = async (): Promise<void> => publish(world, await withCitiesAsTheyAre());
    await placeRecords(world.deps, null, rolledBack, { connectionId, kinds: ['account'] });
    const left = await smallCities();
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(small);
    // The rest waits for the version that is live, and is placed by it.
    await placeRecords(world.deps, null, noProgress, { connectionId, kinds: ['account'] });
    expect(await smallCities()).toBe(left);
  });

  test('does not let the next one’s backfill be begun and never done while its own is still under way', async () => {
    const first = await inCapitals();
    await publish(world, first);
    const { connectionId, object } = first;
    await world.service.workUntil(async () => (await openJobs()) === 0);
    await startBackfill(world.deps, { connectionId, object, personId: null });
    await publish(world, await withCitiesAsTheyAre());
    await expect(startBackfill(world.deps, { connectionId, object, personId: null })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(`version ${first.version}`),
    });
    expect(await latestBackfill(world.deps.db, { connectionId, object, kind: 'account' })).toMatchObject({
      version: first.version,
      phase: 'read',
    });
    await world.service.workUntil(async () => (await openJobs()) === 0);
    const { alreadyRunning } = await startBackfill(world.deps, { connectionId, object, personId: null });
    expect(alreadyRunning).toBe(false);
    await world.service.workUntil(async () => (await openJobs()) === 0);
    expect(await latestBackfill(world.deps.db, { connectionId, object, kind: 'account' })).toMatchObject({
      version: first.version + 1,
      phase: 'done',
    });
  });
});

const withCitiesAsTheyAre = () =>
  draftOf(world, crm, 'account', (fields) =>
    fields.map(({ transform, ...one }) =>
      one.local === 'city' || transform === undefined ? one : { ...one, transform },
    ),
  );

async function pending(): Promise<number> {
  const [row] = await world.deps.db.execute<{ count: number }>(
    sql`select count(*)::int as count from write_intent where status = 'pending' and fields ? ${field}`,
  );
  return row?.count ?? 0;
}

async function openJobs(): Promise<number> {
  const [row] = await world.deps.db.execute<{ count: number }>(
    sql`select count(*)::int as count from job where status in ('waiting', 'queued')`,
  );
  return row?.count ?? 0;
}

async function smallCities(): Promise<number> {
  const [row] = await world.deps.db.execute<{ count: number }>(sql`
    select count(*)::int as count from account a join link l on l.record_id = a.id join connection c on c.id = l.connection_id
    where c.kind = ${crm} and not a.deleted and l.merged_into is null and a.city <> upper(a.city)`);
  return row?.count ?? 0;
}
