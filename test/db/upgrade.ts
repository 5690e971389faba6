import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { migrate } from '#src/db/migrate.ts';
import { catalogOf } from './catalog.ts';

/** The project's migrations. */
export const migrations = 'migrations';
const baselineRows = 'test/db/baseline-rows.sql';

interface Journal {
  readonly entries: readonly { readonly idx: number; readonly tag: string; readonly when: number }[];
}

interface MadeUpMigration {
  readonly tag: string;
  /** One statement each. */
  readonly statements: readonly string[];
}

const readJournal = (folder: string): Journal =>
  JSON.parse(readFileSync(join(folder, 'meta/_journal.json'), 'utf8')) as Journal;

export function migrationTags(folder: string): readonly string[] {
  return readJournal(folder).entries.map(({ tag }) => tag);
}

/** A temporary folder of migrations, removed when it is disposed of. */
interface MigrationFolder extends Disposable {
  readonly path: string;
}

/**
 * The first `count` migrations of a folder, and after them made-up ones, each a minute later than the one
 * before.
 */
export function migrationFolder(
  source: string,
  count: number,
  madeUp: readonly MadeUpMigration[] = [],
): MigrationFolder {
  const path = mkdtempSync(join(tmpdir(), 'fairway-migrations-'));
  mkdirSync(join(path, 'meta'));
  const journal = readJournal(source);
  const entries = journal.entries.slice(0, count);
  const newest = entries.at(-1)?.when ?? 0;
  for (const { tag } of entries) copyFileSync(join(source, `${tag}.sql`), join(path, `${tag}.sql`));
  const later = madeUp.map(({ tag }, n) => ({
    idx: entries.length + n,
    version: '7',
    when: newest + (n + 1) * 60_000,
    tag,
    breakpoints: true,
  }));
  for (const { tag, statements } of madeUp)
    writeFileSync(join(path, `${tag}.sql`), statements.join(';\n--> statement-breakpoint\n'));
  writeFileSync(
    join(path, 'meta/_journal.json'),
    JSON.stringify({ ...journal, entries: [...entries, ...later] }),
  );
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** Makes a database of the first release: the baseline, and a row in each of its tables. */
export async function makeBaselineDatabase(url: string): Promise<void> {
  using baseline = migrationFolder(migrations, 1);
  await migrate(url, baseline.path);
  await withSql(url, (sql) => sql.unsafe(readFileSync(baselineRows, 'utf8')));
}

/**
 * Upgrades a populated database of the first release by each later migration of a folder, one at a time.
 * Returns what was lost, a line each: a table, a column or a row that is gone or has other values.
 */
export async function upgradeStepwise(url: string, folder: string): Promise<readonly string[]> {
  await makeBaselineDatabase(url);
  const losses: string[] = [];
  for (const [index, tag] of migrationTags(folder).entries()) {
    if (index === 0) continue;
    using step = migrationFolder(folder, index + 1);
    const before = await withSql(url, rowsByTable);
    await migrate(url, step.path);
    const after = await withSql(url, rowsByTable);
    losses.push(...lossesBetween(before, after).map((loss) => `${tag}: ${loss}`));
  }
  return losses;
}

type Row = Readonly<Record<string, unknown>>;
type RowsByTable = ReadonlyMap<string, readonly Row[]>;

export async function rowsByTable(sql: postgres.Sql): Promise<RowsByTable> {
  const tables = await sql<{ name: string }[]>`
    select tablename as name from pg_tables where schemaname = 'public' order by tablename`;
  const found = new Map<string, readonly Row[]>();
  for (const { name } of tables) {
    const rows = await sql<
      { row: Row }[]
    >`select to_jsonb(t) as row from ${sql(name)} t order by to_jsonb(t)::text`;
    found.set(
      name,
      rows.map(({ row }) => row),
    );
  }
  return found;
}

function lossesBetween(before: RowsByTable, after: RowsByTable): readonly string[] {
  return [...before].flatMap(([table, rows]) => {
    const rowsAfter = after.get(table);
    if (!rowsAfter) return [`table ${table} is gone`];
    const columns = Object.keys(rows[0] ?? {});
    const present = columns.filter((column) => rowsAfter[0] === undefined || column in rowsAfter[0]);
    const removed = columns.filter((column) => !present.includes(column));
    const textOf = (row: Row) => JSON.stringify(present.map((column) => row[column]));
    const left = new Set(rowsAfter.map(textOf));
    const changed = rows.filter((row) => !left.has(textOf(row)));
    return [
      ...removed.map((column) => `column ${table}.${column} is gone`),
      ...changed.map(() => `a row of ${table} is gone or has other values`),
    ];
  });
}

/**
 * Everything a failed migration must leave as it was: the objects, the rows and the list of applied
 * migrations.
 */
export async function contentsOf(url: string): Promise<unknown> {
  return withSql(url, async (sql) => ({
    catalog: await catalogOf(sql),
    rows: [...(await rowsByTable(sql))],
    applied: [...(await sql`select to_regclass('drizzle.__drizzle_migrations')::text as name`)],
    hashes: [
      ...(await sql
        .unsafe('select hash, created_at from drizzle.__drizzle_migrations order by id')
        .catch(() => [])),
    ],
  }));
}

export async function withSql<T>(url: string, work: (sql: postgres.Sql) => PromiseLike<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}
