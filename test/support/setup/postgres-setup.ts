import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '#src/cli/local/embedded-postgres.ts';
import { AppError } from '#src/domain/errors.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A PostgreSQL whose user may create databases. */
    postgresUrl: string;
    /** Part of the names of databases that only this run uses. */
    runId: string;
    /** A folder that is removed at the end of the run. */
    runFolder: string;
  }
}

const prefix = 'fairway-test-';
/** Nothing here outlives the run, so nothing has to reach the disk. */
const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

export interface TestServer {
  readonly url: string;
  readonly runId: string;
  readonly folder: string;
  stop(): Promise<void>;
}

/** The set-up runs once for each project in separate modules; all projects of a run share one server. */
const shared = globalThis as { fairwayTestServer?: { users: number; server: Promise<TestServer> } };

/**
 * One PostgreSQL for the whole run: the one in TEST_DATABASE_URL, or an embedded one in a temporary folder.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const held = (shared.fairwayTestServer ??= { users: 0, server: startTestServer() });
  held.users += 1;
  const server = await held.server;
  project.provide('postgresUrl', server.url);
  project.provide('runId', server.runId);
  project.provide('runFolder', server.folder);
  return async () => {
    held.users -= 1;
    if (held.users > 0) return;
    delete shared.fairwayTestServer;
    await server.stop();
  };
}

/** The server in TEST_DATABASE_URL, or an embedded one in a temporary folder, and what names this run. */
export async function startTestServer(): Promise<TestServer> {
  await removeLeftovers();
  const runId = randomBytes(4).toString('hex');
  const folder = mkdtempSync(join(tmpdir(), prefix));
  const removeFolder = (): void => rmSync(folder, { recursive: true });
  const given = process.env['TEST_DATABASE_URL'];
  if (given) {
    const stop = (): Promise<void> => dropSnapshots(given, runId).finally(removeFolder);
    return { url: given, runId, folder, stop };
  }
  const server = await startEmbeddedPostgres({ dir: join(folder, 'postgres'), log: () => {}, settings });
  return { url: server.url, runId, folder, stop: () => server.stop().finally(removeFolder) };
}

/** The databases that this run leaves on a lasting server. */
async function dropSnapshots(url: string, runId: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    const names = await sql<{ datname: string }[]>`
      SELECT datname FROM pg_database WHERE datname LIKE ${`fairway_snapshot_${runId}_%`}`;
    for (const { datname } of names) await sql.unsafe(`DROP DATABASE IF EXISTS ${datname} WITH (FORCE)`);
  } finally {
    await sql.end();
  }
}

/**
 * A run that was killed leaves its server running: stop those, and leave alone the ones of runs that go on.
 */
async function removeLeftovers(): Promise<void> {
  const folders = readdirSync(tmpdir()).filter((name) => name.startsWith(prefix));
  for (const folder of folders.map((name) => join(tmpdir(), name))) {
    const dir = join(folder, 'postgres');
    if (!existsSync(join(dir, 'data'))) continue; // another run is just making it
    try {
      const server = await startEmbeddedPostgres({ dir, log: () => {}, settings });
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      if (error instanceof AppError && error.code === 'conflict') continue;
      // Another run may be removing it at the same moment. What is left is no reason to fail this run.
      console.warn(`${folder} is left of an earlier run: ${(error as Error).message}`);
    }
  }
}
