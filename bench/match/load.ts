import { existsSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import postgres from 'postgres';
import { v7 } from 'uuid';
import { startEmbeddedPostgres } from '#src/cli/local/embedded-postgres.ts';
import { openDatabase } from '#src/db/client.ts';
import { migrate } from '#src/db/migrate.ts';
import { refreshProfiles } from '#src/operations/matching/refresh-profiles.ts';

export interface BenchCompany {
  readonly id: string;
  readonly name: string;
  readonly domain: string | null;
  readonly country: string;
}

/**
 * A first load must not wait for the disk at every step; what is measured afterwards runs with the settings
 * of the product.
 */
const loading = {
  max_wal_size: '16GB',
  checkpoint_timeout: '1h',
  synchronous_commit: 'off',
  maintenance_work_mem: '512MB',
};
/** The mark of a folder whose accounts and profiles are all there. */
const loadedMark = 'bench_loaded';

export interface Loaded {
  /**
   * Seconds it took to copy the accounts in, and to make their profiles; null for a database from an earlier
   * run.
   */
  readonly copySeconds: number | null;
  readonly profileSeconds: number | null;
}

/**
 * A folder with a database of so many accounts, made unless an earlier run left it there. Accounts are copied
 * in; what they are found by is made by the product, as after a first read. One whose making was interrupted
 * is made further.
 *
 * @throws RangeError when the folder holds another number of accounts
 */
export async function loadDatabase(
  dir: string,
  count: number,
  companies: Iterable<Omit<BenchCompany, 'id'>>,
): Promise<Loaded> {
  const fresh = !existsSync(dir);
  const server = await startEmbeddedPostgres({ dir, log: () => {}, settings: loading });
  const sql = postgres(server.url, { max: 1, onnotice: () => {} });
  try {
    await migrate(server.url);
    const [marked] = await sql`select 1 from pg_class where relname = ${loadedMark}`;
    if (marked) await mustHold(sql, count);
    if (marked) return { copySeconds: null, profileSeconds: null };
    const copySeconds = await seconds(() => copyAccounts(sql, companies, fresh));
    await mustHold(sql, count);
    const profileSeconds = await seconds(() => makeProfiles(server.url));
    // For the floor: what a look-up of nothing but the domain takes.
    await sql`create index if not exists bench_account_domain on account (domain)`;
    for (const table of ['account', 'match_profile', 'match_key', 'match_slip', 'match_stale'])
      await sql.unsafe(`vacuum analyze ${table}`);
    await sql.unsafe(`create table ${loadedMark} ()`);
    return { copySeconds, profileSeconds };
  } finally {
    await sql.end();
    await server.stop();
  }
}

async function copyAccounts(
  sql: postgres.Sql,
  companies: Iterable<Omit<BenchCompany, 'id'>>,
  fresh: boolean,
): Promise<void> {
  const [any] = fresh ? [] : await sql`select 1 from account limit 1`;
  if (any) return;
  await pipeline(
    Readable.from(lines(companies)),
    await sql`copy account (id, name, domain, country) from stdin`.writable(),
  );
}

async function makeProfiles(url: string): Promise<void> {
  await using database = openDatabase(url, 2);
  await refreshProfiles(database.db);
}

async function mustHold(sql: postgres.Sql, count: number): Promise<void> {
  const [row] = await sql<{ held: number }[]>`select count(*)::int as held from account`;
  if (row?.held !== count)
    throw new RangeError(
      `the database holds ${row?.held} accounts, and ${count} were asked for: name another folder`,
    );
}

function* lines(companies: Iterable<Omit<BenchCompany, 'id'>>) {
  let block: string[] = [];
  for (const { name, domain, country } of companies) {
    block.push([v7(), name, domain, country].map(cell).join('\t'));
    if (block.length < 500) continue;
    yield `${block.join('\n')}\n`;
    block = [];
  }
  if (block.length > 0) yield `${block.join('\n')}\n`;
}

function cell(value: string | null): string {
  return value === null ? '\\N' : value.replaceAll('\\', '\\\\').replaceAll(/[\t\n\r]/g, ' ');
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return Math.round(performance.now() - began) / 1_000;
}
