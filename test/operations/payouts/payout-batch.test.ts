import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unbalancedCurrencies } from '#src/db/ledger/ledger-store.ts';
import { payoutItems, batchesAwaitingFile, type PayoutBatch } from '#src/db/payouts/payout-store.ts';
import type { Role } from '#src/db/schema/people.ts';
import { accrueIncentives } from '#src/operations/incentive/accrue-incentives.ts';
import { draftPayouts } from '#src/operations/payouts/draft-payouts.ts';
import {
  approvePayoutBatch,
  exportPayoutBatch,
  returnPayoutBatch,
  submitPayoutBatch,
} from '#src/operations/payouts/payout-batch.ts';
import { payoutFileOf } from '#src/operations/payouts/payout-file.ts';
import { createLoginLink } from '#src/operations/people/login-link.ts';
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
    // No month is closed while a connection cannot be read, and the seed shows one in trouble.
    await test.deps.db.execute(sql`update problem set status = 'resolved' where source = 'connection'`);
    const [drafted] = await batchesAwaitingFile(test.deps.db);
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

  async function setCode(partner: string, code: string | null): Promise<void> {
    await test.deps.db.execute(sql`update partner set code = ${code} where name = ${partner}`);
  }

  it('is not approved by the person who submitted it', async () => {
    await submitPayoutBatch(test.deps, by(anna));
    await expect(approvePayoutBatch(test.deps, by(anna))).rejects.toMatchObject({
      code: 'not_allowed',
      message: expect.stringMatching(/another person/),
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
    await expect(unapproved).rejects.toMatchObject({
      cause: { constraint_name: 'payout_batch_approved_as_is' },
    });
  });

  it('is not exported before it is approved', async () => {
    await submitPayoutBatch(test.deps, by(anna));
    await expect(exportPayoutBatch(test.deps, by(ben))).rejects.toMatchObject({ code: 'conflict' });
  });

  it('is not approved once it pays something else than what was submitted', async () => {
    await submitPayoutBatch(test.deps, by(anna));
    await test.deps.db.execute(
      sql`update payout_item set amount_minor = amount_minor + 1 where batch_id = ${batch.id}`,
    );
    await expect(approvePayoutBatch(test.deps, by(ben))).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/no longer adds up/),
    });
  });

  it('loses its approval when it is returned to draft', async () => {
    await submitPayoutBatch(test.deps, by(anna));
    await approvePayoutBatch(test.deps, by(ben));
    const returned = await returnPayoutBatch(test.deps, by(ben));
    expect(returned).toMatchObject({
      status: 'draft',
      submittedBy: null,
      approvedBy: null,
      approvedHash: null,
    });
  });

  it('moves what it pays from accrued to payable once, however often it is asked', async () => {
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

  it('is booked into the open month, because the month it pays for is closed', async () => {
    await submitPayoutBatch(test.deps, by(anna));
    await approvePayoutBatch(test.deps, by(ben));
    await exportPayoutBatch(test.deps, by(anna));
    const entries = await test.deps.db.execute(
      sql`select distinct period, trace->>'period' as paid_for from journal_tx where reason = 'payout'`,
    );
    expect([...entries]).toEqual([{ period: '2026-11', paid_for: '2026-10' }]);
  });

  it('is exported once, and no request waits for ever, when more people export it at once than there are database connections', async () => {
    await submitPayoutBatch(test.deps, by(anna));
    await approvePayoutBatch(test.deps, by(ben));
    const exports = await Promise.allSettled(
      Array.from({ length: 20 }, () => exportPayoutBatch(test.deps, by(anna))),
    );
    expect(exports.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    expect(exports.filter((one) => one.status === 'rejected' && one.reason.code === 'conflict')).toHaveLength(
      19,
    );
  });

  it('has keys that a database rebuilt from the CRM and the ERP would give it again', async () => {
    expect((await payoutItems(test.deps.db, [batch.id])).map((item) => item.key)).toEqual([
      '2026-10-P-0001-USD',
      '2026-10-P-0002-USD',
      '2026-10-P-0003-USD',
      '2026-10-P-0004-USD',
    ]);
  });

  it.each([
    ['no code', null, "Enter the partner code on Kestrel IT Partners's account in the CRM."],
    [
      'the code of another',
      'P-0001',
      "Change the partner code P-0001 on Kestrel IT Partners's account in the CRM",
    ],
  ])('is not submitted while a partner has %s', async (_, code, words) => {
    await setCode('Kestrel IT Partners', code);
    await expect(submitPayoutBatch(test.deps, by(anna))).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(words),
    });
  });

  it('is keyed by the codes the partners have when it is submitted, and approved under those keys', async () => {
    await setCode('Kestrel IT Partners', 'P-0004');
    await setCode('Lumen & Vale GmbH', 'P-0003');
    const amountOf = async (key: string) =>
      (await payoutItems(test.deps.db, [batch.id])).find((item) => item.key === key)?.amountMinor;
    const before = [await amountOf('2026-10-P-0003-USD'), await amountOf('2026-10-P-0004-USD')];
    const submitted = await submitPayoutBatch(test.deps, by(anna));
    expect([await amountOf('2026-10-P-0004-USD'), await amountOf('2026-10-P-0003-USD')]).toEqual(before);
    expect(submitted.contentHash).not.toBe(batch.contentHash);
    expect((await approvePayoutBatch(test.deps, by(ben))).approvedHash).toBe(submitted.contentHash);
  });

  it('is neither approved nor exported once a partner’s code has changed: the money would go elsewhere', async () => {
    await submitPayoutBatch(test.deps, by(anna));
    await setCode('Kestrel IT Partners', 'P-0666');
    const refusal = {
      code: 'conflict',
      message: expect.stringMatching(/Kestrel IT Partners has changed since/),
    };
    await expect(approvePayoutBatch(test.deps, by(ben))).rejects.toMatchObject(refusal);
    await setCode('Kestrel IT Partners', 'P-0003');
    await approvePayoutBatch(test.deps, by(ben));
    await setCode('Kestrel IT Partners', 'P-0666');
    await expect(exportPayoutBatch(test.deps, by(anna))).rejects.toMatchObject(refusal);
  });

  it('says in its file’s name that it is a draft until it is released', async () => {
    expect((await payoutFileOf(test.deps, { batchId: batch.id })).name).toBe(
      `payouts-${batch.key}.draft.csv`,
    );
    await submitPayoutBatch(test.deps, by(anna));
    await approvePayoutBatch(test.deps, by(ben));
    await exportPayoutBatch(test.deps, by(anna));
    const { name, text } = await payoutFileOf(test.deps, { batchId: batch.id });
    expect(name).toBe(`payouts-${batch.key}.csv`);
    expect(text.trim().split('\r\n')).toHaveLength(batch.itemCount + 1);
  });

  it('is drafted once a month, however often the job runs', async () => {
    await draftPayouts(test.deps, async () => {});
    const again = await batchesAwaitingFile(test.deps.db);
    expect(again.filter((one) => one.key === batch.key)).toHaveLength(1);
  });

  it('is not drafted before the month’s days of grace are over, and then holds what came late', async () => {
    const { deps } = test;
    const batches = async () =>
      (await deps.db.execute<{ key: string }>(sql`select key from payout_batch order by key`)).map(
        (row) => row.key,
      );
    const before = await batches();
    test.pass(17 * 86_400_000); // 5 December
    await draftPayouts(deps, async () => {});
    expect(await batches()).toEqual(before);
    await deps.db.execute(
      sql`update source_document set amount_minor = amount_minor * 2, paid_on = '2026-11-30'`,
    );
    await accrueIncentives(deps, deps.ids(), async () => {});
    test.pass(86_400_000);
    await draftPayouts(deps, async () => {});
    expect((await batches()).filter((key) => !before.includes(key))).toEqual(['2026-11-USD']);
  });
});
