import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backfillMapping, startBackfill } from '#src/operations/mappings/backfill/backfill-mapping.ts';
import { dryRunMapping } from '#src/operations/mappings/trial/dry-run-mapping.ts';
import { addAccountField, addedField, draftOf, publish } from '#test/operations/mappings/mappings-fixture.ts';
import { startTwoWayWorld, type TwoWayWorld } from '#test/operations/two-way-fixture.ts';

let world: TwoWayWorld;
beforeAll(async () => {
  world = await startTwoWayWorld();
}, 120_000);
afterAll(() => world[Symbol.asyncDispose]());

const noProgress = async (): Promise<void> => {};

describe.each(['salesforce', 'hubspot'] as const)(
  'a new mapping of accounts at %s',
  { timeout: 120_000 },
  (crm) => {
    it('does in a backfill what its dry run said, and the dry run changed nothing anywhere', async () => {
      await addAccountField(world, crm);
      const draft = await draftOf(world, crm, 'account', (fields) => [
        ...fields.map((field) =>
          field.local === 'city' ? { ...field, transform: [{ name: 'upper' as const }] } : field,
        ),
        { local: 'tierStanding', remote: addedField[crm], direction: 'out' },
      ]);
      const ours = await stateOfOurs();
      const written = (await writesTo(crm)).length;
      const found = await dryRunMapping(world.deps, { versionId: draft.id }, noProgress);
      if (!found.fits) throw new Error(JSON.stringify(found.problems));
      expect(await stateOfOurs()).toEqual(ours);
      expect((await writesTo(crm)).length).toBe(written);
      const { report } = found;
      const { id: connectionId } = await world.connection(crm);
      const partners = await count(sql`
      select count(*)::int as count from partner p join link l on l.record_id = p.account_id
      where l.connection_id = ${connectionId} and p.merged_into is null and l.merged_into is null`);
      const cities = await count(sql`
      select count(*)::int as count from account a join link l on l.record_id = a.id
      where l.connection_id = ${connectionId} and not a.deleted and l.merged_into is null and a.city <> upper(a.city)`);
      expect(cities).toBeGreaterThan(10);
      expect(report.fairway).toMatchObject({
        changed: cities,
        added: 0,
        removed: 0,
        fields: [{ field: 'city', count: cities }],
      });
      expect(report.fairway.fields[0]?.examples).toHaveLength(Math.min(20, cities));
      expect(report.crm).toMatchObject({
        written: partners,
        fields: [{ field: addedField[crm], count: partners }],
      });
      expect(report.crm.payload?.fields).toEqual({ [addedField[crm]]: expect.any(String) });

      await publish(world, draft);
      const { backfillId } = await startBackfill(world.deps, {
        connectionId,
        object: draft.object,
        personId: world.personId,
      });
      const done = await backfillMapping(world.deps, { backfillId: backfillId ?? '' }, noProgress);
      expect(done).toMatchObject({ read: report.read, fairway: report.fairway, crm: report.crm });
      expect(done?.writes).toEqual({ written: partners, refused: 0, open: 0, superseded: 0 });
      expect(await rowsWritten(crm, written)).toBe(partners);
      expect(
        await count(
          sql`select count(*)::int as count from write_intent where mapping_version = ${draft.version} and run_id = ${backfillId}`,
        ),
      ).toBe(partners);

      // Its job finds it done.
      await world.service.workUntil(
        async () =>
          (await count(sql`select count(*)::int as count from job where status in ('waiting', 'queued')`)) ===
          0,
      );
      const again = await startBackfill(world.deps, { connectionId, object: draft.object, personId: null });
      expect(again.alreadyRunning).toBe(false);
      const second = await backfillMapping(world.deps, { backfillId: again.backfillId ?? '' }, noProgress);
      expect(second).toMatchObject({ read: report.read, fairway: { changed: 0 }, crm: { written: 0 } });
    });
  },
);

async function count(query: ReturnType<typeof sql>): Promise<number> {
  const [row] = await world.deps.db.execute<{ count: number }>(query);
  return row?.count ?? 0;
}

/** Everything Fairway holds that a mapping could touch. */
async function stateOfOurs() {
  const tables = [
    'account',
    'partner',
    'link',
    'remote_record',
    'remote_change',
    'shadow',
    'write_intent',
    'problem',
    'hint',
    'resolution',
  ];
  const sums: Record<string, unknown> = {};
  for (const table of tables) {
    const [row] = await world.deps.db.execute(
      sql`select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as sum from ${sql.identifier(table)} t`,
    );
    sums[table] = row;
  }
  return sums;
}

async function writesTo(crm: 'salesforce' | 'hubspot') {
  const calls = await world.service.callsTo(crm);
  return calls.filter(
    ({ method, path }) => method !== 'GET' && !path.includes('/search') && !path.includes('/read'),
  );
}

/** Records written since, by the vendor's own journal. */
async function rowsWritten(crm: 'salesforce' | 'hubspot', since: number): Promise<number> {
  const calls = (await writesTo(crm)).slice(since);
  return calls.reduce((sum, { summary }) => sum + Number(/\d+/.exec(summary)?.[0] ?? 0), 0);
}
