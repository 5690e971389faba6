import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BudgetWindow } from '#connectors/contract/limits.ts';
import { ensureBudgets, lockBudgets, releaseBudgets } from '#src/db/connections/budget-store.ts';
import { seedConsole } from '#test/support/console-data.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';

let service: TestDeps;
let connectionId = '';
beforeAll(async () => {
  service = await startDeps({ now: '2026-11-18T10:00:00Z' });
  ({ hubspotId: connectionId } = await seedConsole(service.deps));
});
afterAll(() => service[Symbol.asyncDispose]());

const budgetWindow = (name: BudgetWindow['name']): BudgetWindow => ({
  name,
  allowed: 100,
  lengthMs: name === 'day' ? 86_400_000 : 1_000,
  counts: [],
});

test('ending the blocks of a connection and taking a turn for a call never block each other', async () => {
  const { db } = service.deps;
  const [day, burst] = [budgetWindow('day'), budgetWindow('burst')];
  // The rows are made when a window is first needed, so the longer one may come first.
  await ensureBudgets(db, connectionId, [day]);
  await ensureBudgets(db, connectionId, [burst]);
  const started = Promise.withResolvers<void>();
  const call = db.transaction(async (tx) => {
    await lockBudgets(tx, connectionId, [burst]);
    started.resolve();
    // The release now waits for this transaction; it must not hold what comes next here.
    await new Promise((resolve) => setTimeout(resolve, 200));
    return (await lockBudgets(tx, connectionId, [burst, day])).states.length;
  });
  await started.promise;
  const outcomes = await Promise.allSettled([call, releaseBudgets(db, connectionId)]);
  expect(outcomes).toEqual([
    { status: 'fulfilled', value: 2 },
    { status: 'fulfilled', value: undefined },
  ]);
});
