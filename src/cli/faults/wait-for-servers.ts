import { setTimeout as wait } from 'node:timers/promises';
import { pingServer } from '#src/db/client.ts';
import { AppError } from '#src/domain/errors.ts';
import { pingRedis } from '#src/queue/ping-redis.ts';
import { environmentFault, isUnreachable } from './fault-sentence.ts';

const firstWaitMs = 1_000;
const longestWaitMs = 30_000;

export interface Servers {
  readonly databaseUrl: string | null;
  readonly redisUrl: string | null;
}

/**
 * Waits until the database and Redis answer, and says once for each which one does not.
 * @param stopped ends the wait
 * @returns false when it was stopped
 * @throws AppError for a server that answers and refuses, because waiting does not help then
 */
export async function waitForServers(
  { databaseUrl, redisUrl }: Servers,
  stopped: Promise<void>,
  say: (line: string) => void,
): Promise<boolean> {
  const stopping = new AbortController();
  void stopped.then(() => stopping.abort());
  const servers: readonly Server[] = [
    ...(databaseUrl === null
      ? []
      : [{ name: 'The database', setting: 'DATABASE_URL', url: databaseUrl, ping: pingServer }]),
    ...(redisUrl === null ? [] : [{ name: 'Redis', setting: 'REDIS_URL', url: redisUrl, ping: pingRedis }]),
  ];
  for (const server of servers) if (!(await waitForOne(server, stopping.signal, say))) return false;
  return true;
}

interface Server {
  readonly name: string;
  readonly setting: string;
  readonly url: string;
  readonly ping: (url: string) => Promise<void>;
}

async function waitForOne(
  { name, setting, url, ping }: Server,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<boolean> {
  let waitMs = firstWaitMs;
  let said = false;
  while (!signal.aborted) {
    try {
      await Promise.race([ping(url), aborted(signal)]);
      if (signal.aborted) return false;
      if (said) say(`${name} answers.`);
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      if (!isUnreachable(error)) throw refusedBy(name, setting, error);
      // The address may contain a password, so only the host is shown.
      const { host } = new URL(url);
      if (!said)
        say(
          `${name} at ${host} cannot be reached. Start it, or correct ${setting}. Fairway tries again until then; Ctrl-C ends it.`,
        );
      said = true;
    }
    await wait(waitMs, undefined, { signal }).catch(() => {});
    waitMs = Math.min(waitMs * 2, longestWaitMs);
  }
  return false;
}

function refusedBy(name: string, setting: string, error: unknown): AppError {
  const fault =
    environmentFault(error) ??
    `${name} refuses Fairway: ${error instanceof Error ? error.message : String(error)}. Correct ${setting}.`;
  return new AppError('setting_invalid', fault, {}, error);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
