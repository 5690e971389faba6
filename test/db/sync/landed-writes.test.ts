import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bulkInsert } from '#src/db/bulk.ts';
import { landedParts, tallyOfLanded, type LandedWrite } from '#src/db/mappings/restore-store.ts';
import { connection } from '#src/db/schema/connection.ts';
import { writeIntent } from '#src/db/schema/work.ts';
import { sealSecrets } from '#src/db/connections/secrets.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';

const object = 'Account';
const kind = 'account';
const recordCount = 3_000;

let harness: TestDeps;
let connectionId: string;
const recordIds: string[] = [];
/** Each record was written by version 2 and then twice by version 3. All writes are a second apart. */
beforeAll(async () => {
  harness = await startDeps();
  const { db, ids, clock, config } = harness.deps;
  connectionId = ids();
  const secrets = sealSecrets(config.masterKey, connectionId, {});
  await db
    .insert(connection)
    .values({ id: connectionId, kind: 'salesforce', name: 'S', settings: {}, secrets, createdAt: clock() });
  for (let n = 0; n < recordCount; n += 1) recordIds.push(ids());
  const began = clock().getTime();
  const rows = [2, 3, 3].flatMap((mappingVersion, round) =>
    recordIds.map((recordId, n) => ({
      id: ids(),
      connectionId,
      object,
      kind,
      recordId,
      operation: 'update' as const,
      extId: `e${n}`,
      mappingVersion,
      status: 'done' as const,
      fields: { Note__c: `${round}` },
      base: { Note__c: `${round - 1}` },
      createdAt: clock(),
      settledAt: new Date(began + (round * recordCount + n) * 1_000),
    })),
  );
  await bulkInsert(db, writeIntent, rows);
  await db.execute(sql`analyze write_intent`);
});
afterAll(() => harness[Symbol.asyncDispose]());

const place = () => ({ connectionId, object, kind }) as const;

async function parts(which: {
  readonly version: number | null;
  readonly count: number | null;
}): Promise<(readonly LandedWrite[])[]> {
  const all: (readonly LandedWrite[])[] = [];
  for await (const part of landedParts(harness.deps.db, place(), which, 500)) all.push(part);
  return all;
}

test('the writes of a version are read in parts of so many records, with all writes of a record together and the last one first', async () => {
  const all = await parts({ version: 3, count: null });
  expect(all.map((part) => part.length)).toEqual(Array.from({ length: recordCount / 500 }, () => 2 * 500));
  expect(all.flatMap((part) => [...new Set(part.map(({ recordId }) => recordId))])).toHaveLength(recordCount);
  for (const part of all)
    for (const [, writes] of Map.groupBy(part, ({ recordId }) => recordId))
      expect(writes.map(({ fields }) => fields['Note__c'])).toEqual(['2', '1']);
});

test('of a number of last writes no earlier one is read, even of the same record', async () => {
  const all = await parts({ version: null, count: recordCount + 700 });
  expect(all.map((part) => new Set(part.map(({ recordId }) => recordId)).size)).toEqual(
    Array.from({ length: recordCount / 500 }, () => 500),
  );
  const rounds = Map.groupBy(all.flat(), ({ fields }) => fields['Note__c']);
  expect([rounds.get('2')?.length, rounds.get('1')?.length, rounds.get('0')]).toEqual([
    recordCount,
    700,
    undefined,
  ]);
});

test('writes are counted, and those of a version are found by an index', async () => {
  const { db } = harness.deps;
  expect(
    await tallyOfLanded(db, place(), { version: 2, count: null }, { version: 3, fields: ['Note__c'] }),
  ).toEqual({ writes: recordCount, records: recordCount, ofVersion: false });
  expect(
    await tallyOfLanded(db, place(), { version: null, count: 10 }, { version: 3, fields: ['Note__c'] }),
  ).toEqual({ writes: 10, records: 10, ofVersion: true });
  const plan = await db.execute<{ 'QUERY PLAN': string }>(sql`
    explain select distinct record_id from write_intent where connection_id = ${connectionId} and object = 'Account' and mapping_version = 3
       and status = 'done' and record_id > ${recordIds[5] ?? ''} order by record_id limit 500`);
  expect(plan.map((row) => row['QUERY PLAN']).join('\n')).toContain('write_intent_landed');
});
