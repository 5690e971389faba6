import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BudgetWindow, CallGate } from '#connectors/contract/limits.ts';
import { releaseBudgets } from '#src/db/connections/budget-store.ts';
import { callGate } from '#src/db/connections/call-gate.ts';
import { saveConnection } from '#src/db/connections/connection-store.ts';
import { budget, connection } from '#src/db/schema/connection.ts';
import { sealSecrets } from '#src/db/connections/secrets.ts';
import type { Lane } from '#src/domain/connections/budget.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';

const burst: BudgetWindow = { name: 'burst', lengthMs: 10_000, allowed: 4, counts: ['call', 'search'] };
const day: BudgetWindow = { name: 'day', lengthMs: 86_400_000, allowed: 1_000, counts: ['call', 'search'] };

describe('the gate of a connection', () => {
  let test: TestDeps;
  let connectionId: string;
  const failures: unknown[] = [];

  beforeAll(async () => {
    test = await startDeps();
  });
  afterAll(() => test[Symbol.asyncDispose]());
  beforeEach(async () => {
    const { db, ids, config, clock } = test.deps;
    await db.delete(connection);
    failures.length = 0;
    connectionId = ids();
    const secrets = sealSecrets(config.masterKey, connectionId, {});
    await saveConnection(db, {
      id: connectionId,
      kind: 'hubspot',
      name: 'HubSpot',
      settings: {},
      secrets,
      createdAt: clock(),
    });
  });

  const gate = (windows: readonly BudgetWindow[], lane: Lane = 'bulk', id = connectionId): CallGate =>
    callGate(test.deps.db, {
      connectionId: id,
      lane,
      windows: () => windows,
      now: () => new Date(),
      onError: (error) => failures.push(error),
    });
  const admit = async (at: CallGate, times: number): Promise<void> => {
    for (let n = 0; n < times; n += 1) await at.admit('call');
  };
  const rows = async () => test.deps.db.select().from(budget);

  it('reserves a part of a limit for people, and gives bulk work the time to wait', async () => {
    const bulk = gate([{ ...burst, lengthMs: 30_000 }]);
    await admit(bulk, 2);
    const refusal = await bulk.admit('call').catch((error: unknown) => error);
    expect(refusal).toMatchObject({
      failure: { class: 'throttle', code: 'BUSY', retryAfterMs: expect.closeTo(31_500, -3) },
    });
    await gate([{ ...burst, lengthMs: 30_000 }], 'hint').admit('call');
    await gate([{ ...burst, lengthMs: 30_000 }], 'interactive').admit('call');
  });

  it('waits inside the call when the wait is short', async () => {
    const short: BudgetWindow = { name: 'search', lengthMs: 300, allowed: 1, counts: ['search'] };
    const lone = gate([short]);
    const began = performance.now();
    await lone.admit('search');
    await lone.admit('search');
    expect(performance.now() - began).toBeGreaterThanOrEqual(450);
  });

  it('blocks every call until the vendor may be called again, also calls that were already waiting', async () => {
    const short: BudgetWindow = { ...burst, lengthMs: 300, allowed: 1 };
    const [waiting, refused] = [gate([short]), gate([short])];
    await waiting.admit('call');
    const began = performance.now();
    const admitted = waiting.admit('call');
    await refused.hold('burst', 1_200);
    await admitted;
    expect(performance.now() - began).toBeGreaterThanOrEqual(1_190);
    await refused.hold('burst', 600_000);
    await expect(waiting.admit('call')).rejects.toMatchObject({
      failure: { class: 'throttle', code: 'RATE_LIMITED' },
    });
  });

  it('uses the vendor’s count of the day, which includes other integrations', async () => {
    const bulk = gate([burst, day]);
    await bulk.admit('call');
    await bulk.learn([{ name: 'day', allowed: 250_000, used: 225_000 }]);
    await expect(bulk.admit('call')).rejects.toMatchObject({
      failure: { code: 'VENDOR_DAILY_LIMIT_REACHED', retryAfterMs: expect.closeTo(900_000, -4) },
    });
    await bulk.learn([{ name: 'day', allowed: 250_000, used: 100 }]);
    await bulk.admit('call');
    expect((await rows()).find((row) => row.window === 'day')).toMatchObject({
      allowed: 250_000,
      used: 101,
      usedByFairway: 2,
    });
  });

  it('stops at the daily call limit that the customer set, even if the vendor allows more', async () => {
    await test.deps.db.update(connection).set({ dailyCallLimit: 3 });
    const bulk = gate([day]);
    await admit(bulk, 1);
    await bulk.learn([{ name: 'day', allowed: 250_000, used: 10 }]);
    await expect(bulk.admit('call')).rejects.toMatchObject({ failure: { code: 'DAILY_LIMIT_REACHED' } });
    await gate([day], 'hint').admit('call');
    await gate([day], 'interactive').admit('call');
    await expect(gate([day], 'interactive').admit('call')).rejects.toMatchObject({
      failure: { code: 'DAILY_LIMIT_REACHED' },
    });
  });

  it('lets a person find out at once whether a used-up or blocked limit is open again', async () => {
    const bulk = gate([day]);
    await bulk.admit('call');
    await bulk.learn([{ name: 'day', allowed: 1_000, used: 1_000 }]);
    await bulk.hold('day', 3_600_000);
    await expect(bulk.admit('call')).rejects.toMatchObject({ failure: { code: 'RATE_LIMITED' } });
    await releaseBudgets(test.deps.db, connectionId);
    await gate([day], 'interactive').admit('call');
    await expect(bulk.admit('call')).rejects.toMatchObject({
      failure: { code: 'VENDOR_DAILY_LIMIT_REACHED' },
    });
  });

  it('waits when the vendor reports a limit as used up by others', async () => {
    const bulk = gate([burst]);
    await bulk.admit('call');
    await bulk.learn([{ name: 'burst', allowed: 190, used: 190 }]);
    const began = performance.now();
    await bulk.admit('call');
    expect(performance.now() - began).toBeGreaterThanOrEqual(900);
    expect(await rows()).toMatchObject([{ window: 'burst', allowed: 190 }]);
  });

  it('is open for a system without limits and for a connection that is not saved yet', async () => {
    await admit(gate([]), 20);
    await admit(gate([burst], 'bulk', test.deps.ids()), 20);
    expect(await rows()).toEqual([]);
    expect(failures).toEqual([]);
  });

  it('does not fail an answered call when its limits cannot be saved', async () => {
    const bulk = gate([burst]);
    await bulk.learn([{ name: 'burst', allowed: 1e12, used: 0 }]);
    expect(failures).toHaveLength(1);
  });
});
