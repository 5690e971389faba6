import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '#src/cli/local/embedded-postgres.ts';
import { loadConfig, type Config } from '#src/config/config.ts';
import { prepareDatabase, type DatabaseAddresses } from '#src/deps.ts';

/** Runs work on an empty database of a PostgreSQL that is started in a temporary folder and removed afterwards. */
export async function withScratchServer<T>(
  work: (addresses: DatabaseAddresses, config: Config) => Promise<T>,
): Promise<T> {
  await using stack = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), 'fairway-cases-'));
  stack.defer(() => rm(dir, { recursive: true, force: true }));
  const server = await startEmbeddedPostgres({
    dir: join(dir, 'postgres'),
    log: () => {},
    // The data is removed, so a crash may lose it.
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' },
  });
  stack.defer(() => server.stop());
  const addresses = { ownerUrl: server.url, url: server.applicationUrl };
  await prepareDatabase(addresses);
  return await work(addresses, { ...loadConfig({}, { dir }), logLevel: 'silent' });
}
