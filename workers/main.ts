import { loadConfig } from '#src/config/config.ts';
import { readEnv } from '#src/config/env.ts';
import { buildDeps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { startWorker } from './worker.ts';

/** A worker process: takes jobs until told to stop, then finishes the ones it has. */
const config = loadConfig(readEnv(), { dir: process.cwd() });
if (config.databaseUrl === null)
  throw new AppError(
    'setting_invalid',
    'A worker needs DATABASE_URL. `npm start` starts one on the embedded database by itself.',
  );
const deps = await buildDeps(config, config.databaseUrl);
const worker = startWorker(deps, { syncMinutes: config.syncMinutes });
deps.log.info({ backend: deps.queue.backend, concurrency: config.workerConcurrency }, 'worker started');

// Whoever started this process may want to know that it takes jobs.
process.send?.('ready');

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await worker[Symbol.asyncDispose]();
  await deps[Symbol.asyncDispose]();
  process.exit(0);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop());
// Started by another process: end with it, however it ended.
if (process.channel) process.on('disconnect', () => void stop());
