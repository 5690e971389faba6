import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { startEmbeddedPostgres } from '#src/cli/local/embedded-postgres.ts';
import { migrate } from '#src/db/migrate.ts';
import { startRun } from '#src/operations/runs/start-run.ts';
import { redisServer, startRedis } from '#test/support/redis.ts';
import { startService } from '#test/support/service.ts';
import { expectWholeAndOnce, reach, withWorker } from './main-job-in-trouble.ts';

describe('the service’s infrastructure is lost in the middle of the main job', () => {
  it('goes on to the same end when PostgreSQL is killed and comes back', { timeout: 240_000 }, async () => {
    await using stack = new AsyncDisposableStack();
    const dir = await mkdtemp(join(tmpdir(), 'fairway-test-killed-'));
    stack.defer(() => rm(dir, { recursive: true, force: true }));
    const options = { dir: join(dir, 'postgres'), log: () => {} };
    let server = await startEmbeddedPostgres(options);
    stack.defer(() => server.stop());
    await migrate(server.url);
    const service = stack.use(await startService({ queue: 'postgresql', databaseUrl: server.url }));
    await withWorker(service, async () => {
      const { runId } = await startRun(service.deps, { trigger: 'start' });
      for (const stage of ['pull', 'push'] as const) {
        await reach(service, runId, stage);
        await wait(100);
        process.kill(
          Number((await readFile(join(options.dir, 'data', 'postmaster.pid'), 'utf8')).split('\n')[0]),
          'SIGKILL',
        );
        await server.stop();
        server = await startEmbeddedPostgres(options);
      }
      await expectWholeAndOnce(service, await reach(service, runId, null));
    });
  });

  it.skipIf(redisServer === null)(
    'goes on to the same end when Redis forgets everything',
    { timeout: 240_000 },
    async () => {
      await using stack = new AsyncDisposableStack();
      const redis = await startRedis();
      stack.defer(() => redis.stop());
      const service = stack.use(await startService({ queue: { redisUrl: redis.url } }));
      const client = new Redis(redis.url);
      stack.defer(() => client.disconnect());
      await withWorker(service, async () => {
        const { runId } = await startRun(service.deps, { trigger: 'start' });
        for (const stage of ['pull', 'map', 'push'] as const) {
          await reach(service, runId, stage);
          await client.flushall();
        }
        await expectWholeAndOnce(service, await reach(service, runId, null));
      });
    },
  );

  it(
    'makes nothing twice when connections are cut after the vendors accepted the writes',
    { timeout: 240_000 },
    async () => {
      await using service = await startService({ queue: 'postgresql' });
      const rules = (['salesforce', 'hubspot'] as const).flatMap((vendor) =>
        [1, 3, 4].map((nth) => ({
          vendor,
          match: {
            path: vendor === 'salesforce' ? '/composite/sobjects' : '/batch/(update|upsert|create)',
            nth,
            times: 1,
          },
          fault: { kind: 'cut', when: 'after' },
        })),
      );
      const answer = await fetch(`${service.addresses.control}/faults`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(rules),
      });
      expect(answer.ok).toBe(true);
      await withWorker(service, async () => {
        const { runId } = await startRun(service.deps, { trigger: 'start' });
        const run = await reach(service, runId, null);
        const faults = (await (await fetch(`${service.addresses.control}/faults`)).json()) as {
          readonly rules: { readonly struck: number }[];
        };
        expect(faults.rules.reduce((sum, rule) => sum + rule.struck, 0)).toBeGreaterThan(3);
        await fetch(`${service.addresses.control}/faults`, { method: 'DELETE' });
        await expectWholeAndOnce(service, run);
      });
    },
  );
});
