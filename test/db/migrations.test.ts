import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { migrate, schemaState } from '#src/db/migrate.ts';
import { emptyDatabase, type TestDatabase } from '#test/support/database.ts';
import { catalogOf } from './catalog.ts';
import {
  contentsOf,
  makeBaselineDatabase,
  migrationFolder,
  migrations,
  migrationTags,
  rowsByTable,
  upgradeStepwise,
  withSql,
} from './upgrade.ts';

/** Lines of `upgradeStepwise` for what a migration removes on purpose. */
const removedOnPurpose: readonly string[] = [];

let database: TestDatabase;
beforeEach(async () => {
  database = await emptyDatabase();
});
afterEach(() => database.drop());

describe('the migrations', { timeout: 60_000 }, () => {
  test('make on an empty database exactly the tables, indexes and constraints of the schema', async () => {
    const { stdout } = await promisify(execFile)(
      'node_modules/.bin/drizzle-kit',
      ['export', '--dialect=postgresql', '--schema=./src/db/schema/*.ts', '--sql'],
      { maxBuffer: 10_000_000 },
    );
    const fromSchema = await emptyDatabase();
    try {
      await withSql(fromSchema.url, (sql) => sql.unsafe(stdout));
      await migrate(database.url);
      const ofSchema = await withSql(fromSchema.url, catalogOf);
      const ofMigrations = await withSql(database.url, catalogOf);
      // The schema cannot express extensions, triggers and functions.
      const comparable = ofMigrations.filter((line) => !/^(extension|trigger|function) /.test(line));
      expect(comparable).toEqual(ofSchema);
    } finally {
      await fromSchema.drop();
    }
  });

  test('are applied once when several processes start at the same time', async () => {
    await Promise.all([migrate(database.url), migrate(database.url), migrate(database.url)]);
    const applied = await withSql(database.url, (sql) => sql`select 1 from drizzle.__drizzle_migrations`);
    expect(applied).toHaveLength(migrationTags(migrations).length);
  });

  test('have one snapshot, the one of the newest migration: drizzle-kit needs no other', () => {
    const newest = migrationTags(migrations).at(-1)?.slice(0, 4);
    expect(readdirSync(`${migrations}/meta`).toSorted()).toEqual([
      `${newest}_snapshot.json`,
      '_journal.json',
    ]);
  });

  test('delete the records and links of a removed connection', async () => {
    await makeBaselineDatabase(database.url);
    const left = await withSql(database.url, async (sql) => {
      await sql`insert into connection (id, kind, name, settings, secrets, created_at)
        values ('0198f000-0000-7000-8000-00000000ffff', 'hubspot', 'HubSpot', '{}', '{}', now())`;
      await sql`insert into remote_record select '0198f000-0000-7000-8000-00000000ffff', object, ext_id, fields, hash, modified_at, deleted, merged_into, pulled_at, mapped_hash from remote_record`;
      await sql`insert into link select '0198f000-0000-7000-8000-00000000ffff', object, ext_id, kind, record_id, merged_into from link`;
      await sql`delete from connection where name = 'HubSpot'`;
      return sql`select (select count(*) from remote_record)::int as records, (select count(*) from link)::int as links`;
    });
    expect(left).toEqual([{ records: 1, links: 1 }]);
  });
});

