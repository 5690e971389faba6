import type { QueueHome } from './deps.ts';
import { startRedis, redisServer } from './redis.ts';

export interface StartedBackend extends AsyncDisposable {
  readonly queue: Exclude<QueueHome, 'memory'>;
  /** Null without Redis. */
  readonly redisUrl: string | null;
}

/**
 * The two homes of a queue. Suites run once on each; the one on Redis is skipped where no server is
 * installed.
 */
export const backends = [
  {
    name: 'postgresql',
    missing: false,
    start: async (): Promise<StartedBackend> => ({
      queue: 'postgresql',
      redisUrl: null,
      async [Symbol.asyncDispose]() {},
    }),
  },
  {
    name: 'redis',
    missing: redisServer === null,
    start: async (): Promise<StartedBackend> => {
      const redis = await startRedis();
      return {
        queue: { redisUrl: redis.url },
        redisUrl: redis.url,
        [Symbol.asyncDispose]: () => redis.stop(),
      };
    },
  },
] as const;
