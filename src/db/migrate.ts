import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { migrate as applyMigrations } from 'drizzle-orm/postgres-js/migrator';
import { lockInSession } from './advisory-locks.ts';
import { openDatabase } from './client.ts';

const folder = fileURLToPath(new URL('../../migrations', import.meta.url));

/**
 * Brings a database up to date. Safe to call from several processes at once: one applies, the others wait and
 * find nothing to do.
 */
export async function migrate(url: string): Promise<void> {
  await using database = openDatabase(url, 1);
  await lockInSession(database.db, 'migrations');
  await applyMigrations(database.db, { migrationsFolder: folder });
}

/** How far a database is. `behind`: it is in use, and this version of Fairway would change it. */
export async function schemaState(url: string): Promise<'empty' | 'behind' | 'current'> {
  await using database = openDatabase(url, 1);
  const [table] = await database.db.execute<{ there: boolean }>(
    sql`select to_regclass('drizzle.__drizzle_migrations') is not null as there`,
  );
  if (!table?.there) return 'empty';
  const [last] = await database.db.execute<{ at: string | null }>(
    sql`select max(created_at) as at from drizzle.__drizzle_migrations`,
  );
  if (last?.at == null) return 'empty';
  const newest = readMigrationFiles({ migrationsFolder: folder }).at(-1)?.folderMillis ?? 0;
  return Number(last.at) < newest ? 'behind' : 'current';
}
