import { join } from 'node:path';
import { loadConfig, type Config } from '#src/config/config.ts';
import { readEnv } from '#src/config/env.ts';
import { migrate, schemaState } from '#src/db/migrate.ts';
import { buildDeps, type Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { runningPostgresUrl, startEmbeddedPostgres } from './local/embedded-postgres.ts';

/**
 * For commands that do one thing and end: on the configured database, the embedded one of a running Fairway,
 * or one started for the purpose.
 *
 * @throws AppError `conflict` on a database of your own that an older Fairway runs on: looking at it from a
 * newer checkout, as a check of a pull request does, must not change it. `migrate`, `start` and `serve` do
 * that.
 */
export async function withDeps<T>(
  work: (deps: Deps, config: Config) => Promise<T>,
  { mayMigrate = false } = {},
): Promise<T> {
  const config = loadConfig(readEnv(), { dir: process.cwd() });
  await using stack = new AsyncDisposableStack();
  const url = config.databaseUrl ?? (await embeddedUrl(config, stack));
  if (!mayMigrate && config.databaseUrl && (await schemaState(url)) === 'behind')
    throw new AppError(
      'conflict',
      'The database belongs to an older version of Fairway. Use the version that runs on it, or bring it up to date first: npm run fairway -- migrate',
    );
  await migrate(url);
  const deps = stack.use(await buildDeps({ ...config, logLevel: 'warn' }, url));
  return await work(deps, config);
}

async function embeddedUrl(config: Config, stack: AsyncDisposableStack): Promise<string> {
  const dir = join(config.dir, 'postgres');
  try {
    const server = await startEmbeddedPostgres({ dir, log: () => {} });
    stack.defer(() => server.stop());
    return server.url;
  } catch (error) {
    const url = error instanceof AppError && error.code === 'conflict' ? runningPostgresUrl(dir) : null;
    if (url === null) throw error;
    return url;
  }
}
