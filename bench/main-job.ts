import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '#src/cli/embedded-postgres.ts';
import { connectSandbox, startSandbox } from '#src/cli/sandbox.ts';
import { loadConfig } from '#src/config/config.ts';
import { migrate } from '#src/db/migrate.ts';
import { jobsOf } from '#src/db/job-store.ts';
import { findRun } from '#src/db/run-store.ts';
import { buildDeps } from '#src/deps.ts';
import { startRun } from '#src/operations/start-run.ts';
import type { RunSummary } from '#src/operations/summarise-run.ts';
import { bareFetchAndCopy } from './bare-fetch.ts';

/**
 * The main job from an empty database to answers in both CRMs, in records a second, beside its floor: the same records fetched by
 * the vendors' bare clients and copied into PostgreSQL with no further work. Sandbox, PostgreSQL and worker are processes of
 * their own, as in production. `--companies FILE.csv` takes real companies.
 */
const { values } = parseArgs({ options: { companies: { type: 'string' } } });
const dir = await mkdtemp(join(tmpdir(), 'fairway-bench-'));
await using stack = new AsyncDisposableStack();
stack.defer(() => rm(dir, { recursive: true, force: true }));
const server = await startEmbeddedPostgres({ dir: join(dir, 'postgres'), log: () => {} });
stack.defer(() => server.stop());
await migrate(server.url);
const env = {
  DATABASE_URL: server.url,
  FAIRWAY_KEY: Buffer.alloc(32, 7).toString('base64'),
  FAIRWAY_DIR: dir,
  LOG_LEVEL: 'warn',
  SYNC_MINUTES: '0',
};
const deps = stack.use(await buildDeps(loadConfig(env, { dir }), server.url));
const sandbox = await startSandbox(join(dir, 'sandbox'));
stack.defer(() => sandbox.stop());
await connectSandbox(deps, { addresses: sandbox.addresses, erpDir: join(dir, 'erp'), companies: values.companies ?? null }, (line) =>
  console.error(line),
);

// The floor first: it must not find the sandbox warmed up by the job.
const floor = await bareFetchAndCopy(deps, server.url);
console.error(`floor: ${floor.records} records in ${floor.durationMs} ms`);

const worker = fork(fileURLToPath(new URL('../workers/main.ts', import.meta.url)), [], {
  env: { ...process.env, ...env },
  stdio: ['ignore', 2, 2, 'ipc'],
});
stack.defer(async () => {
  worker.kill('SIGTERM');
  await once(worker, 'exit');
});
await once(worker, 'message'); // it says when it takes jobs
const first = await timedRun();
const second = await timedRun();
const rssMb = peakMemoryMb(worker.pid ?? 0);

const { pulled, written, calls } = first.summary;
const records = pulled.accounts + pulled.opportunities + pulled.registrations + pulled.invoices;
const value = Math.round((records / first.durationMs) * 1_000);
const floorValue = Math.round((floor.records / floor.durationMs) * 1_000);
console.log(
  JSON.stringify({
    name: 'main-job',
    value,
    unit: 'records/s',
    floor: floorValue,
    /** Wall time over the floor's wall time for the same records. */
    ratio: Number((first.durationMs / floor.durationMs).toFixed(2)),
    rssMb,
    details: {
      records,
      durationMs: first.durationMs,
      floorMs: floor.durationMs,
      stagesMs: first.stagesMs,
      calls,
      floorCalls: floor.calls,
      written,
      secondRun: { durationMs: second.durationMs, written: second.summary.written, calls: second.summary.calls },
    },
  }),
);

interface TimedRun {
  readonly durationMs: number;
  readonly summary: RunSummary;
  readonly stagesMs: Readonly<Record<string, number>>;
}

async function timedRun(): Promise<TimedRun> {
  const began = performance.now();
  const { runId } = await startRun(deps, { trigger: 'person' });
  for (;;) {
    const run = await findRun(deps.db, runId);
    if (run?.status === 'failed') throw new Error(`the run failed: ${run.error}`);
    if (run?.status === 'done') {
      const durationMs = Math.round(performance.now() - began);
      const stagesMs: Record<string, number> = {};
      for (const job of await jobsOf(deps.db, runId)) {
        stagesMs[job.stage ?? ''] = Math.max(stagesMs[job.stage ?? ''] ?? 0, (job.finishedAt?.getTime() ?? 0) - job.createdAt.getTime());
      }
      return { durationMs, summary: run.summary as unknown as RunSummary, stagesMs };
    }
    await wait(20);
  }
}

/** The worker's peak resident set so far, as the kernel counts it. */
function peakMemoryMb(pid: number): number {
  const peakKb = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(peakKb ?? 0) / 1024);
}
