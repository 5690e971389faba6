import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest';
import { lastClosedPeriod, unpaidEntries } from '#src/db/ledger/ledger-store.ts';
import { batchesAwaitingFile } from '#src/db/payouts/payout-store.ts';
import type { Deps } from '#src/deps.ts';
import { addMonths, periodOf } from '#src/domain/period.ts';
import { readAgreedTime } from '#src/operations/clocks/read-clocks.ts';
import { draftPayouts } from '#src/operations/payouts/draft-payouts.ts';
import { approvePayoutBatch, submitPayoutBatch } from '#src/operations/payouts/payout-batch.ts';
import { confirmReopening, requestReopening } from '#src/operations/payouts/reopen-period.ts';
import { createLoginLink } from '#src/operations/people/login-link.ts';
import { startRun } from '#src/operations/runs/start-run.ts';
import { sampleWith } from '#test/connectors/hubspot/account.ts';
import { reach, withWorker } from '#test/faults/main-job-in-trouble.ts';
import {
  noProgress,
  readEverything,
  startHintsFixture,
  type HintsFixture,
} from '#test/operations/hints/hints-fixture.ts';
import { seedConsole } from '#test/support/console-data.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';
import { startService } from '#test/support/service.ts';

const clockFile = fileURLToPath(new URL('../faults/skewed-clock.ts', import.meta.url));
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

it(
  'a worker whose clock is 70 days ahead closes no month, drafts and expires nothing, and the run says why',
  { timeout: 240_000 },
  async () => {
    await using service = await startService({ queue: 'postgresql' });
    const { db } = service.deps;
    let said: unknown;
    const work = async (): Promise<void> => {
      const { runId } = await startRun(service.deps, { trigger: 'start' });
      said = (await reach(service, runId, null)).summary?.['clocks'];
    };
    await withWorker(service, work, {
      execArgv: ['--import', clockFile],
      env: { SKEW_MS: String(70 * dayMs) },
    });
    expect(await lastClosedPeriod(db)).toBe(null);
    const rows = await db.execute<{ batches: number; expired: number; ahead: number; alerts: number }>(sql`
      select (select count(*)::int from payout_batch) as batches,
             (select count(*)::int from registration where status = 'expired') as expired,
             (select count(*)::int from tier_assignment where effective_from > current_date) as ahead,
             (select count(*)::int from alert where state = 'clock') as alerts`);
    expect([...rows]).toEqual([{ batches: 0, expired: 0, ahead: 0, alerts: 1 }]);
    expect(said).toMatch(/^The clocks disagree \(UTC\): this server .*, the database .*, HubSpot .*, Sales/);
    // With the clock set right, the next run makes up for it.
    const { summary } = await service.runJob();
    expect(summary.clocks).toBe(null);
    const ended = addMonths(periodOf(new Date().toISOString().slice(0, 10)), -1);
    expect([ended, addMonths(ended, -1)]).toContain(await lastClosedPeriod(db));
  },
);

describe('when server and database share a wrong clock', () => {
  let fixture: HintsFixture;
  let vendorAheadMs = 0;
  let deps: Deps;
  beforeAll(async () => {
    fixture = await startHintsFixture(sampleWith(1), () => new Date(Date.now() + vendorAheadMs));
    deps = fixture.deps;
  }, 60_000);
  afterAll(() => fixture[Symbol.asyncDispose]());

  it('the Date header of a vendor shows it within one read', async () => {
    expect((await readAgreedTime(deps)).disagreement).toBe(null);
    vendorAheadMs = -40 * dayMs;
    await readEverything(deps, fixture.connection).catch(() => {});
    const { disagreement, today } = await readAgreedTime(deps);
    expect(disagreement).toContain('HubSpot');
    expect(today).toBe(new Date(Date.now() - 40 * dayMs).toISOString().slice(0, 10));
    await draftPayouts(deps, noProgress);
    expect(await lastClosedPeriod(deps.db)).toBe(null);
    vendorAheadMs = 0;
    await readEverything(deps, fixture.connection).catch(() => {});
    expect((await readAgreedTime(deps)).disagreement).toBe(null);
  });
});

