import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '#src/cli/local/embedded-postgres.ts';
import { AppError } from '#src/domain/errors.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A PostgreSQL whose user may create databases. */
    postgresUrl: string;
  }
}

const prefix = 'fairway-test-';
/** Nothing in here outlives the run, so nothing needs to reach the disk. */
const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/**
 * One PostgreSQL for the whole run: the one in TEST_DATABASE_URL, or an embedded one in a temporary folder.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['TEST_DATABASE_URL'];
  if (given) {
    project.provide('postgresUrl', given);
    return async () => {};
  }
  await removeLeftovers();
  const folder = mkdtempSync(join(tmpdir(), prefix));
  const server = await startEmbeddedPostgres({ dir: join(folder, 'postgres'), log: () => {}, settings });
  project.provide('postgresUrl', server.url);
  return async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  };
}

/**
 * A run that was killed leaves its server running: stop those, and leave alone the ones of runs that go on.
 */
async function removeLeftovers(): Promise<void> {
  const folders = readdirSync(tmpdir()).filter((name) => name.startsWith(prefix));
  for (const folder of folders.map((name) => join(tmpdir(), name))) {
    const dir = join(folder, 'postgres');
    if (!existsSync(join(dir, 'data'))) continue; // just being made
    try {
      const server = await startEmbeddedPostgres({ dir, log: () => {}, settings });
      await server.stop();
      rmSync(folder, { recursive: true });
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'conflict')) throw error;
    }
  }
}
