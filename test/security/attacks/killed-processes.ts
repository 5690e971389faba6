import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { runningPostgres } from '#src/cli/local/embedded-postgres.ts';
import { sampleSteps } from '#src/cli/local/sample/sample-steps.ts';
import { openDatabase } from '#src/db/client.ts';
import type { RunSummary } from '#src/operations/runs/summarise-run.ts';
import type { Attack, AttackResult, AttackSize } from '#test/security/attack-contract.ts';
import { redisServer, startRedis } from '#test/support/redis.ts';
import { brokenInvariants } from '#test/support/sync-queries.ts';

/** The processes that are killed. Killing the API kills the command `start` itself; it is started again. */
const victims = ['api', 'worker', 'postgresql', 'redis', 'sandbox'] as const;
type Victim = (typeof victims)[number];

/** Each process of `npm start` that is killed is started again, and nothing is lost or done twice. */
export const killedProcesses: Attack = {
  summary: 'kills the API, the worker, PostgreSQL, Redis and the sandbox while they work: nothing is lost',
  sizes: { long: 200, short: 5 },
  run: killProcesses,
};

/**
 * Starts the whole of Fairway as `npm start` does, kills its processes one after the other while it works, and
 * checks at the end that nothing was lost or done twice.
 */
async function killProcesses({ attempts, seed, log }: AttackSize): Promise<AttackResult> {
  await using stack = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), 'fairway-kill-'));
  stack.defer(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
  let redis = redisServer === null ? null : await startRedis({ appendOnly: true });
  stack.defer(async () => redis?.stop());
  const start = (): Started => startFairway(dir, redis?.url ?? null);
  let started = start();
  stack.defer(() => stopFairway(started, dir));
  await healthy(started, dir, firstStartMs);
  const next = random(seed);
  const able = victims.filter((victim) => victim !== 'redis' || redis !== null);
  const count: Partial<Record<Victim, number>> = {};
  let longestOutageMs = 0;
  for (let n = 0; n < attempts; n += 1) {
    // The first round has every victim once.
    const victim = able[n < able.length ? n : Math.floor(next() * able.length)] ?? 'worker';
    await wait(200 + next() * 3_000);
    const killedAt = performance.now();
    if (victim === 'api') {
      await killProcess(started.child);
      started = start();
    } else if (victim === 'redis' && redis) {
      await redis.kill();
      redis = await startRedis({ appendOnly: true, again: redis });
    } else if (!killPart(victim, started, dir)) {
      continue; // It was not up again since the last kill.
    }
    count[victim] = (count[victim] ?? 0) + 1;
    await healthy(started, dir, longestOutage);
    longestOutageMs = Math.max(longestOutageMs, performance.now() - killedAt);
    log(
      `${n + 1}/${attempts}: ${victim} killed, healthy after ${Math.round(performance.now() - killedAt)} ms`,
    );
  }
  const { broken, runs } = await expectWhole(started, dir);
  const kills = Object.fromEntries(Object.entries(count).map(([name, n]) => [`kills of ${name}`, n]));
  return { figures: { ...kills, 'longest outage (ms)': Math.round(longestOutageMs), runs }, broken };
}

const firstStartMs = 400_000;
const longestOutage = 200_000;

interface Started {
  readonly child: ChildProcess;
  readonly env: NodeJS.ProcessEnv;
  readonly log: string[];
}

function startFairway(dir: string, redisUrl: string | null): Started {
  const env = {
    ...process.env,
    DATABASE_URL: '',
    FAIRWAY_DIR: dir,
    PORT: '0',
    SYNC_MINUTES: '5',
    LOG_LEVEL: 'error',
    REDIS_URL: redisUrl ?? '',
  };
  const child = spawn(process.execPath, ['src/cli/main.ts', 'start'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const log: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => log.push(text));
  return { child, env, log };
}

/** Waits until the API answers that it is well, and the worker and the sandbox run. */
async function healthy({ child, log }: Started, dir: string, withinMs: number): Promise<void> {
  const until = performance.now() + withinMs;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`start ended with ${child.exitCode}: ${log.join('')}`);
    const isWell =
      (await answers(log)) &&
      partsOf(child.pid ?? 0, 'worker').length > 0 &&
      partsOf(child.pid ?? 0, 'sandbox').length > 0 &&
      postmasterPid(dir) !== null;
    if (isWell) return;
    if (performance.now() > until)
      throw new Error(`not healthy in ${withinMs} ms: ${log.join('').slice(-4_000)}`);
    await wait(100);
  }
}

