import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { redisServer, startRedis } from './redis.ts';

test.skipIf(redisServer === null)('each test file gets an empty Redis that never evicts a job', async () => {
  const redis = await startRedis();
  const client = new Redis(redis.url);
  expect(await client.dbsize()).toBe(0);
  expect(await client.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
  client.disconnect();
  await redis.stop();
});
