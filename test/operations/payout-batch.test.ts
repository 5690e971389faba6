import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unbalancedCurrencies } from '#src/db/ledger-store.ts';
import { unexportedBatches, type PayoutBatch } from '#src/db/payout-store.ts';
import type { Role } from '#src/db/schema/people.ts';
import { draftPayouts } from '#src/operations/draft-payouts.ts';
import { approvePayoutBatch, exportPayoutBatch, returnPayoutBatch, submitPayoutBatch } from '#src/operations/payout-batch.ts';
import { payoutCsv } from '#src/operations/payout-csv.ts';
import { createLoginLink } from '#src/operations/sign-in.ts';
import { seedConsole } from '#test/support/console-data.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';

describe('a payout batch', () => {
  let test: TestDeps;
  let batch: PayoutBatch;
  let anna: string;
  let ben: string;

  beforeEach(async () => {
    test = await startDeps({ now: '2026-11-18T10:00:00Z' });
    await seedConsole(test.deps);
    const [drafted] = await unexportedBatches(test.deps.db);
    if (!drafted) throw new Error('nothing was drafted');
    batch = drafted;
    anna = await personId('anna@example.com', 'finance');
    ben = await personId('ben@example.com', 'finance');
  });
  afterEach(() => test[Symbol.asyncDispose]());

  const by = (personIdOf: string) => ({ batchId: batch.id, personId: personIdOf });
  async function personId(email: string, role: Role): Promise<string> {
    return (await createLoginLink(test.deps, { email, role })).person.id;
  }

  it('is not approved by the person who submitted it', async () => {
    await submitPayoutBatch(test.deps, by(anna));
    await expect(approvePayoutBatch(test.deps, by(anna))).rejects.toMatchObject({
      code: 'not_allowed',
      message: expect.stringMatching(/somebody else/),
    });
    expect((await approvePayoutBatch(test.deps, by(ben))).status).toBe('approved');
  });

  it('cannot be approved by one person in the database either', async () => {
    const { db } = test.deps;
    const alone = db.execute(
      sql`update payout_batch set status = 'approved', submitted_by = ${anna}, approved_by = ${anna}, approved_hash = content_hash where id = ${batch.id}`,
    );
    await expect(alone).rejects.toMatchObject({ cause: { constraint_name: 'payout_batch_two_people' } });
    const unapproved = db.execute(sql`update payout_batch set status = 'exported' where id = ${batch.id}`);
    await expect(unapproved).rejects.toMatchObject({ cause: { constraint_name: 'payout_batch_approved_as_is' } });
  });

  it('is not exported before it is approved', async () => {
    await submitPayoutBatch(test.deps, by(anna));
    await expect(exportPayoutBatch(test.deps, by(ben))).rejects.toMatchObject({ code: 'conflict' });
  });

  it('is not approved once it pays something else than what was submitted', async () => {
    await submitPayoutBatch(test.deps, by(anna));
    await test.deps.db.execute(sql`update payout_item set amount_minor = amount_minor + 1 where batch_id = ${batch.id}`);
    await expect(approvePayoutBatch(test.deps, by(ben))).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/no longer adds up/),
    });
  });

  it('loses its approval when it is returned to draft', async () => {
    await submitPayoutBatch(test.deps, by(anna));
    await approvePayoutBatch(test.deps, by(ben));
    const returned = await returnPayoutBatch(test.deps, by(ben));
    expect(returned).toMatchObject({ status: 'draft', submittedBy: null, approvedBy: null, approvedHash: null });
  });

  it('moves what it pays from accrued to payable once, whoever asks again', async () => {
    await submitPayoutBatch(test.deps, by(anna));
    await approvePayoutBatch(test.deps, by(ben));
    await exportPayoutBatch(test.deps, by(anna));
    await expect(exportPayoutBatch(test.deps, by(anna))).rejects.toMatchObject({ code: 'conflict' });
    const [payable] = await test.deps.db.execute<{ amount: string }>(
      sql`select (-sum(amount_minor))::text as amount from posting where account = 'payable'`,
    );
    expect(payable?.amount).toBe(String(batch.totalMinor));
    expect(await unbalancedCurrencies(test.deps.db)).toEqual([]);
  });

  it('says in its file’s name that it is a draft until it is released', async () => {
    expect((await payoutCsv(test.deps, { batchId: batch.id })).fileName).toBe(`payouts-${batch.key}.draft.csv`);
    await submitPayoutBatch(test.deps, by(anna));
    await approvePayoutBatch(test.deps, by(ben));
    await exportPayoutBatch(test.deps, by(anna));
    const { fileName, csv } = await payoutCsv(test.deps, { batchId: batch.id });
    expect(fileName).toBe(`payouts-${batch.key}.csv`);
    expect(csv.trim().split('\r\n')).toHaveLength(batch.itemCount + 1);
  });

  it('is drafted once a month, however often the job runs', async () => {
    await draftPayouts(test.deps, async () => {});
    const again = await unexportedBatches(test.deps.db);
    expect(again.filter((one) => one.key === batch.key)).toHaveLength(1);
  });
});
