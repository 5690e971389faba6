import { fileURLToPath } from 'node:url';
import { migrate as applyMigrations } from 'drizzle-orm/postgres-js/migrator';
import { openDatabase } from './client.ts';

const folder = fileURLToPath(new URL('../../migrations', import.meta.url));

/** Brings a database up to date. Safe to call from several processes at once: one applies, the others wait and find nothing to do. */
export async function migrate(url: string): Promise<void> {
  await using database = openDatabase(url, 1);
  await database.db.execute('select pg_advisory_lock(4700001)');
  await applyMigrations(database.db, { migrationsFolder: folder });
}
