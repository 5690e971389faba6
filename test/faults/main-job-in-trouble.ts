import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { findRun, type Run } from '#src/db/runs/run-store.ts';
import type { Stage } from '#src/operations/runs/run-stages.ts';
import type { RunSummary } from '#src/operations/runs/summarise-run.ts';
import type { Service } from '#test/support/service.ts';
import { brokenInvariants } from '#test/support/sync-queries.ts';

const workerFile = fileURLToPath(new URL('../../workers/main.ts', import.meta.url));

export interface WorkerProcess {
  /** For Node itself, before the file it runs. */
  readonly execArgv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Its log lines, in order. */
  readonly onLog?: (text: string) => void;
}

/**
 * A separate worker process that ends with the test. It is restarted when it dies, as in every deployment.
 */
export async function withWorker(
  service: Service,
  work: () => Promise<void>,
  { execArgv = [], env = {}, onLog }: WorkerProcess = {},
): Promise<void> {
  let over = false;
  let worker: ChildProcess;
  const launch = (): void => {
    const options = { env: { ...process.env, ...service.env, ...env }, execArgv: [...execArgv] };
    worker = fork(workerFile, [], {
      ...options,
      stdio: ['ignore', 'inherit', onLog ? 'pipe' : 'ignore', 'ipc'],
    });
    worker.stderr?.on('data', (data: Buffer) => onLog?.(data.toString()));
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

/**
 * Waits until the run is in this stage or past it; null waits for its end. A database that is away is asked
 * again.
 */
export async function reach(service: Service, runId: string, stage: Stage | null): Promise<Run> {
  for (let waited = 0; waited < 150_000; waited += 10) {
    const run = await findRun(service.deps.db, runId).catch(() => null);
    if (run?.status === 'failed') throw new Error(`the run failed: ${run.error}`);
    if (run && (run.status === 'done' || run.stage === stage)) return run;
    await wait(10);
  }
  throw new Error(`the run never reached ${stage ?? 'its end'}`);
}

/** The whole sample was worked through, once, and a further run finds nothing to do. */
export async function expectWholeAndOnce(service: Service, run: Run): Promise<void> {
  const summary = run.summary as unknown as RunSummary;
  expect(summary).toMatchObject({
    pulled: { accounts: 2_000, opportunities: 3_000, registrations: 200 },
    problems: 0,
  });
  expect(await brokenInvariants(service.deps.db)).toEqual([]);
  const payoutsInCrms =
    (await service.countRecords('salesforce', 'payout')) + (await service.countRecords('hubspot', 'payout'));
  expect(payoutsInCrms).toBe(summary.payouts);
  await service.runJob();
  const again = (await service.runJob()).summary;
  expect(again.written).toEqual({ salesforce: 0, hubspot: 0 });
  expect([again.accruals, again.payouts, again.registrations]).toEqual([
    summary.accruals,
    summary.payouts,
    summary.registrations,
  ]);
}
