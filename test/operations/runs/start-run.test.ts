import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRun, startScheduledRun } from '#src/operations/runs/start-run.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';

const everyMs = 5 * 60_000;
let service: TestDeps;
beforeAll(async () => {
  service = await startDeps({ now: '2026-11-18T10:00:00Z' });
});
afterAll(() => service[Symbol.asyncDispose]());

const finishRuns = () =>
  service.deps.db.execute(
    sql`update run set status = 'done', finished_at = started_at where status = 'running'`,
  );
/**
 * Fires the timers of several workers one after another, each after the previous run has ended.
 */
async function timersOf(workers: number): Promise<number> {
  let started = 0;
  for (let worker = 0; worker < workers; worker += 1) {
    if ((await startScheduledRun(service.deps, everyMs)) !== null) started += 1;
    await finishRuns();
    service.pass(1_000);
  }
  return started;
}

test('several workers make one schedule', async () => {
  expect(await timersOf(3)).toBe(1);
  service.pass(everyMs);
  expect(await timersOf(3)).toBe(1);
});

test('two workers whose timers fire together start one run', async () => {
  service.pass(everyMs);
  const started = await Promise.all([1, 2, 3].map(() => startScheduledRun(service.deps, everyMs)));
  expect(started.filter((id) => id !== null)).toHaveLength(1);
  await finishRuns();
});

test('a person starts a run however short ago the last one was', async () => {
  expect((await startRun(service.deps, { trigger: 'person' })).alreadyRunning).toBe(false);
  await finishRuns();
});

test('a run somebody started puts off the scheduled one', async () => {
  expect(await startScheduledRun(service.deps, everyMs)).toBeNull();
});
