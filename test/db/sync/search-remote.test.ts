import { afterAll, beforeAll, expect, test } from 'vitest';
import { bulkInsert } from '#src/db/bulk.ts';
import { searchRemote } from '#src/db/mappings/mapping-view.ts';
import { account } from '#src/db/schema/channel.ts';
import { connection, link, remoteRecord } from '#src/db/schema/connection.ts';
import { sealSecrets } from '#src/db/connections/secrets.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';

const object = 'Account';
const kind = 'account';

let harness: TestDeps;
let connectionId: string;
const other = { id: '' };
beforeAll(async () => {
  harness = await startDeps();
  connectionId = await connect('S');
  other.id = await connect('T');
});
afterAll(() => harness[Symbol.asyncDispose]());

async function connect(name: string): Promise<string> {
  const { db, ids, clock, config } = harness.deps;
  const id = ids();
  await db.insert(connection).values({
    id,
    kind: 'salesforce',
    name,
    settings: {},
    secrets: sealSecrets(config.masterKey, id, {}),
    createdAt: clock(),
  });
  return id;
}

/** Adds accounts that were read and placed, by the vendor's ids. */
async function place(
  connectionId: string,
  named: Readonly<Record<string, string>>,
  more: { readonly deleted?: boolean } = {},
): Promise<void> {
  const { db, ids, clock } = harness.deps;
  const at = clock();
  const rows = Object.entries(named).map(([extId, name]) => ({ extId, name, id: ids() }));
  await bulkInsert(
    db,
    account,
    rows.map(({ id, name }) => ({ id, name, core: name, normaliserVersion: 'n' })),
  );
  await bulkInsert(
    db,
    link,
    rows.map(({ id, extId }) => ({ connectionId, object, extId, kind, recordId: id })),
  );
  await bulkInsert(
    db,
    remoteRecord,
    rows.map(({ extId }) => ({
      connectionId,
      object,
      extId,
      fields: {},
      hash: extId,
      modifiedAt: at,
      pulledAt: at,
      deleted: false,
      ...more,
    })),
  );
}

const find = async (text: string, limit = 20) =>
  (await searchRemote(harness.deps.db, { connectionId, object, kind }, text, limit)).map(
    ({ extId }) => extId,
  );

test('records are found by the beginning of their name, in any case and in the order of names, after an exact match of the id', async () => {
  await place(connectionId, {
    a1: 'Ärzte Süd',
    a2: 'acme West',
    a3: 'ACME East',
    a4: 'Western Acme',
    a5: '100% Acme',
    a6: '100 Acme',
    acme: 'Zoo',
  });
  await place(connectionId, { gone: 'Acme Gone' }, { deleted: true });
  await place(other.id, { far: 'Acme Far' });
  expect(await find('Acme')).toEqual(['a3', 'a2']);
  expect(await find('acme')).toEqual(['acme', 'a3', 'a2']);
  expect(await find('acme', 2)).toEqual(['acme', 'a3']);
  expect(await find('ä')).toEqual(['a1']);
  expect(await find('100%')).toEqual(['a5']);
  expect(await find('unknown')).toEqual([]);
  expect(await find('')).toEqual(['acme', 'a6', 'a5', 'a4', 'a3', 'a2', 'a1']);
});

test('a record is found by the 15 characters of its id that Salesforce shows', async () => {
  await place(connectionId, { '001D000000IqhSLIAZ': 'Pasted' });
  expect(await find('001D000000IqhSL')).toEqual(['001D000000IqhSLIAZ']);
  expect(await find('001D000000IQHSL')).toEqual([]);
});

test('a search by name uses the index', async () => {
  const { db } = harness.deps;
  await place(
    connectionId,
    Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`m${n}`, `${n} Company`])),
  );
  await db.execute('analyze account, link, remote_record');
  const before = await indexScans();
  await db.transaction(async (tx) => {
    const found = await searchRemote(tx, { connectionId, object, kind }, '1999 comp', 20);
    expect(found.map(({ extId }) => extId)).toEqual(['m1999']);
    // The statistics of this session are written when the transaction ends, not when the session is idle.
    await tx.execute('select pg_stat_force_next_flush()');
  });
  expect(await indexScans()).toBeGreaterThan(before);

  async function indexScans(): Promise<number> {
    const [row] = await db.execute<{ scans: number }>(
      `select pg_stat_clear_snapshot(), (select idx_scan::int from pg_stat_user_indexes where indexrelname = 'account_name') as scans`,
    );
    return row?.scans ?? 0;
  }
});
