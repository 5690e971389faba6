import { loadConfig } from '#src/config/config.ts';
import { readEnv } from '#src/config/env.ts';
import { buildDeps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { startWorker } from './worker.ts';

/** A worker process. It works on jobs until it gets a signal, then finishes its running jobs and ends. */
const config = loadConfig(readEnv(), { dir: process.cwd() });
if (config.databaseUrl === null)
  throw new AppError(
    'setting_invalid',
    'A worker needs DATABASE_URL. `npm start` starts one on the embedded database by itself.',
  );
const deps = await buildDeps(config, config.databaseUrl);
const worker = startWorker(deps, { syncMinutes: config.syncMinutes });
deps.log.info({ backend: deps.queue.backend, concurrency: config.workerConcurrency }, 'worker started');

// Lets a parent process know that this worker is ready for jobs.
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
// A worker started by another process ends when that process does.
if (process.channel) process.on('disconnect', () => void stop());