describe('a database of the first release', { timeout: 60_000 }, () => {
  test('has a row in every table', async () => {
    await makeBaselineDatabase(database.url);
    const rows = await withSql(database.url, rowsByTable);
    expect(rows.size).toBeGreaterThan(50);
    expect([...rows].filter(([, found]) => found.length === 0)).toEqual([]);
  });

  test('keeps its rows through every later migration and ends with the objects of a new database', async () => {
    expect(await upgradeStepwise(database.url, migrations)).toEqual(removedOnPurpose);
    const fresh = await emptyDatabase();
    try {
      await migrate(fresh.url);
      expect(await withSql(database.url, catalogOf)).toEqual(await withSql(fresh.url, catalogOf));
    } finally {
      await fresh.drop();
    }
  });

  test('has its stored jobs, problems, alerts and summaries under their present names', async () => {
    await makeBaselineDatabase(database.url);
    await withSql(database.url, async (sql) => {
      const [{ id } = { id: '' }] = await sql<{ id: string }[]>`select id from connection limit 1`;
      const newId = () => sql`gen_random_uuid()`;
      await sql`insert into job (id, name, key, payload, created_at)
        values (${newId()}, 'freshen', ${`freshen:${id}`}, '{}', now())`;
      await sql`insert into problem (id, source, connection_id, object, ref, code, class, message, fix, first_seen_at, last_seen_at)
        values (${newId()}, 'connection', ${id}, 'Account that vanished', 'ref', 'records_vanishing', 'permission', 'm', 'f', now(), now())`;
      await sql`insert into alert (id, connection_id, state, message, at) values (${newId()}, ${id}, 'vanishing', 'm', now())`;
      await sql`insert into run (id, trigger, stage, status, started_at, summary)
        values (${newId()}, 'person', 'push', 'done', now(), '{"paused":[{"connection":"A","until":"B","why":"C"}]}')`;
    });
    await migrate(database.url);
    const [names] = await withSql(
      database.url,
      (sql) => sql`select
        (select bool_and(key = 'process-hints:' || c.id) from job, connection c where job.name = 'process-hints') as job,
        (select object from problem where code = 'mass_deletion') as object,
        (select count(*)::int from alert where state = 'mass_deletion') as alerts,
        (select summary #>> '{paused,0,reason}' from run where stage = 'push' and summary -> 'paused' is not null) as reason`,
    );
    expect(names).toEqual({ job: true, object: 'Account missing in the CRM', alerts: 1, reason: 'C' });
  });

  test('gets a column from a made-up migration and keeps its rows', async () => {
    using folder = migrationFolder(migrations, 1, [
      {
        tag: '0001_account_rating',
        statements: [`alter table account add column rating text`, `update account set rating = 'good'`],
      },
      { tag: '0002_rating_required', statements: ['alter table account alter column rating set not null'] },
    ]);
    expect(await upgradeStepwise(database.url, folder.path)).toEqual([]);
    const rows = await withSql(database.url, (sql) => sql`select name, rating from account`);
    expect(rows).toEqual([{ name: 'Acme GmbH', rating: 'good' }]);
  });

  test('is left as it was when a made-up migration fails half way', async () => {
    await makeBaselineDatabase(database.url);
    const before = await contentsOf(database.url);
    using folder = migrationFolder(migrations, 1, [
      { tag: '0001_works', statements: ['alter table account add column rating text'] },
      {
        tag: '0002_fails',
        statements: ['delete from contact', 'alter table account add column rating text'],
      },
    ]);
    await expect(migrate(database.url, folder.path)).rejects.toThrow(/rating/);
    expect(await contentsOf(database.url)).toEqual(before);
    using repaired = migrationFolder(migrations, 1, [
      { tag: '0001_works', statements: ['alter table account add column rating text'] },
    ]);
    await migrate(database.url, repaired.path);
    expect(await withSql(database.url, (sql) => sql`select rating from account`)).toEqual([{ rating: null }]);
  });

  test('is reported to lose what a made-up migration removes', async () => {
    using folder = migrationFolder(migrations, 1, [
      {
        tag: '0001_loses',
        statements: [
          'delete from contact',
          `update account set city = 'Ulm'`,
          'drop table scanned',
          'alter table product drop column family',
        ],
      },
    ]);
    expect(await upgradeStepwise(database.url, folder.path)).toEqual([
      '0001_loses: a row of account is gone or has other values',
      '0001_loses: a row of contact is gone or has other values',
      '0001_loses: column product.family is gone',
      '0001_loses: table scanned is gone',
    ]);
  });
});

describe('a database that this version cannot upgrade', { timeout: 60_000 }, () => {
  const refusal = {
    code: 'conflict',
    message: expect.stringMatching(/cannot be upgraded\. Nothing was changed\..*--fresh.*DATABASE_URL/),
  };

  test.each([
    [
      'was made by migrations from before the baseline',
      `update drizzle.__drizzle_migrations set created_at = created_at - 1, hash = 'unknown'`,
    ],
    ['was made by another baseline', `update drizzle.__drizzle_migrations set hash = 'unknown'`],
    ['has lost the list of its migrations', 'drop schema drizzle cascade'],
  ])('because it %s is refused, with what to do, and not changed', async (_, statement) => {
    await makeBaselineDatabase(database.url);
    await withSql(database.url, (sql) => sql.unsafe(statement));
    const before = await contentsOf(database.url);
    await expect(migrate(database.url)).rejects.toMatchObject(refusal);
    expect(await contentsOf(database.url)).toEqual(before);
    expect(await schemaState(database.url)).not.toBe('empty');
  });

  test('is not one that a newer version has upgraded: the older one goes on with it', async () => {
    using newer = migrationFolder(migrations, migrationTags(migrations).length, [
      { tag: '9999_newer', statements: ['alter table account add column rating text'] },
    ]);
    await migrate(database.url, newer.path);
    const before = await contentsOf(database.url);
    await migrate(database.url);
    expect(await contentsOf(database.url)).toEqual(before);
    expect(await schemaState(database.url)).toBe('current');
  });
});
