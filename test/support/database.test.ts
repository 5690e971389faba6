import postgres from 'postgres';
import { expect, test } from 'vitest';
import { emptyDatabase, testDatabase } from './database.ts';

const tables = async (url: string) => {
  const sql = postgres(url, { max: 1 });
  try {
    return (await sql`SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`).map(
      (row) => row['tablename'] as string,
    );
  } finally {
    await sql.end();
  }
};

test('each test file gets a migrated database that no other file sees', async () => {
  const [one, other] = await Promise.all([testDatabase(), testDatabase()]);
  try {
    const sql = postgres(one.url, { max: 1 });
    await sql`CREATE TABLE mine (id int)`;
    await sql.end();
    const migrated = await tables(other.url);
    expect(migrated).toContain('connection');
    expect(await tables(one.url)).toEqual([...migrated, 'mine'].sort());
  } finally {
    await Promise.all([one.drop(), other.drop()]);
  }
});

test('an empty database has no tables', async () => {
  const empty = await emptyDatabase();
  expect(await tables(empty.url)).toEqual([]);
  await empty.drop();
});
