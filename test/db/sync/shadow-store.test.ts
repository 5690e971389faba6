import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bulkInsert } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import { connection, link, remoteRecord } from '#src/db/schema/connection.ts';
import { remoteStates } from '#src/db/sync/remote-store.ts';
import { saveShadows, shadowsOf } from '#src/db/sync/shadow-store.ts';
import { sealSecrets } from '#src/db/connections/secrets.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';

const object = 'Account';

let harness: TestDeps;
let connectionId: string;
beforeAll(async () => {
  harness = await startDeps();
  const { db, ids, clock, config } = harness.deps;
  connectionId = ids();
  const secrets = sealSecrets(config.masterKey, connectionId, {});
  await db
    .insert(connection)
    .values({ id: connectionId, kind: 'salesforce', name: 'S', settings: {}, secrets, createdAt: clock() });
});
afterAll(() => harness[Symbol.asyncDispose]());

/** Adds written records. All of them were read, except those in `unread`. Returns our ids. */
async function writeRecords(
  db: Db,
  extIds: readonly string[],
  unread: readonly string[] = [],
): Promise<string[]> {
  const { ids, clock } = harness.deps;
  const at = clock();
  const records = extIds.map((extId) => ({ connectionId, object, extId, kind: 'account', recordId: ids() }));
  const read = extIds.filter((extId) => !unread.includes(extId));
  await bulkInsert(db, link, records);
  await bulkInsert(
    db,
    remoteRecord,
    read.map((extId) => ({
      connectionId,
      object,
      extId,
      fields: { Name: extId },
      hash: extId,
      modifiedAt: at,
      pulledAt: at,
    })),
  );
  const shadow = { fields: { Tier__c: 'gold' }, edits: {}, writtenAt: at, modifiedAt: at };
  await saveShadows(db, connectionId, object, new Map(extIds.map((extId) => [extId, shadow])));
  return records.map(({ recordId }) => recordId);
}

test('a shadow is returned with the last read of its record, and without it when the record was never read', async () => {
  await writeRecords(harness.deps.db, ['read', 'unread'], ['unread']);
  const found = await shadowsOf(harness.deps.db, connectionId, object, ['read', 'unread', 'never written']);
  expect([...found.keys()].toSorted()).toEqual(['read', 'unread']);
  expect(found.get('read')).toMatchObject({
    shadow: { fields: { Tier__c: 'gold' } },
    view: { fields: { Name: 'read' } },
  });
  expect(found.get('read')?.view?.pulledAt).toBeInstanceOf(Date);
  expect(found.get('unread')?.view).toBeNull();
});

test('a look-up of a few records does not touch the others, even without statistics', async () => {
  const many = Array.from({ length: 500 }, (_, n) => `many-${n}`);
  const touched = async (tx: Db): Promise<number> => {
    const [row] = await tx.execute<{ rows: number }>(
      sql`select (seq_tup_read + idx_tup_fetch)::int as rows from pg_stat_xact_user_tables where relname = 'remote_record'`,
    );
    return row?.rows ?? 0;
  };
  await harness.deps.db.transaction(async (tx) => {
    const recordIds = await writeRecords(tx, many);
    for (const lookUp of [
      () => shadowsOf(tx, connectionId, object, many.slice(0, 10)),
      () => remoteStates(tx, connectionId, object, recordIds.slice(0, 10)),
    ]) {
      const before = await touched(tx);
      expect([...(await lookUp())]).toHaveLength(10);
      expect((await touched(tx)) - before).toBeLessThanOrEqual(20);
    }
  });
});
