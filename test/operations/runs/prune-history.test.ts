import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addJobs, settleJob } from '#src/db/jobs/job-store.ts';
import { insertRun } from '#src/db/runs/run-store.ts';
import { saveIntents, completeIntents } from '#src/db/sync/write-store.ts';
import { pruneHistory } from '#src/operations/runs/prune-history.ts';
import { createLoginLink } from '#src/operations/people/login-link.ts';
import { resolveSession, signIn } from '#src/operations/people/sign-in.ts';
import { seedConsole } from '#test/support/console-data.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';

const dayMs = 24 * 3_600_000;
let service: TestDeps;
beforeEach(async () => {
  service = await startDeps({ now: '2026-11-18T10:00:00Z' });
});
afterEach(() => service[Symbol.asyncDispose]());

async function count(table: 'run' | 'job' | 'login_link' | 'session' | 'write_intent'): Promise<number> {
  const [row] = await service.deps.db.execute<{ count: number }>(
    sql`select count(*)::int as count from ${sql.identifier(table)}`,
  );
  return row?.count ?? 0;
}

async function finishedRuns(many: number): Promise<void> {
  const { db, ids, clock } = service.deps;
  for (let made = 0; made < many; made += 1) {
    const runId = ids();
    await insertRun(db, {
      id: runId,
      trigger: 'schedule',
      stage: 'push',
      status: 'done',
      startedAt: clock(),
      finishedAt: clock(),
    });
    await addJobs(db, [{ id: ids(), runId, stage: 'push', name: 'push', payload: {} }], clock());
  }
}

test('links and sessions that are over go, and a session in use stays', async () => {
  const { deps } = service;
  const enter = async () =>
    signIn(deps, { token: (await createLoginLink(deps, { email: 'a@vendor.test' })).token });
  await enter();
  service.pass(13 * 3_600_000);
  const { sessionToken } = await enter();
  await createLoginLink(deps, { email: 'a@vendor.test' });
  await pruneHistory(deps);
  expect([await count('login_link'), await count('session')]).toEqual([1, 1]);
  expect(await resolveSession(deps, sessionToken)).toMatchObject({
    person: { email: 'a@vendor.test' },
  });
});

test('runs older than 90 days go with their jobs, but for the last hundred', async () => {
  await finishedRuns(105);
  service.pass(89 * dayMs);
  await pruneHistory(service.deps);
  expect(await count('run')).toBe(105);
  service.pass(2 * dayMs);
  await pruneHistory(service.deps);
  expect([await count('run'), await count('job')]).toEqual([100, 100]);
  await finishedRuns(100);
  await pruneHistory(service.deps);
  expect([await count('run'), await count('job')]).toEqual([100, 100]);
});

test('a job that served hints goes after a day; one that failed is kept like any other', async () => {
  const { db, ids, clock } = service.deps;
  const [served, failed] = [ids(), ids()];
  const job = { runId: null, stage: null, name: 'process-hints', payload: {} };
  await addJobs(
    db,
    [
      { ...job, id: served },
      { ...job, id: failed },
    ],
    clock(),
  );
  await settleJob(db, served, { status: 'done', error: null }, clock());
  await settleJob(db, failed, { status: 'failed', error: 'no answer' }, clock());
  service.pass(dayMs - 1);
  await pruneHistory(service.deps);
  expect(await count('job')).toBe(2);
  service.pass(2);
  await pruneHistory(service.deps);
  expect(await count('job')).toBe(1);
});

test('a finished job outside a run goes after 90 days; one that still waits stays', async () => {
  const { db, ids, clock } = service.deps;
  const [over, open] = [ids(), ids()];
  const payload = { registrationIds: [], payoutBatchIds: [] };
  await addJobs(
    db,
    [over, open].map((id) => ({ id, runId: null, stage: null, name: 'write-back', payload })),
    clock(),
  );
  await settleJob(db, over, { status: 'failed', error: 'no' }, clock());
  service.pass(91 * dayMs);
  await pruneHistory(service.deps);
  const left = await db.execute<{ id: string }>(sql`select id from job`);
  expect([...left]).toEqual([{ id: open }]);
});

test('writes go after 90 days, but for the last one to each record', async () => {
  const { db, ids, clock } = service.deps;
  const { salesforceId: connectionId } = await seedConsole(service.deps);
  const before = await count('write_intent');
  const recordId = ids();
  for (const status of ['in_review', 'approved', 'expired']) {
    const id = ids();
    const address = {
      connectionId,
      object: 'Account',
      kind: 'account',
      recordId,
      operation: 'update',
      extId: '001A',
    } as const;
    await saveIntents(db, [{ id, ...address, fields: { status }, createdAt: clock() }]);
    await completeIntents(db, [id], clock());
    service.pass(dayMs);
  }
  await pruneHistory(service.deps);
  expect(await count('write_intent')).toBe(before + 3);
  service.pass(91 * dayMs);
  await pruneHistory(service.deps);
  expect(await count('write_intent')).toBe(before + 1);
});
