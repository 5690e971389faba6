import { join } from 'node:path';
import { loadConfig, type Config } from '#src/config/config.ts';
import { readEnv } from '#src/config/env.ts';
import { schemaState } from '#src/db/migrate.ts';
import { buildDeps, prepareDatabase, type DatabaseAddresses, type Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { runningPostgres, startEmbeddedPostgres } from './local/embedded-postgres.ts';

/**
 * For commands that do one thing and end: on the configured database, the embedded one of a running Fairway,
 * or one started for the purpose.
 *
 * @throws AppError `conflict` on a database of your own that an older Fairway runs on: looking at it from a
 * newer checkout, as a check of a pull request does, must not change it. `migrate`, `start` and `serve` do
 * that.
 */
export async function withDeps<T>(
  work: (deps: Deps, config: Config, addresses: DatabaseAddresses) => Promise<T>,
  { mayMigrate = false } = {},
): Promise<T> {
  const config = loadConfig(readEnv(), { dir: process.cwd() });
  await using stack = new AsyncDisposableStack();
  const { url, ownerUrl } = await databaseOf(config, stack);
  const state = config.databaseUrl === null ? 'empty' : await schemaState(url);
  if (!mayMigrate && state === 'behind')
    throw new AppError(
      'conflict',
      'The database belongs to an older version of Fairway. Use the version that runs on it, or bring it up to date first: npm run fairway -- migrate',
    );
  // The application's role may look at the state, and only the owner may change it.
  if (mayMigrate || state !== 'current') await prepareDatabase({ url, ownerUrl });
  const deps = stack.use(await buildDeps({ ...config, logLevel: 'warn' }, url));
  return await work(deps, config, { url, ownerUrl });
}

/** The configured database, or the embedded one, which is started unless it runs. */
export async function databaseOf(config: Config, stack: AsyncDisposableStack): Promise<DatabaseAddresses> {
  if (config.databaseUrl !== null)
    return { url: config.databaseUrl, ownerUrl: config.databaseOwnerUrl ?? config.databaseUrl };
  const dir = join(config.dir, 'postgres');
  try {
    const server = await startEmbeddedPostgres({ dir, log: () => {} });
    stack.defer(() => server.stop());
    return { url: server.applicationUrl, ownerUrl: server.url };
  } catch (error) {
    const running = error instanceof AppError && error.code === 'conflict' ? runningPostgres(dir) : null;
    if (running === null) throw error;
    return { url: running.applicationUrl, ownerUrl: running.url };
  }
}
