import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CrmConnector } from '#connectors/contract/crm.ts';
import { ConnectorError } from '#connectors/contract/failures.ts';
import { listConnections } from '#src/db/connections/connection-store.ts';
import { addJobs, findJob, settleJob, type Job } from '#src/db/jobs/job-store.ts';
import { findRun, insertRun, updateRun } from '#src/db/runs/run-store.ts';
import { JobRetry } from '#src/queue/backend.ts';
import type { JobName } from '#src/queue/jobs.ts';
import { seedConsole } from '#test/support/console-data.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';
import { runJob } from '#workers/run-job.ts';

describe('an attempt at a job', () => {
  let test: TestDeps;
  beforeEach(async () => {
    test = await startDeps({ now: '2026-11-18T10:00:00Z' });
    await seedConsole(test.deps);
    await test.deps.db.execute(sql`update run set status = 'done' where status = 'running'`);
  });
  afterEach(() => test[Symbol.asyncDispose]());

  async function putOut(
    name: JobName,
    payload: object = {},
  ): Promise<{ readonly jobId: string; readonly runId: string }> {
    const { db, ids, clock } = test.deps;
    const [jobId, runId] = [ids(), ids()];
    await insertRun(db, { id: runId, trigger: 'person', stage: name, startedAt: clock() });
    await addJobs(db, [{ id: jobId, runId, stage: name, name, payload: { runId, ...payload } }], clock());
    return { jobId, runId };
  }
  const job = async (id: string): Promise<Job | null> => findJob(test.deps.db, id);

  it('that fails keeps what the database said, and none of the values it was given', async () => {
    await test.deps.db.execute(sql`alter table registration rename to registration_away`);
    const { jobId, runId } = await putOut('decide');
    await runJob(test.deps, { id: jobId, lastAttempt: true });
    const words = 'relation "registration" does not exist';
    expect((await job(jobId))?.error).toBe(words);
    expect(await findRun(test.deps.db, runId)).toMatchObject({ status: 'failed', error: words });
  });

  it('that is tried again leaves the queue no customer data either', async () => {
    await test.deps.db.execute(sql`alter table registration rename to registration_away`);
    const { jobId } = await putOut('decide');
    await expect(runJob(test.deps, { id: jobId, lastAttempt: false })).rejects.toThrow(
      new JobRetry('relation "registration" does not exist', null),
    );
  });

  it.each(['done', 'running'] as const)(
    'that fails after another worker settled it changes neither the job nor its run, %s',
    async (status) => {
      const { db, clock } = test.deps;
      const { jobId, runId } = await putOut('decide');
      const late = await db.transaction(async (tx) => {
        await tx.execute(sql`lock table registration in access exclusive mode`);
        const running = runJob(test.deps, { id: jobId, lastAttempt: true });
        for (let waited = 0; (await job(jobId))?.attempts !== 1 && waited < 5_000; waited += 20)
          await wait(20);
        await settleJob(db, jobId, { status: 'done', error: null }, clock());
        await updateRun(db, runId, { status });
        await tx.execute(sql`alter table registration rename to registration_away`);
        return { running };
      });
      await late.running;
      expect(await job(jobId)).toMatchObject({ status: 'done', error: null });
      expect(await findRun(db, runId)).toMatchObject({ status, error: null });
    },
  );

  it('that fails in a run which failed already leaves the first reason unchanged', async () => {
    await test.deps.db.execute(sql`alter table registration rename to registration_away`);
    const { jobId, runId } = await putOut('decide');
    await updateRun(test.deps.db, runId, { status: 'failed', error: 'the first reason' });
    await runJob(test.deps, { id: jobId, lastAttempt: true });
    expect((await findRun(test.deps.db, runId))?.error).toBe('the first reason');
  });

  async function pullThrottledFor(retryAfterMs: number): Promise<string> {
    const [connection] = await listConnections(test.deps.db);
    const { jobId } = await putOut('pull', {
      connectionId: connection?.id,
      object: 'Account',
      kind: 'account',
    });
    const throttled = new ConnectorError({
      class: 'throttle',
      code: 'LIMIT',
      message: 'too many calls',
      fix: 'Wait.',
      retryAfterMs,
    });
    const refuse = (): never => {
      throw throttled;
    };
    const connector = new Proxy({} as CrmConnector, {
      get: (_, name) => (name === 'calls' ? () => 0 : refuse),
    });
    await runJob({ ...test.deps, connectorFor: () => connector }, { id: jobId, lastAttempt: false });
    return jobId;
  }

  it('that a vendor throttles is tried again after the wait it asks for', async () => {
    await expect(pullThrottledFor(20_000)).rejects.toMatchObject({ name: 'JobRetry', afterMs: 20_000 });
  });

  it('that a vendor throttles for long is over, and says until when the vendor is left alone', async () => {
    const jobId = await pullThrottledFor(15 * 60_000);
    expect(await job(jobId)).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('2026-11-18T10:15:00.000Z'),
    });
  });
});
