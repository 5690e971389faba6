import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import postgres from 'postgres';
import { inject } from 'vitest';
import { migrate } from '#src/db/migrate.ts';

export interface TestDatabase {
  readonly url: string;
  /** Drops it, whoever is still connected. */
  drop(): Promise<void>;
}

/**
 * A migrated database of one test file's own: a copy of a template that the first caller of the run makes.
 */
export async function testDatabase(): Promise<TestDatabase> {
  return copyOf(await ensureTemplate());
}

/** An empty database, for tests of the migrations themselves. */
export function emptyDatabase(): Promise<TestDatabase> {
  return copyOf('template0');
}

async function copyOf(template: string): Promise<TestDatabase> {
  const name = `fairway_test_${randomUUID().replaceAll('-', '')}`;
  await asAdmin((sql) => sql.unsafe(`CREATE DATABASE ${name} TEMPLATE ${template}`));
  return {
    url: urlOf(name),
    drop: () =>
      asAdmin(async (sql) => void (await sql.unsafe(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))),
  };
}

/** Named after the migrations in it, so that a server which outlives the run never hands out an old one. */
function templateName(): string {
  const hash = createHash('sha256');
  for (const file of readdirSync('migrations')
    .filter((name) => name.endsWith('.sql'))
    .sort())
    hash.update(readFileSync(`migrations/${file}`));
  return `fairway_template_${hash.digest('hex').slice(0, 16)}`;
}

async function ensureTemplate(): Promise<string> {
  const name = templateName();
  await asAdmin(async (sql) => {
    await sql`SELECT pg_advisory_lock(470002)`; // released when this connection closes
    const [made] = await sql`SELECT FROM pg_database WHERE datname = ${name}`;
    if (made) return;
    // Migrated under another name: a template that exists is complete.
    await sql.unsafe(`DROP DATABASE IF EXISTS ${name}_new WITH (FORCE)`);
    await sql.unsafe(`CREATE DATABASE ${name}_new TEMPLATE template0`);
    await migrate(urlOf(`${name}_new`));
    await sql.unsafe(`ALTER DATABASE ${name}_new RENAME TO ${name}`);
  });
  return name;
}

function urlOf(database: string): string {
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${database}`;
  return url.href;
}

async function asAdmin<T>(work: (sql: postgres.Sql) => PromiseLike<T>): Promise<T> {
  const sql = postgres(inject('postgresUrl'), { max: 1, onnotice: () => {} });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}
