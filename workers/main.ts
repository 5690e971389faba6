import { faultSentence } from '#src/cli/faults/fault-sentence.ts';
import { waitForServers } from '#src/cli/faults/wait-for-servers.ts';
import { loadConfig } from '#src/config/config.ts';
import { readEnv } from '#src/config/env.ts';
import { buildDeps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { startWorker } from './worker.ts';

/** A worker process. It works on jobs until it gets a signal, then finishes its running jobs and ends. */
async function main(): Promise<void> {
  // A worker started by another process ends when that process does, also while it waits for the database.
  const end = (): never => process.exit(0);
  if (process.channel) process.on('disconnect', end);
  const config = loadConfig(readEnv(), { dir: process.cwd() });
  const { databaseUrl } = config;
  if (databaseUrl === null)
    throw new AppError(
      'setting_invalid',
      'A worker needs DATABASE_URL. `npm start` starts one on the embedded database by itself.',
    );
  // Signals end the wait, because nothing handles them yet. Redis may come later: the worker waits for it itself.
  const never = new Promise<void>(() => {});
  await waitForServers({ databaseUrl, redisUrl: null }, never, (line) => console.error(line));
  const deps = await buildDeps(config, databaseUrl);
  const worker = startWorker(deps, { syncMinutes: config.syncMinutes });
  deps.log.info({ backend: deps.queue.backend, concurrency: config.workerConcurrency }, 'worker started');

  // Lets a parent process know that this worker is ready for jobs.
  process.send?.('ready');

  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    await worker[Symbol.asyncDispose]();
    await deps[Symbol.asyncDispose]();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop());
  process.off('disconnect', end);
  if (process.channel) process.on('disconnect', () => void stop());
}

try {
  await main();
} catch (error) {
  console.error(faultSentence(error));
  process.exit(1);
}
