import { join } from 'node:path';
import { loadConfig, type Config } from '#src/config/config.ts';
import { readEnv } from '#src/config/env.ts';
import { migrate } from '#src/db/migrate.ts';
import { buildDeps, type Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { runningPostgresUrl, startEmbeddedPostgres } from './embedded-postgres.ts';

/** For commands that do one thing and end: on the configured database, the embedded one of a running Fairway, or one started for the purpose. */
export async function withDeps<T>(work: (deps: Deps, config: Config) => Promise<T>): Promise<T> {
  const config = loadConfig(readEnv(), { dir: process.cwd() });
  await using stack = new AsyncDisposableStack();
  const url = config.databaseUrl ?? (await embeddedUrl(config, stack));
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
