import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '#src/config/config.ts';
import { AppError } from '#src/domain/errors.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';

/**
 * Forgets the embedded database and the sandbox: everything but the key. The caller holds the folder's lock.
 */
export async function deleteLocalData(config: Config): Promise<void> {
  if (config.databaseUrl !== null) {
    throw new AppError(
      'bad_request',
      '--fresh forgets the embedded database only. DATABASE_URL is set: empty that database yourself, or unset it.',
    );
  }
  const dir = join(config.dir, 'postgres');
  // A server that a killed run left behind must not outlive its data.
  if (existsSync(join(dir, 'data', 'postmaster.pid')))
    await (await startEmbeddedPostgres({ dir, log: () => {} })).stop();
  for (const name of ['postgres', 'sandbox', 'erp'])
    rmSync(join(config.dir, name), { recursive: true, force: true });
}
