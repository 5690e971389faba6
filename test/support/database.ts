import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import postgres from 'postgres';
import { migrate } from '#src/db/migrate.ts';
import { openQueue } from '#src/queue/backend.ts';
import { runContext } from './setup/run-context.ts';

export interface TestDatabase {
  readonly url: string;
  /** Drops it even if somebody is still connected. */
  drop(): Promise<void>;
}

/** A migrated database for one test file: a copy of a template that the first caller of the run makes. */
export async function testDatabase(): Promise<TestDatabase> {
  return copyDatabase(await migratedTemplate());
}

/** An empty database, for tests of the migrations themselves. */
export function emptyDatabase(): Promise<TestDatabase> {
  return copyDatabase('template0');
}

export async function copyDatabase(template: string): Promise<TestDatabase> {
  const name = `fairway_test_${randomUUID().replaceAll('-', '')}`;
  await asAdmin((sql) => createFrom(sql, name, template));
  return { url: urlOf(name), drop: () => asAdmin((sql) => dropDatabase(sql, name)) };
}

/**
 * Makes a database that others are copied from, unless it exists. `fill` gets the address of a copy of
 * `source` under another name, so a template that exists is complete. Callers that come meanwhile wait.
 */
export async function ensureTemplate(
  name: string,
  source: string,
  fill: (databaseUrl: string) => Promise<void>,
): Promise<void> {
  await asAdmin(async (sql) => {
    await sql`SELECT pg_advisory_lock(470002, hashtext(${name}))`; // released when this connection closes
    const [made] = await sql`SELECT FROM pg_database WHERE datname = ${name}`;
    if (made) return;
    await dropDatabase(sql, `${name}_new`);
    await createFrom(sql, `${name}_new`, source);
    await fill(urlOf(`${name}_new`));
    await sql.unsafe(`ALTER DATABASE ${name}_new RENAME TO ${name}`);
  });
}

/** Named after the migrations in it, so that a server which outlives the run never hands out an old one. */
export async function migratedTemplate(): Promise<string> {
  const hash = createHash('sha256');
  const files = readdirSync('migrations').filter((name) => name.endsWith('.sql'));
  for (const file of files.sort()) hash.update(readFileSync(`migrations/${file}`));
  const name = `fairway_template_${hash.digest('hex').slice(0, 16)}`;
  await ensureTemplate(name, 'template0', async (databaseUrl) => {
    await migrate(databaseUrl);
    // The queue makes its own tables. Made here, they are copied with the rest.
    await using _queue = await openQueue({ databaseUrl, redisUrl: null });
  });
  return name;
}

/** Copies files. The default, through the log, reads and writes every page through the server's cache. */
async function createFrom(sql: postgres.Sql, name: string, template: string): Promise<void> {
  await sql.unsafe(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY file_copy`);
}

/** Drops it even if somebody is still connected. */
async function dropDatabase(sql: postgres.Sql, name: string): Promise<void> {
  await sql.unsafe(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
}

function urlOf(database: string): string {
  const url = new URL(runContext('postgresUrl'));
  url.pathname = `/${database}`;
  return url.href;
}

async function asAdmin<T>(work: (sql: postgres.Sql) => PromiseLike<T>): Promise<T> {
  const sql = postgres(runContext('postgresUrl'), { max: 1, onnotice: () => {} });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}
