import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addJobs, findJob, jobsOf } from '#src/db/jobs/job-store.ts';
import { findRun } from '#src/db/runs/run-store.ts';
import { relayJobs, sweepJobs } from '#src/operations/jobs/relay-jobs.ts';
import { startRun } from '#src/operations/runs/start-run.ts';
import { startWorker } from '#workers/worker.ts';
import { backends, type StartedBackend } from '#test/support/backends.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';

for (const backend of backends) {
  describe.skipIf(backend.missing)(`the outbox, with the queue on ${backend.name}`, () => {
    let home: StartedBackend;
    let test: TestDeps;
    beforeAll(async () => {
      home = await backend.start();
      test = await startDeps({ now: '2026-11-18T10:00:00Z', queue: home.queue });
    });
    afterAll(async () => {
      await test[Symbol.asyncDispose]();
      await home[Symbol.asyncDispose]();
    });

    it('puts a job on the queue once, however many relays run', async () => {
      const { deps } = test;
      const id = deps.ids();
      await addJobs(
        deps.db,
        [
          {
            id,
            runId: null,
            stage: null,
            name: 'write-back',
            payload: { registrationIds: [], payoutBatchIds: [] },
          },
        ],
        deps.clock(),
      );
      const relayed = await Promise.all([relayJobs(deps), relayJobs(deps), relayJobs(deps)]);
      expect(relayed.reduce((sum, count) => sum + count, 0)).toBe(1);
      expect(await deps.queue.holds(id)).toBe(true);
    });

    it('leaves alone a job that the queue still holds, however long it waits', async () => {
      test.pass(60_000);
      expect(await sweepJobs(test.deps)).toBe(0);
    });

    it('brings a run to its end although the queue lost everything', async () => {
      const { deps } = test;
      const { runId } = await startRun(deps, { trigger: 'person' });
      await loseEverything(runId);
      test.pass(60_000);
      await using _worker = startWorker(deps, { syncMinutes: 0 });
      for (
        let waited = 0;
        waited < 15_000 && (await findRun(deps.db, runId))?.status === 'running';
        waited += 100
      )
        await wait(100);
      expect((await findRun(deps.db, runId))?.status).toBe('done');
    });

    async function loseEverything(runId: string): Promise<void> {
      const open = await jobsOf(test.deps.db, runId);
      if (home.redisUrl !== null) {
        const client = new Redis(home.redisUrl);
        await client.flushall();
        client.disconnect();
      } else for (const { id } of open) await test.deps.queue.forget(id);
      for (const { id } of open) {
        expect((await findJob(test.deps.db, id))?.status).toBe('queued');
        expect(await test.deps.queue.holds(id)).toBe(false);
      }
    }
  });
}
