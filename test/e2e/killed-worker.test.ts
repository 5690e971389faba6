import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findRun } from '#src/db/runs/run-store.ts';
import { startRun } from '#src/operations/runs/start-run.ts';
import type { Stage } from '#src/operations/runs/run-stages.ts';
import type { RunSummary } from '#src/operations/runs/summarise-run.ts';
import { backends, type StartedBackend } from '#test/support/backends.ts';
import { doubledWork } from '#test/support/queries.ts';
import { startService, type Service } from '#test/support/service.ts';

const workerFile = fileURLToPath(new URL('../../workers/main.ts', import.meta.url));

for (const backend of backends) {
  describe.skipIf(backend.missing)(`a worker killed outright, with the queue on ${backend.name}`, () => {
    let service: Service;
    let home: StartedBackend;

    beforeAll(async () => {
      home = await backend.start();
      service = await startService({ queue: home.queue });
    });
    afterAll(async () => {
      await service[Symbol.asyncDispose]();
      await home[Symbol.asyncDispose]();
    });

    it(
      'leaves a job that the next worker brings to the same end, with nothing done twice',
      { timeout: 180_000 },
      async () => {
        const { runId } = await startRun(service.deps, { trigger: 'start' });
        for (const stage of ['pull', 'map', 'push'] as const) {
          const worker = spawnWorker();
          await reach(runId, stage);
          // Somewhere inside the stage, not at its edge.
          await wait(stage === 'push' ? 30 : 150);
          await kill(worker);
        }
        const last = spawnWorker();
        await reach(runId, null);
        last.kill('SIGTERM');
        await once(last, 'exit');

        const { summary } = (await findRun(service.deps.db, runId)) as unknown as { summary: RunSummary };
        expect(summary).toMatchObject({
          pulled: { accounts: 2_000, opportunities: 3_000, registrations: 200 },
          problems: 0,
        });
        expect(await doubledWork(service.deps.db)).toEqual([]);
        const payoutsInCrms =
          (await service.countRecords('salesforce', 'payout')) +
          (await service.countRecords('hubspot', 'payout'));
        expect(payoutsInCrms).toBe(summary.payouts);

        const again = (await service.runJob()).summary;
        expect(again.written).toEqual({ salesforce: 0, hubspot: 0 });
        expect([again.accruals, again.payouts, again.registrations]).toEqual([
          summary.accruals,
          summary.payouts,
          summary.registrations,
        ]);
      },
    );

    function spawnWorker(): ChildProcess {
      return fork(workerFile, [], {
        env: { ...process.env, ...service.env },
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      });
    }

    async function kill(worker: ChildProcess): Promise<void> {
      const gone = once(worker, 'exit');
      worker.kill('SIGKILL');
      await gone;
    }

    /** Waits until the run is in this stage or past it; null waits for its end. */
    async function reach(runId: string, stage: Stage | null): Promise<void> {
      for (let waited = 0; waited < 100_000; waited += 5) {
        const run = await findRun(service.deps.db, runId);
        if (run?.status === 'failed') throw new Error(`the run failed: ${run.error}`);
        if (run?.status === 'done' || run?.stage === stage) return;
        await wait(5);
      }
      throw new Error(`the run never reached ${stage ?? 'its end'}`);
    }
  });
}