describe('the close of a month', () => {
  let test: TestDeps;
  let deps: Deps;
  let anna: string;
  let ben: string;
  const period = '2026-10';
  beforeEach(async () => {
    test = await startDeps({ now: '2026-11-18T10:00:00Z' });
    deps = test.deps;
    await seedConsole(deps);
    await deps.db.execute(sql`update problem set status = 'resolved' where source = 'connection'`);
    anna = (await createLoginLink(deps, { email: 'anna@example.com', role: 'finance' })).person.id;
    ben = (await createLoginLink(deps, { email: 'ben@example.com', role: 'finance' })).person.id;
  });
  afterEach(() => test[Symbol.asyncDispose]());

  const ask = (personId: string) =>
    requestReopening(deps, { period, reason: 'The clock was wrong.', personId });

  it('is taken back by two people, as an event of its own, and what it paid is unpaid again', async () => {
    const [batch] = await batchesAwaitingFile(deps.db);
    expect(batch).toMatchObject({ period, status: 'draft' });
    const { reopeningId } = await ask(anna);
    expect(await lastClosedPeriod(deps.db)).toBe(period);
    await expect(confirmReopening(deps, { period, reopeningId, personId: anna })).rejects.toMatchObject({
      code: 'not_allowed',
    });
    await confirmReopening(deps, { period, reopeningId, personId: ben });
    expect(await lastClosedPeriod(deps.db)).not.toBe(period);
    const unpaid = (await unpaidEntries(deps.db, period)).reduce((sum, one) => sum + one.amountMinor, 0n);
    expect(unpaid).toBeGreaterThanOrEqual(batch?.totalMinor ?? 0n);
    const events = await deps.db.execute(
      sql`select a.action, p.email from audit_event a join person p on p.id = a.actor_id where a.subject_kind = 'period' order by a.id`,
    );
    expect([...events]).toEqual([
      { action: 'period.reopen_requested', email: 'anna@example.com' },
      { action: 'period.reopened', email: 'ben@example.com' },
    ]);
    // The next run closes the month again, with the same payouts.
    await draftPayouts(deps, noProgress);
    const again = (await batchesAwaitingFile(deps.db)).find(({ key }) => key === batch?.key);
    expect(again).toMatchObject({ totalMinor: batch?.totalMinor, itemCount: batch?.itemCount });
  });

  it('is not taken back once a batch of it is approved, or has changed since it was asked for', async () => {
    const { reopeningId } = await ask(anna);
    const batches = await batchesAwaitingFile(deps.db);
    for (const { id } of batches) {
      await submitPayoutBatch(deps, { batchId: id, personId: anna });
      await approvePayoutBatch(deps, { batchId: id, personId: ben });
    }
    await expect(confirmReopening(deps, { period, reopeningId, personId: ben })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/is approved/),
    });
    await expect(ask(anna)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('cannot be taken back in the database by one person, nor without a request', async () => {
    const { reopeningId } = await ask(anna);
    const refused = (statement: ReturnType<typeof sql>) =>
      expect(deps.db.execute(statement)).rejects.toThrow(/Failed query/);
    await refused(sql`delete from period where period = ${period}`);
    await refused(sql`delete from payout_line`);
    await refused(sql`update period set period = '2026-09'`);
    await refused(sql`
      update period_reopening set confirmed_by = ${anna}, confirmed_at = now(), confirmed_tx = pg_current_xact_id()::text
      where id = ${reopeningId}`);
    await confirmReopening(deps, { period, reopeningId, personId: ben });
    await refused(sql`update period_reopening set reason = 'Another reason' where id = ${reopeningId}`);
    await refused(sql`delete from period_reopening`);
    expect(await lastClosedPeriod(deps.db)).not.toBe(period);
  });
});
