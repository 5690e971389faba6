import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { startEmbeddedPostgres } from '#src/cli/embedded-postgres.ts';
import { migrate } from '#src/db/migrate.ts';
import { findRun, type Run } from '#src/db/run-store.ts';
import type { Stage } from '#src/operations/run-stages.ts';
import { startRun } from '#src/operations/start-run.ts';
import type { RunSummary } from '#src/operations/summarise-run.ts';
import { redisServer, startRedis } from '#test/support/redis.ts';
import { startService, type Service } from '#test/support/service.ts';
import { brokenInvariants } from '#test/support/sync-queries.ts';

const workerFile = fileURLToPath(new URL('../../workers/main.ts', import.meta.url));

/** A worker process of its own, ended with the test. One that dies is started again, as every way to run Fairway does. */
async function withWorker(service: Service, work: () => Promise<void>): Promise<void> {
  let over = false;
  let worker: ChildProcess;
  const launch = (): void => {
    worker = fork(workerFile, [], { env: { ...process.env, ...service.env }, stdio: ['ignore', 'inherit', 'ignore', 'ipc'] });
    worker.once('exit', () => void (over || setTimeout(launch, 500)));
  };
  launch();
  try {
    await work();
  } finally {
    over = true;
    const last = worker!;
    if (last.exitCode === null && last.signalCode === null) {
      const gone = once(last, 'exit');
      last.kill('SIGKILL');
      await gone;
    }
  }
}

/** Waits until the run is in this stage or past it; null waits for its end. A database that is away is asked again. */
async function reach(service: Service, runId: string, stage: Stage | null): Promise<Run> {
  for (let waited = 0; waited < 150_000; waited += 10) {
    const run = await findRun(service.deps.db, runId).catch(() => null);
    if (run?.status === 'failed') throw new Error(`the run failed: ${run.error}`);
    if (run && (run.status === 'done' || run.stage === stage)) return run;
    await wait(10);
  }
  throw new Error(`the run never reached ${stage ?? 'its end'}`);
}

/** The whole sample was worked through, once, and a further run finds nothing to do. */
async function expectWholeAndOnce(service: Service, run: Run): Promise<void> {
  const summary = run.summary as unknown as RunSummary;
  expect(summary).toMatchObject({ pulled: { accounts: 2_000, opportunities: 3_000, registrations: 200 }, problems: 0 });
  expect(await brokenInvariants(service.deps.db)).toEqual([]);
  const payoutsInCrms = (await service.countRecords('salesforce', 'payout')) + (await service.countRecords('hubspot', 'payout'));
  expect(payoutsInCrms).toBe(summary.payouts);
  await service.runJob();
  const again = (await service.runJob()).summary;
  expect(again.written).toEqual({ salesforce: 0, hubspot: 0 });
  expect([again.accruals, again.payouts, again.registrations]).toEqual([summary.accruals, summary.payouts, summary.registrations]);
}

describe('what the service stands on is lost in the middle of the main job', () => {
  it('goes on to the same end when PostgreSQL is killed and comes back', { timeout: 240_000 }, async () => {
    await using stack = new AsyncDisposableStack();
    const dir = await mkdtemp(join(tmpdir(), 'fairway-test-killed-'));
    stack.defer(() => rm(dir, { recursive: true, force: true }));
    const options = { dir: join(dir, 'postgres'), log: () => {} };
    let server = await startEmbeddedPostgres(options);
    stack.defer(() => server.stop());
    await migrate(server.url);
    const service = stack.use(await startService({ databaseUrl: server.url }));
    await withWorker(service, async () => {
      const { runId } = await startRun(service.deps, { trigger: 'start' });
      for (const stage of ['pull', 'push'] as const) {
        await reach(service, runId, stage);
        await wait(100);
        process.kill(Number((await readFile(join(options.dir, 'data', 'postmaster.pid'), 'utf8')).split('\n')[0]), 'SIGKILL');
        await server.stop();
        server = await startEmbeddedPostgres(options);
      }
      await expectWholeAndOnce(service, await reach(service, runId, null));
    });
  });

  it.skipIf(redisServer === null)('goes on to the same end when Redis forgets everything', { timeout: 240_000 }, async () => {
    await using stack = new AsyncDisposableStack();
    const redis = await startRedis();
    stack.defer(() => redis.stop());
    const service = stack.use(await startService({ redisUrl: redis.url }));
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
  });

  it('makes nothing twice when connections are cut after the vendors took the writes', { timeout: 240_000 }, async () => {
    await using service = await startService();
    const rules = (['salesforce', 'hubspot'] as const).flatMap((vendor) =>
      [1, 3, 4].map((nth) => ({
        vendor,
        match: { path: vendor === 'salesforce' ? '/composite/sobjects' : '/batch/(update|upsert|create)', nth, times: 1 },
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
  });
});
