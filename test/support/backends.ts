import { startRedis, redisServer, type TestRedis } from './redis.ts';

/**
 * The two homes a queue can have. Suites run once on each; the Redis one is skipped where no server is
 * installed.
 */
export const backends = [
  { name: 'postgresql', missing: false, start: async (): Promise<TestRedis | null> => null },
  { name: 'redis', missing: redisServer === null, start: (): Promise<TestRedis | null> => startRedis() },
] as const;
