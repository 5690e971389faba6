import { Redis } from 'ioredis';

const timeoutMs = 5_000;

/** @throws Error with the socket's code when Redis cannot be reached, or with its words when it refuses us */
export async function pingRedis(url: string): Promise<void> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    retryStrategy: null,
  });
  let failure: Error | null = null;
  redis.on('error', (error: Error) => {
    failure ??= error;
  });
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    // The promise rejects with “Connection is closed”; the event has the cause.
    const first = failure ?? (error instanceof Error ? error : new Error(String(error)));
    if ('code' in first || /NOAUTH|WRONGPASS|NOPERM|AUTH/.test(first.message)) throw first;
    throw Object.assign(new Error(first.message, { cause: error }), { code: 'ETIMEDOUT' });
  } finally {
    redis.disconnect();
  }
}
