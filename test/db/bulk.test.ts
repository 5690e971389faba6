import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bulkInsert } from '#src/db/bulk.ts';
import { connection, remoteRecord } from '#src/db/schema/connection.ts';
import { sealSecrets } from '#src/db/secrets.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';

let harness: TestDeps;
beforeAll(async () => {
  harness = await startDeps();
});
afterAll(() => harness[Symbol.asyncDispose]());

test('a record with a NUL or half a character is stored with a replacement for it, and stops no other', async () => {
  const { db, ids, clock, config } = harness.deps;
  const connectionId = ids();
  const secrets = sealSecrets(config.masterKey, connectionId, {});
  await db.insert(connection).values({ id: connectionId, kind: 'salesforce', name: 'S', settings: {}, secrets, createdAt: clock() });
  const record = (extId: string, fields: Record<string, string>) => ({
    connectionId,
    object: 'Account',
    extId,
    fields,
    hash: extId,
    modifiedAt: clock(),
    pulledAt: clock(),
  });
  const names = { a: 'Ac\u0000me', b: 'Ac\ud83dme', c: 'Acme 😀', d: '\\u0000' };
  await bulkInsert(
    db,
    remoteRecord,
    Object.entries(names).map(([extId, Name]) => record(extId, { Name })),
  );
  const rows = await db.select().from(remoteRecord).where(eq(remoteRecord.connectionId, connectionId)).orderBy(remoteRecord.extId);
  expect(rows.map((row) => row.fields['Name'])).toEqual(['Ac\uFFFDme', 'Ac\uFFFDme', 'Acme 😀', '\\u0000']);
});
