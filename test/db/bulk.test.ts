import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bulkInsert } from '#src/db/bulk.ts';
import { opportunity } from '#src/db/schema/channel.ts';
import { connection, remoteRecord } from '#src/db/schema/connection.ts';
import { sealSecrets } from '#src/db/connections/secrets.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';

let harness: TestDeps;
beforeAll(async () => {
  harness = await startDeps();
});
afterAll(() => harness[Symbol.asyncDispose]());

test('a NUL or half a surrogate pair in a record is replaced and does not stop its batch', async () => {
  const { db, ids, clock, config } = harness.deps;
  const connectionId = ids();
  const secrets = sealSecrets(config.masterKey, connectionId, {});
  await db
    .insert(connection)
    .values({ id: connectionId, kind: 'salesforce', name: 'S', settings: {}, secrets, createdAt: clock() });
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
  const rows = await db
    .select()
    .from(remoteRecord)
    .where(eq(remoteRecord.connectionId, connectionId))
    .orderBy(remoteRecord.extId);
  expect(rows.map((row) => row.fields['Name'])).toEqual(['Ac\uFFFDme', 'Ac\uFFFDme', 'Acme 😀', '\\u0000']);
});

test('texts, dates, numbers and nulls are read back as they were written, with every special character of arrays and JSON', async () => {
  const { db, ids } = harness.deps;
  const names = [
    '{"a","b"}',
    'NULL',
    '',
    ' \\" ',
    'C:\\n',
    'line\nbreak\ttab',
    'comma, brace {}',
    'Zo\u00EB 😀',
  ];
  const rows = names.map((name, n) => ({
    id: ids(),
    name,
    stage: n % 2 === 0 ? null : name,
    amountMinor: BigInt(n) * 9_007_199_254_740_993n,
    closeDate: `2026-0${n + 1}-28`,
    openedAt: new Date(Date.UTC(2026, n, 1, 2, 3, 4, 567)),
    isWon: n % 3 === 0,
  }));
  expect(await bulkInsert(db, opportunity, rows)).toBe(rows.length);
  const stored = await db.select().from(opportunity).orderBy(opportunity.id);
  expect(
    stored.map(({ id, name, stage, amountMinor, closeDate, openedAt, isWon }) => ({
      id,
      name,
      stage,
      amountMinor,
      closeDate,
      openedAt,
      isWon,
    })),
  ).toEqual(rows);
});

test('a NUL or half a surrogate pair in a text column is replaced', async () => {
  const { db, ids } = harness.deps;
  const id = ids();
  await bulkInsert(db, opportunity, [{ id, name: 'Ac\u0000me \ud83d' }]);
  const [stored] = await db.select().from(opportunity).where(eq(opportunity.id, id));
  expect(stored?.name).toBe('Ac\uFFFDme \uFFFD');
});