async function answers(log: readonly string[]): Promise<boolean> {
  const address = /Fairway is at (\S+)/.exec(log.join(''))?.[1];
  if (address === undefined) return false;
  try {
    return (await fetch(`${address}/healthz`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}

function killPart(victim: Victim, { child }: Started, dir: string): boolean {
  const pids =
    victim === 'postgresql'
      ? [postmasterPid(dir)].filter((pid) => pid !== null)
      : partsOf(child.pid ?? 0, victim);
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  return pids.length > 0;
}

const files: Readonly<Partial<Record<Victim, string>>> = {
  worker: 'workers/main.ts',
  sandbox: 'sandbox/main.ts',
};

/** The children of a process that run this part. */
function partsOf(parent: number, victim: Victim): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
        const isChild = Number(rest.split(' ')[1]) === parent && !rest.startsWith('Z');
        return isChild && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(files[victim] ?? '');
      } catch {
        return false; // It ended meanwhile.
      }
    })
    .map(Number);
}

function postmasterPid(dir: string): number | null {
  const file = join(dir, 'postgres/data/postmaster.pid');
  if (!existsSync(file)) return null;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  try {
    process.kill(pid, 0);
    return pid;
  } catch {
    return null;
  }
}

async function killProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

async function stopFairway({ child }: Started, dir: string): Promise<void> {
  child.kill('SIGTERM');
  await Promise.race([once(child, 'exit'), wait(10_000)]);
  await killProcess(child);
  const pid = postmasterPid(dir);
  if (pid !== null) process.kill(pid, 'SIGQUIT');
}

/** Those of the sandbox, and the samples that `start` adds. */
const expectedRegistrations = 200 + new Set(sampleSteps.map(({ registration }) => registration)).size;

/** Three more runs: the first finishes what was interrupted, and the last has nothing to do. */
async function expectWhole(
  started: Started,
  dir: string,
): Promise<{ readonly broken: readonly string[]; readonly runs: number }> {
  const url = runningPostgres(join(dir, 'postgres'))?.url ?? null;
  if (url === null) return { broken: ['PostgreSQL does not run'], runs: 0 };
  await using database = openDatabase(url, 2);
  const { db } = database;
  for (let n = 0; n < 3; n += 1) await runMainJob(started.env);
  const [last] = await db.execute<{ summary: RunSummary }>(
    sql`select summary from run where status = 'done' order by started_at desc limit 1`,
  );
  const broken: string[] = (await brokenInvariants(db)).map((row) => JSON.stringify(row));
  if (!last) return { broken: [...broken, 'no run ended'], runs: 0 };
  const { registrations, written, problems } = last.summary;
  if (registrations.total !== expectedRegistrations)
    broken.push(`there are ${registrations.total} registrations, not ${expectedRegistrations}`);
  if (Object.values(written).some((records) => records > 0))
    broken.push(`the last run wrote again: ${JSON.stringify(written)}`);
  if (problems > 0) broken.push(`${problems} problems are open`);
  const [totals] = await db.execute<{ runs: number; twice: number; unbalanced: number }>(sql`
    select (select count(*)::int from run) as runs,
           (select count(*)::int from (select key from payout_item group by key having count(*) > 1) k) as twice,
           (select count(*)::int from (select currency from posting group by currency having sum(amount_minor) <> 0) c) as unbalanced`);
  if (totals && totals.twice > 0) broken.push(`${totals.twice} payouts exist twice`);
  if (totals && totals.unbalanced > 0) broken.push('the ledger does not balance');
  if (started.child.exitCode !== null) broken.push('start has ended');
  return { broken, runs: totals?.runs ?? 0 };
}

/** Starts the main job on the running service, or joins the one that runs, and waits for its end. */
async function runMainJob(env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn(process.execPath, ['src/cli/main.ts', 'sync', 'run'], { env, stdio: 'ignore' });
  await once(child, 'exit');
}

/** Numbers from 0 to 1 that follow from a seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
