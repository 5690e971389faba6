import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Connector } from '#connectors/contract/connector.ts';
import { saveConnection, type Connection } from '#src/db/connections/connection-store.ts';
import { addJobs, jobsOf, type Job } from '#src/db/jobs/job-store.ts';
import { findRun, insertRun } from '#src/db/runs/run-store.ts';
import { connection } from '#src/db/schema/connection.ts';
import { run } from '#src/db/schema/work.ts';
import type { Lane } from '#src/domain/connections/budget.ts';
import { checkConnection } from '#src/operations/connections/check-connection.ts';
import { tryMapping, withConnection } from '#src/operations/connections/use-connection.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';
import { openProblems } from '#test/support/queries.ts';
import { runJob } from '#workers/run-job.ts';
import {
  addConnection,
  fakeVendor,
  refusal,
  requireSaved,
  type FakeVendor,
} from '#test/operations/failing-vendor.ts';

const minuteMs = 60_000;

describe('a connection', () => {
  let test: TestDeps;
  let vendor: FakeVendor;
  let hubspot: Connection;

  beforeAll(async () => {
    test = await startDeps({ now: '2026-11-18T10:00:00Z' });
  });
  afterAll(() => test[Symbol.asyncDispose]());
  beforeEach(async () => {
    await test.deps.db.delete(run);
    await test.deps.db.delete(connection);
    vendor = fakeVendor(test.deps);
    hubspot = await addConnection(test.deps);
  });

  const work = (about = 'companies', lane: Lane = 'bulk'): Promise<unknown> =>
    withConnection(
      vendor.deps,
      { connectionId: hubspot.id, runId: null, about, lane },
      async (_, connector) => connector.fetch('companies', ['1'], []),
    );
  const refused = (): Promise<unknown> => work().catch((error: unknown) => error);
  const current = async (): Promise<Connection> => requireSaved(test.deps, hubspot.id);
  const pauseMinutes = async (): Promise<number | null> => {
    const { pausedUntil } = await current();
    return pausedUntil && (pausedUntil.getTime() - test.deps.clock().getTime()) / minuteMs;
  };

  describe('whose vendor asks to be left alone for longer than a job waits', () => {
    beforeEach(async () => {
      vendor.answer = refusal('throttle', 15 * minuteMs);
      await refused();
      vendor.answer = null;
    });

    it('is paused until then, with the reason, and is not called meanwhile', async () => {
      expect(await current()).toMatchObject({
        status: 'active',
        pauseReason: 'The vendor answers throttle. Mend it.',
      });
      expect(await pauseMinutes()).toBe(15);
      await expect(work()).rejects.toMatchObject({
        failure: {
          code: 'PAUSED',
          class: 'throttle',
          retryAfterMs: 15 * minuteMs,
          message: expect.stringContaining('2026-11-18T'),
        },
      });
      expect(vendor.calls).toBe(1);
    });

    it('refuses everything that would call the vendor, whatever the connector offers', async () => {
      const calls: string[] = [];
      const call = (name: string) => async (): Promise<never> => {
        calls.push(name);
        throw new Error('the vendor was called');
      };
      const offered = {
        owners: call('owners'),
        writeRules: call('writeRules'),
        decisions: { read: call('read'), clear: call('clear') },
        silentChanges: { count: call('count'), references: call('references') },
      };
      const codes = await withConnection(
        {
          ...vendor.deps,
          connectorFor: (...given) => ({ ...vendor.deps.connectorFor(...given), ...offered }) as Connector,
        },
        { connectionId: hubspot.id, runId: null, about: 'companies' },
        async (_, connector) => {
          const { owners, writeRules, decisions, silentChanges } = connector as unknown as typeof offered;
          const all = [owners, writeRules, ...Object.values(decisions), ...Object.values(silentChanges)];
          return Promise.all(all.map((one) => one().catch(({ failure }) => failure?.code)));
        },
      );
      expect(calls).toEqual([]);
      expect(codes).toEqual(Array.from({ length: 6 }, () => 'PAUSED'));
    });

    it('goes on by itself when the time has passed', async () => {
      test.pass(15 * minuteMs);
      await work();
      expect(await current()).toMatchObject({ status: 'active', pausedUntil: null, pauseReason: null });
      expect(await openProblems(test.deps.db)).toEqual([]);
    });

    it('still serves people who wait, which does not end the pause of everything else', async () => {
      await work('companies', 'interactive');
      expect(vendor.calls).toBe(2);
      expect(await pauseMinutes()).toBe(15);
    });

    it('does not serve hints: what is left of its limit is people’s', async () => {
      await expect(work('companies', 'hint')).rejects.toThrow('PAUSED');
      expect(vendor.calls).toBe(1);
    });

    it('is not thought to be read, so that no month is closed without it', async () => {
      await expect(work('deals')).rejects.toThrow('PAUSED');
      expect((await openProblems(test.deps.db)).map(({ code }) => code).sort()).toEqual([
        'PAUSED',
        'THROTTLE',
      ]);
    });
  });

  it('that was paused while an errand was under way stays paused when that errand succeeds', async () => {
    await withConnection(
      vendor.deps,
      { connectionId: hubspot.id, runId: null, about: 'deals' },
      async (_, connector) => {
        await connector.fetch('deals', ['1'], []);
        vendor.answer = refusal('throttle', 15 * minuteMs);
        await expect(work()).rejects.toThrow('THROTTLE');
      },
    );
    expect(await pauseMinutes()).toBe(15);
  });

  it('that is asked to wait a moment is not paused', async () => {
    vendor.answer = refusal('throttle', 20_000);
    await expect(work()).rejects.toThrow('THROTTLE');
    expect(await current()).toMatchObject({ status: 'active', pausedUntil: null });
  });

  describe('whose credentials are refused', () => {
    beforeEach(async () => {
      vendor.answer = refusal('auth');
      await refused();
    });

    it('is tried again after 5 minutes, then ever more rarely, up to every 6 hours, and not by people who wait either', async () => {
      const pauses = [await pauseMinutes()];
      for (let n = 0; n < 8; n += 1) {
        await expect(work('companies', 'interactive')).rejects.toThrow('PAUSED');
        test.pass(((await pauseMinutes()) ?? 0) * minuteMs);
        await expect(work()).rejects.toThrow('AUTH');
        pauses.push(await pauseMinutes());
      }
      expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 320, 360, 360]);
      expect(vendor.calls).toBe(9);
    });

    it('is refused several times at once and pauses once', async () => {
      test.pass(5 * minuteMs);
      await Promise.allSettled([work('a'), work('b'), work('c')]);
      expect(await pauseMinutes()).toBe(10);
    });

    it('works again at once when a person has it checked, and starts again with 5 minutes when it does not', async () => {
      test.pass(5 * minuteMs);
      await expect(work()).rejects.toThrow('AUTH');
      expect(await checkConnection(vendor.deps, { connectionId: hubspot.id })).toMatchObject({ ok: false });
      expect(await pauseMinutes()).toBe(5);
      vendor.answer = null;
      expect(await checkConnection(vendor.deps, { connectionId: hubspot.id })).toMatchObject({ ok: true });
      expect(await current()).toMatchObject({ status: 'active', failure: null, pausedUntil: null });
      await work();
    });

    it('works again at once with new credentials', async () => {
      vendor.answer = null;
      await saveConnection(test.deps.db, await current());
      await work();
      expect(await current()).toMatchObject({ status: 'active', failure: null, pausedUntil: null });
    });
  });

  it('that may not read one object still reads the others, and is asked again what it shows', async () => {
    vendor.answer = refusal('permission');
    await expect(work('deals')).rejects.toThrow('PERMISSION');
    vendor.answer = null;
    await work('companies');
    expect(await current()).toMatchObject({
      status: 'failing',
      pausedUntil: null,
      failure: { class: 'permission' },
    });
    await work('deals');
    expect(await current()).toMatchObject({ status: 'active', failure: null });
  });

  it('does not count as failing while a job still tries again, and does once trying has not helped', async () => {
    vendor.answer = refusal('retry');
    const trying = { ...vendor.deps, willRetry: true };
    const errand = { connectionId: hubspot.id, runId: null, about: 'companies' };
    const ask = (deps: typeof trying) =>
      withConnection(deps, errand, async (_, connector) => connector.fetch('companies', ['1'], []));
    await expect(ask(trying)).rejects.toThrow('RETRY');
    expect(await current()).toMatchObject({ status: 'active', failure: null });
    expect(await openProblems(test.deps.db)).toEqual([]);
    await expect(ask({ ...trying, willRetry: false })).rejects.toThrow('RETRY');
    expect(await current()).toMatchObject({ status: 'failing', failure: { class: 'retry' } });
  });

  describe('that is paused in a run', () => {
    async function pushJob(): Promise<{ readonly runId: string; readonly job: Job }> {
      const { db, ids, clock } = test.deps;
      const [runId, jobId] = [ids(), ids()];
      await insertRun(db, { id: runId, trigger: 'person', stage: 'push', startedAt: clock() });
      const payload = { runId, connectionId: hubspot.id, object: 'companies', kind: 'account' };
      await addJobs(db, [{ id: jobId, runId, stage: 'push', name: 'pull', payload }], clock());
      await runJob(vendor.deps, { id: jobId, lastAttempt: false });
      const [job] = await jobsOf(db, runId);
      if (!job) throw new Error('the job is gone');
      return { runId, job };
    }

    it('ends its jobs without calling, and the run is not complete', async () => {
      await saveConnection(test.deps.db, await current());
      vendor.answer = refusal('throttle', 60 * minuteMs);
      await expect(work()).rejects.toThrow('THROTTLE');
      const asked = vendor.calls;
      const { runId, job } = await pushJob();
      expect(vendor.calls).toBe(asked);
      expect(job).toMatchObject({
        status: 'failed',
        error: expect.stringMatching(/paused until 2026-11-.*The vendor answers throttle/),
      });
      expect(await findRun(test.deps.db, runId)).toMatchObject({
        status: 'done',
        summary: {
          complete: false,
          paused: [{ connection: 'HubSpot', reason: 'The vendor answers throttle. Mend it.' }],
        },
      });
    });

    it('lets what needs no call go on', async () => {
      vendor.answer = refusal('throttle', 60 * minuteMs);
      await expect(work()).rejects.toThrow('THROTTLE');
      const asked = vendor.calls;
      // The description is not known yet, so this would need a call; it is refused with a message, and
      // nothing is thrown.
      expect(await tryMapping(vendor.deps, hubspot, { kind: 'account', runId: null })).toBeNull();
      expect(vendor.calls).toBe(asked);
      await withConnection(
        vendor.deps,
        { connectionId: hubspot.id, runId: null, about: 'nothing' },
        async () => {},
      );
      expect(await pauseMinutes()).toBe(60);
    });
  });
});
