import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startEmbeddedPostgres } from '#src/cli/local/embedded-postgres.ts';
import { startSandbox, type SandboxAddresses } from '#src/cli/local/sandbox.ts';
import { workerFlags } from '#src/cli/local/worker-flags.ts';
import { loadConfig } from '#src/config/config.ts';
import { jobsOf } from '#src/db/jobs/job-store.ts';
import { migrate } from '#src/db/migrate.ts';
import { findRun } from '#src/db/runs/run-store.ts';
import { buildDeps, type Deps } from '#src/deps.ts';
import { startRun } from '#src/operations/runs/start-run.ts';
import type { RunSummary } from '#src/operations/runs/summarise-run.ts';

/**
 * Fairway as in production: sandbox, PostgreSQL and worker are separate processes. Nothing is connected yet.
 */
export interface BenchService extends AsyncDisposable {
  readonly deps: Deps;
  readonly databaseUrl: string;
  readonly addresses: SandboxAddresses;
  readonly dir: string;
  /** Resolves when it takes jobs. */
  startWorker(): Promise<BenchWorker>;
  /** Asks the sandbox's control server. */
  control(path: string, body?: unknown): Promise<unknown>;
}

export interface BenchWorker {
  readonly pid: number;
  /** Ends it as a deployment does. Otherwise it ends with the service. */
  stop(): Promise<void>;
}

/** @param settings additional environment variables */
export async function openBenchService(
  settings: Readonly<Record<string, string>> = {},
): Promise<BenchService> {
  await using opening = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), 'fairway-bench-'));
  opening.defer(() => rm(dir, { recursive: true, force: true }));
  const server = await startEmbeddedPostgres({ dir: join(dir, 'postgres'), log: () => {} });
  opening.defer(() => server.stop());
  await migrate(server.url);
  const env = {
    DATABASE_URL: server.url,
    FAIRWAY_KEY: Buffer.alloc(32, 7).toString('base64'),
    FAIRWAY_DIR: dir,
    LOG_LEVEL: 'warn',
    SYNC_MINUTES: '0',
    ...settings,
  };
  const deps = opening.use(await buildDeps(loadConfig(env, { dir }), server.url));
  const sandbox = await startSandbox(join(dir, 'sandbox'), { openControl: true });
  opening.defer(() => sandbox.stop());
  const owned = opening.move();
  return {
    deps,
    databaseUrl: server.url,
    addresses: sandbox.addresses,
    dir,
    async startWorker() {
      const worker = fork(fileURLToPath(new URL('../workers/main.ts', import.meta.url)), [], {
        env: { ...process.env, ...env },
        execArgv: [...workerFlags],
        stdio: ['ignore', 2, 2, 'ipc'],
      });
      const stop = async (): Promise<void> => {
        if (worker.exitCode !== null || worker.signalCode !== null) return;
        const exited = once(worker, 'exit');
        worker.kill('SIGTERM');
        await exited;
      };
      owned.defer(stop);
      await once(worker, 'message'); // it says when it takes jobs
      return { pid: worker.pid ?? 0, stop };
    },
    async control(path, body) {
      const post = {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      };
      const response = await fetch(`${sandbox.addresses.control}${path}`, body === undefined ? {} : post);
      if (!response.ok)
        throw new Error(`the sandbox answered ${path} with ${response.status}: ${await response.text()}`);
      return response.json();
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

export interface TimedRun {
  readonly durationMs: number;
  readonly summary: RunSummary;
  /** The longest job of each stage. */
  readonly stagesMs: Readonly<Record<string, number>>;
  /** The time until every record was placed: the end of the last placing job. */
  readonly placedMs: number;
}

/** Runs the main job once in the worker process. */
export async function timedRun(deps: Deps): Promise<TimedRun> {
  const began = performance.now();
  const beganAt = Date.now();
  const { runId } = await startRun(deps, { trigger: 'person' });
  for (;;) {
    const run = await findRun(deps.db, runId);
    if (run?.status === 'failed') throw new Error(`the run failed: ${run.error}`);
    if (run?.status === 'done') {
      const durationMs = Math.round(performance.now() - began);
      const stagesMs: Record<string, number> = {};
      let placedMs = 0;
      for (const job of await jobsOf(deps.db, runId)) {
        stagesMs[job.stage ?? ''] = Math.max(
          stagesMs[job.stage ?? ''] ?? 0,
          (job.finishedAt?.getTime() ?? 0) - job.createdAt.getTime(),
        );
        if (job.stage === 'map') placedMs = Math.max(placedMs, (job.finishedAt?.getTime() ?? 0) - beganAt);
      }
      return { durationMs, summary: run.summary as unknown as RunSummary, stagesMs, placedMs };
    }
    await wait(50);
  }
}

/** A process's peak resident set so far, as the kernel counts it. */
export function peakMemoryMb(pid: number): number {
  const peakKb = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(peakKb ?? 0) / 1024);
}
