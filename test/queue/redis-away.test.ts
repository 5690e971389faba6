import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openQueue } from '#src/queue/backend.ts';
import { reviewRegistration } from '#src/operations/registrations/review-registration.ts';
import { createLoginLink } from '#src/operations/people/login-link.ts';
import { startRun } from '#src/operations/runs/start-run.ts';
import { seedConsole } from '#test/support/console-data.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';
import { jobsWaiting } from '#test/support/queries.ts';
import { redisServer, startRedis, type TestRedis } from '#test/support/redis.ts';

describe.skipIf(redisServer === null)('while Redis is away', () => {
  let redis: TestRedis;
  let test: TestDeps;
  beforeEach(async () => {
    redis = await startRedis();
    test = await startDeps({ now: '2026-11-18T10:00:00Z', queue: { redisUrl: redis.url } });
  });
  afterEach(async () => {
    await redis.stop();
    await test[Symbol.asyncDispose]();
  });

  async function decide(): Promise<string> {
    const { registrationIds } = await seedConsole(test.deps);
    const personId = (await createLoginLink(test.deps, { email: 'olga@example.com', role: 'ops' })).person.id;
    const registrationId = registrationIds.get('DR-2026-0002') ?? '';
    return (
      await reviewRegistration(test.deps, { registrationId, decision: 'approve', reason: '', personId })
    ).status;
  }

  it('a decision is still made, and its job waits in the outbox', { timeout: 20_000 }, async () => {
    await redis.stop();
    const before = await jobsWaiting(test.deps.db, 'write-back');
    expect(await decide()).toBe('approved');
    expect(await jobsWaiting(test.deps.db, 'write-back')).toBeGreaterThan(before);
  });

  it('a run can be started, and begins later', { timeout: 20_000 }, async () => {
    await redis.stop();
    expect((await startRun(test.deps, { trigger: 'person' })).alreadyRunning).toBe(false);
    expect(await jobsWaiting(test.deps.db, 'map')).toBe(1);
  });

  it(
    'a Redis that is there and does not answer is given up within seconds',
    { timeout: 20_000 },
    async () => {
      process.kill(redis.pid, 'SIGSTOP');
      await expect(test.deps.queue.add([{ id: test.deps.ids(), name: 'map' }])).rejects.toThrow(/timed out/i);
    },
  );

  it(
    'a process starts without it, and says of each call that it cannot be served',
    { timeout: 20_000 },
    async () => {
      await redis.stop();
      await using queue = await openQueue({ databaseUrl: test.databaseUrl, redisUrl: redis.url });
      await expect(queue.add([{ id: test.deps.ids(), name: 'map' }])).rejects.toThrow(/cannot be reached/);
    },
  );
});
