import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

export interface AppliedMigration {
  readonly hash: string;
  /** When the migration was written, in milliseconds since 1970. */
  readonly createdAt: number;
}

/** The migrations that a database has had. Oldest first. */
export async function migrationsOf(url: string): Promise<readonly AppliedMigration[]> {
  await using database = openDatabase(url, 1);
  return await appliedMigrations(database.db);
}

/**
 * Applies exactly these migrations to an empty database, so that rows of that version fit.
 *
 * @throws AppError `conflict` when this version of Fairway does not have one of them
 */
export async function migrateTo(url: string, wanted: readonly AppliedMigration[]): Promise<void> {
  const known = readMigrationFiles({ migrationsFolder });
  const isKnown = ({ hash, createdAt }: AppliedMigration): boolean =>
    known.some((one) => one.folderMillis === createdAt && one.hash === hash);
  if (!wanted.every(isKnown))
    throw new AppError(
      'conflict',
      'The backup was made by a newer or an unreleased version of Fairway. Restore it with that version.',
    );
  const folder = mkdtempSync(join(tmpdir(), 'fairway-migrations-'));
  try {
    cpSync(migrationsFolder, folder, { recursive: true });
    const path = join(folder, 'meta', '_journal.json');
    const journal = JSON.parse(readFileSync(path, 'utf8')) as { entries: { when: number }[] };
    const entries = journal.entries.filter(({ when }) => wanted.some(({ createdAt }) => createdAt === when));
    writeFileSync(path, JSON.stringify({ ...journal, entries }));
    await migrate(url, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
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
