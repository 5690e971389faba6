import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { migrate as applyMigrations } from 'drizzle-orm/postgres-js/migrator';
import { AppError } from '#src/domain/errors.ts';
import { lockInSession } from './advisory-locks.ts';
import { openDatabase, type Db } from './client.ts';

const migrationsFolder = fileURLToPath(new URL('../../migrations', import.meta.url));

/**
 * Brings a database up to date, all of it or nothing. Safe to call from several processes at once: one applies
 * the migrations, the others wait and find nothing to do. A database that a newer version of Fairway has
 * upgraded is left as it is.
 *
 * @throws AppError `conflict` when the database cannot be upgraded; nothing is changed then
 */
export async function migrate(url: string, folder = migrationsFolder): Promise<void> {
  await using database = openDatabase(url, 1);
  await lockInSession(database.db, 'migrations');
  await refuseUnknownDatabase(database.db, folder);
  await applyMigrations(database.db, { migrationsFolder: folder });
}

/** The state of a database. `behind`: it is in use, and this version of Fairway would change it. */
export async function schemaState(url: string): Promise<'empty' | 'behind' | 'current'> {
  await using database = openDatabase(url, 1);
  const last = (await appliedMigrations(database.db)).at(-1);
  if (!last) return (await hasTables(database.db)) ? 'behind' : 'empty';
  const newest = readMigrationFiles({ migrationsFolder }).at(-1)?.folderMillis ?? 0;
  return last.createdAt < newest ? 'behind' : 'current';
}

interface AppliedMigration {
  readonly hash: string;
  /** When the migration was written, in milliseconds since 1970. */
  readonly createdAt: number;
}

/** Oldest first. */
async function appliedMigrations(db: Db): Promise<readonly AppliedMigration[]> {
  const [table] = await db.execute<{ exists: boolean }>(
    sql`select to_regclass('drizzle.__drizzle_migrations') is not null as exists`,
  );
  if (!table?.exists) return [];
  const rows = await db.execute<{ hash: string; created_at: string }>(
    sql`select hash, created_at from drizzle.__drizzle_migrations order by created_at`,
  );
  return rows.map((row) => ({ hash: row.hash, createdAt: Number(row.created_at) }));
}

/** Refuses a database that has other migrations than this version knows, unless they are all newer. */
async function refuseUnknownDatabase(db: Db, folder: string): Promise<void> {
  const known = readMigrationFiles({ migrationsFolder: folder });
  const newest = known.at(-1)?.folderMillis ?? 0;
  const applied = await appliedMigrations(db);
  const isKnown = ({ hash, createdAt }: AppliedMigration): boolean =>
    createdAt > newest || known.some((one) => one.folderMillis === createdAt && one.hash === hash);
  const isUpgradable = applied.length > 0 ? applied.every(isKnown) : !(await hasTables(db));
  if (isUpgradable) return;
  throw new AppError(
    'conflict',
    'The database was made by an unreleased version of Fairway and cannot be upgraded. Nothing was changed. Start over with an empty database: `npm start -- --fresh` deletes the one that Fairway runs itself; your own is chosen with DATABASE_URL.',
  );
}

/** True when Fairway's tables exist. */
async function hasTables(db: Db): Promise<boolean> {
  const [row] = await db.execute<{ exists: boolean }>(
    sql`select to_regclass('remote_record') is not null as exists`,
  );
  return row?.exists === true;
}
