import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shippedSystems } from '#connectors/registry.ts';
import { loadPacks } from '#mappings/packs/packs.ts';
import { batchesAwaitingFile } from '#src/db/payouts/payout-store.ts';
import { saveAccounts, savePartners } from '#src/db/records/account-store.ts';
import { findRun } from '#src/db/runs/run-store.ts';
import { normaliseCompany } from '#src/domain/matching/normalise.ts';
import { connect } from '#src/operations/connections/connect.ts';
import {
  approvePayoutBatch,
  exportPayoutBatch,
  submitPayoutBatch,
} from '#src/operations/payouts/payout-batch.ts';
import { startRun } from '#src/operations/runs/start-run.ts';
import type { RunSummary } from '#src/operations/runs/summarise-run.ts';
import { addPerson } from '#test/support/people/people.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';
import { startWorker } from '#workers/worker.ts';
import { ToyBooks, type ToyDocument } from '#test/connectors/toy-erp/books.ts';
import { toyErp } from '#test/connectors/toy-erp/entry.ts';

/** Nothing in `src` knows the toy ERP: its folder, its pack and its line in the registry are all there is. */
let test: TestDeps;
let books: ToyBooks;

beforeAll(async () => {
  test = await startDeps({
    now: '2026-11-18T10:00:00Z',
    systems: [...shippedSystems, toyErp],
    packs: [...loadPacks(), ...loadPacks(join(import.meta.dirname, '../connectors/toy-erp/pack'))],
  });
  books = new ToyBooks('Vendor Ltd', 'key', ['P-0001'], '2026-11-18T10:00:00Z');
  await addPartner();
  await connect(test.deps, {
    kind: 'toy-erp',
    name: 'Books',
    settings: { company: 'Vendor Ltd' },
    secrets: { apiKey: 'key' },
  });
}, 60_000);
afterAll(() => test[Symbol.asyncDispose]());

const document = (DocNo: string, changes: Partial<ToyDocument> = {}): ToyDocument => ({
  DocNo,
  Type: 'INV',
  Dealer: 'P-0001',
  Buyer: 'Meridian Foods',
  Cur: 'USD',
  Total: '1000.00',
  Posted: '2026-10-05',
  Settled: '2026-10-20',
  Corrects: null,
  ...changes,
});

describe('an ERP that is a folder, a mapping pack and a line in the registry', () => {
  it('is read, mapped by its pack, and earns commissions; a draft is not delivered to it', async () => {
    books.post(document('D-1', { Total: '412500.00' }));
    books.post(document('D-2', { Type: 'CRN', Total: '12500.00', Corrects: 'D-1' }));
    const summary = await runMainJob();
    expect(summary).toMatchObject({ pulled: { invoices: 2 }, problems: 0, complete: true });
    expect(await documents()).toEqual([
      { number: 'D-1', kind: 'invoice', amount: '41250000', applies_to: null },
      { number: 'D-2', kind: 'credit_memo', amount: '1250000', applies_to: 'D-1' },
    ]);
    expect(summary.accruals).toBeGreaterThan(0);
    expect(summary.payouts).toBe(1);
    expect(books.bills.size).toBe(0);
  });

  it('is paid through after the release of the batch, and never twice', async () => {
    const [batch] = await batchesAwaitingFile(test.deps.db);
    const batchId = batch?.id ?? '';
    // Fairway releases nothing while it has only one admin.
    for (const name of ['Ada', 'Adam']) await addPerson(test.deps, { name, role: 'admin' });
    const [anna, ben] = [await financePerson('anna@example.com'), await financePerson('ben@example.com')];
    await submitPayoutBatch(test.deps, { batchId, personId: anna });
    await approvePayoutBatch(test.deps, { batchId, personId: ben });
    await exportPayoutBatch(test.deps, { batchId, personId: anna });
    await workUntil(
      async () => books.bills.size > 0 && (await batchesAwaitingFile(test.deps.db)).length === 0,
    );
    expect([...books.bills]).toEqual([
      [
        expect.stringContaining('P-0001'),
        { id: 'BILL-1', dealer: 'P-0001', currency: 'USD', amountMinor: batch?.totalMinor },
      ],
    ]);
    const summary = await runMainJob();
    expect(summary).toMatchObject({ pulled: { invoices: 0 }, payouts: 1 });
    expect(books.bills.size).toBe(1);
  });
});

async function addPartner(): Promise<void> {
  const { db, ids } = test.deps;
  const name = 'Northwind Systems';
  const { core, domain, country } = normaliseCompany({ name, domain: null, country: 'US' });
  const account = {
    id: ids(),
    name,
    domain: null,
    country,
    core,
    matchDomain: domain,
    normaliserVersion: 'n1',
    isPartner: true,
    partnerCode: 'P-0001',
  };
  await saveAccounts(db, [account]);
  await savePartners(db, [{ id: ids(), accountId: account.id, name, code: 'P-0001' }]);
}

async function runMainJob(): Promise<RunSummary> {
  const { runId } = await startRun(test.deps, { trigger: 'person' });
  await workUntil(async () => (await findRun(test.deps.db, runId))?.status !== 'running');
  const run = await findRun(test.deps.db, runId);
  expect(run).toMatchObject({ status: 'done', error: null });
  return run?.summary as unknown as RunSummary;
}

async function workUntil(isSettled: () => Promise<boolean>): Promise<void> {
  await using _worker = startWorker(test.deps, { syncMinutes: 0 });
  for (let waited = 0; waited < 60_000; waited += 50) {
    if (await isSettled()) return;
    await wait(50);
  }
  throw new Error('not settled after a minute');
}

const financePerson = async (email: string): Promise<string> =>
  (await addPerson(test.deps, { name: email, email, role: 'finance' })).id;

const documents = async () => [
  ...(await test.deps.db.execute(
    sql`select number, kind, amount_minor::text as amount, applies_to from source_document order by number`,
  )),
];
