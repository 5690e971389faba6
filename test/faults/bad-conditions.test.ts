import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { cp, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { startEmbeddedPostgres } from '#src/cli/local/embedded-postgres.ts';
import { supervise } from '#src/cli/local/supervise.ts';
import { migrate } from '#src/db/migrate.ts';
import { startRun } from '#src/operations/runs/start-run.ts';
import { redisServer, startRedis } from '#test/support/redis.ts';
import { startService } from '#test/support/service.ts';
import { expectWholeAndOnce, reach, withWorker } from './main-job-in-trouble.ts';

const clockFile = fileURLToPath(new URL('./skewed-clock.ts', import.meta.url));
const timeout = 240_000;
const [mount, unmount] = ['/bin/mount', '/bin/umount'] as const;

describe('in the middle of the main job', () => {
  it.skipIf(redisServer === null)(
    'Redis comes back with an old append-only file: nothing is lost or done twice',
    { timeout },
    async () => {
      await using stack = new AsyncDisposableStack();
      let redis = await startRedis({ appendOnly: true });
      stack.defer(() => redis.stop());
      const service = stack.use(await startService({ queue: { redisUrl: redis.url } }));
      await withWorker(service, async () => {
        const { runId } = await startRun(service.deps, { trigger: 'start' });
        await reach(service, runId, 'pull');
        await wait(300);
        const [current, backup] = [join(redis.dir, 'appendonlydir'), join(redis.dir, 'backup')];
        await cp(current, backup, { recursive: true });
        await reach(service, runId, 'push');
        await redis.kill();
        await rm(current, { recursive: true });
        await cp(backup, current, { recursive: true });
        redis = await startRedis({ appendOnly: true, again: redis });
        await expectWholeAndOnce(service, await reach(service, runId, null));
      });
    },
  );

  it(
    'one worker’s clock is two minutes ahead and another’s two behind: the end is the same',
    { timeout },
    async () => {
      await using service = await startService({ queue: 'postgresql' });
      const skewed = (minutes: number) => ({
        execArgv: ['--import', clockFile],
        env: { SKEW_MS: String(minutes * 60_000) },
      });
      const job = async (): Promise<void> => {
        const [began] = await service.deps.db.execute<{ at: string }>(sql`select now()::text as at`);
        const { runId } = await startRun(service.deps, { trigger: 'start' });
        const run = await reach(service, runId, null);
        // Each job seems to have ended before the run began, or has yet to end.
        const off = sql<boolean>`bool_and(finished_at < ${began?.at}::timestamptz or finished_at > now()) as off`;
        expect([
          ...(await service.deps.db.execute(sql`select ${off} from job where run_id = ${runId}`)),
        ]).toEqual([{ off: true }]);
        await expectWholeAndOnce(service, run);
      };
      await withWorker(service, () => withWorker(service, job, skewed(2)), skewed(-2));
    },
  );

  it(
    'vendors take writes and never answer: each is given up and made again, and nothing twice',
    { timeout },
    async () => {
      await using service = await startService({ queue: 'postgresql' });
      const rules = [
        { vendor: 'salesforce', match: { path: '/composite/sobjects', nth: 2, times: 1 } },
        { vendor: 'hubspot', match: { path: '/batch/(update|upsert|create)', nth: 2, times: 1 } },
      ];
      const faults = `${service.addresses.control}/faults`;
      const body = JSON.stringify(rules.map((rule) => ({ ...rule, fault: { kind: 'hang' } })));
      expect(
        (await fetch(faults, { method: 'POST', headers: { 'content-type': 'application/json' }, body })).ok,
      ).toBe(true);
      await withWorker(service, async () => {
        const { runId } = await startRun(service.deps, { trigger: 'start' });
        const run = await reach(service, runId, null);
        const struck = (await (await fetch(faults)).json()) as {
          readonly rules: readonly { readonly struck: number }[];
        };
        expect(struck.rules.map((rule) => rule.struck)).toEqual([1, 1]);
        await expectWholeAndOnce(service, run);
      });
    },
  );

  it.skipIf(!mayMount())(
    'PostgreSQL’s disk is full for a while: it goes on when there is room',
    { timeout },
    async () => {
      await using stack = new AsyncDisposableStack();
      const disk = await mkdtemp(join(tmpdir(), 'fairway-test-disk-'));
      stack.defer(() => rm(disk, { recursive: true, force: true }));
      execFileSync(mount, ['-t', 'tmpfs', '-o', 'size=400m', 'tmpfs', disk]);
      stack.defer(() => void execFileSync(unmount, ['-l', disk]));
      const options = {
        dir: join(disk, 'postgres'),
        log: () => {},
        settings: { max_wal_size: '64MB', min_wal_size: '32MB' },
      };
      const server = await startEmbeddedPostgres(options);
      // As `npm start` does: a server that is gone is started again.
      const running = () => ({
        ended: server.untilGone().then(() => 'it is gone'),
        stop: () => server.stop(),
      });
      const restart = () => server.restart().then(running);
      stack.use(supervise({ name: 'PostgreSQL', say: () => {}, running: running(), start: restart }));
      await migrate(server.url);
      const service = stack.use(await startService({ queue: 'postgresql', databaseUrl: server.url }));
      let log = '';
      const work = async (): Promise<void> => {
        const { runId } = await startRun(service.deps, { trigger: 'start' });
        await reach(service, runId, 'pull');
        const filler = join(disk, 'filler');
        await fill(disk, filler);
        // A statement is refused, or the whole server goes away: its log of changes found no room.
        await expect
          .poll(() => log, { timeout: 60_000 })
          .toMatch(/No space left on device|cannot be reached/);
        await rm(filler);
        await expectWholeAndOnce(service, await reach(service, runId, null));
      };
      await withWorker(service, work, { env: { LOG_LEVEL: 'warn' }, onLog: (text) => (log += text) });
    },
  );
});

/** Root may, unless its container says otherwise. */
function mayMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const dir = mkdtempSync(join(tmpdir(), 'fairway-test-mount-'));
  try {
    execFileSync(mount, ['-t', 'tmpfs', 'tmpfs', dir], { stdio: 'ignore' });
    execFileSync(unmount, [dir]);
    return true;
  } catch {
    return false;
  } finally {
    rmdirSync(dir);
  }
}

async function freeBytes(disk: string): Promise<number> {
  const { bavail, bsize } = await statfs(disk);
  return bavail * bsize;
}

async function fill(disk: string, filler: string): Promise<void> {
  await writeFile(filler, '');
  for (let free = await freeBytes(disk); free > 0; free = await freeBytes(disk)) {
    await writeFile(filler, Buffer.alloc(Math.min(free, 64 * 1024 * 1024)), { flag: 'a' }).catch(() => {}); // full is what it should become
  }
}
