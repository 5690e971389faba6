import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { partnersByCode, saveAccounts, savePartners } from '#src/db/records/account-store.ts';
import { invoiceFacts, saveDocuments } from '#src/db/records/document-store.ts';
import { postedAccruals } from '#src/db/ledger/ledger-store.ts';
import { mergeAccountRows } from '#src/db/sync/merge-store.ts';
import { payeesOf } from '#src/db/payouts/payout-store.ts';
import { connection } from '#src/db/schema/connection.ts';
import { sealSecrets } from '#src/db/connections/secrets.ts';
import { sellerTierAssessments } from '#src/db/program/tier-store.ts';
import { periodsBetween } from '#src/domain/period.ts';
import { accrueIncentives } from '#src/operations/incentive/accrue-incentives.ts';
import { assessTiers } from '#src/operations/program/assess-tiers.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';

const noProgress = async (): Promise<void> => {};
const dayMs = 86_400_000;

describe('partners that become one', () => {
  let test: TestDeps;
  let connectionId: string;
  let one: string;
  let two: string;

  /** Two partners that sold for 15,000 a month each, January to October, all paid: Silver since August. */
  beforeEach(async () => {
    test = await startDeps({ now: '2026-11-18T10:00:00Z' });
    connectionId = test.deps.ids();
    const secrets = sealSecrets(test.deps.config.masterKey, connectionId, {});
    await test.deps.db.insert(connection).values({
      id: connectionId,
      kind: 'files',
      name: 'ERP',
      settings: {},
      secrets,
      createdAt: test.deps.clock(),
    });
    [one, two] = [await addPartner('Reseller One', 'P-1'), await addPartner('Reseller Uno', 'P-2')];
    for (const period of periodsBetween('2026-01', '2026-10')) {
      for (const partnerId of [one, two])
        await book(partnerId, `${period}-${partnerId}`, `${period}-10`, { paidOn: `${period}-20` });
    }
    await settle();
  });
  afterEach(() => test[Symbol.asyncDispose]());

  /** Its account has the same id. */
  async function addPartner(name: string, code: string): Promise<string> {
    const id = test.deps.ids();
    await saveAccounts(test.deps.db, [
      { id, name, isPartner: true, partnerCode: code, core: name, normaliserVersion: 'test' },
    ]);
    await savePartners(test.deps.db, [{ id, accountId: id, name, code }]);
    return id;
  }

  async function book(
    partnerId: string,
    number: string,
    issuedOn: string,
    changes: { paidOn?: string; kind?: 'credit_memo'; appliesTo?: string } = {},
  ): Promise<void> {
    const { paidOn = null, kind = 'invoice', appliesTo = null } = changes;
    const amounts = { currency: 'USD', amountMinor: 15_000_00n };
    await saveDocuments(test.deps.db, [
      { id: test.deps.ids(), connectionId, number, kind, partnerId, ...amounts, issuedOn, paidOn, appliesTo },
    ]);
  }

  async function settle(): Promise<void> {
    await assessTiers(test.deps, noProgress);
    await accrueIncentives(test.deps, test.deps.ids(), noProgress);
  }

  const merge = (ends: string, lives: string) =>
    test.deps.db.transaction((tx) =>
      mergeAccountRows(tx, [{ mergedId: ends, survivorId: lives }], test.deps.clock()),
    );

  async function credited(): Promise<bigint> {
    return (await postedAccruals(test.deps.db)).reduce((sum, posted) => sum + posted.amountMinor, 0n);
  }

  /** Month → trailing revenue. */
  async function trailing(partnerId: string): Promise<Map<string, bigint>> {
    const assessments = (await sellerTierAssessments(test.deps.db)).filter(
      (assessment) => assessment.partnerId === partnerId,
    );
    return new Map(
      assessments.map((assessment) => [assessment.effectiveFrom, assessment.trailingRevenueMinor]),
    );
  }

  it('are credited nothing more for what they sold before', async () => {
    expect(await credited()).toBe(17_250_00n);
    await merge(two, one);
    await settle();
    expect(await credited()).toBe(17_250_00n);
    test.pass(30 * dayMs);
    await settle();
    expect(await credited()).toBe(17_250_00n);
  });

  it('have one tier from the next month on, to which both histories count', async () => {
    await merge(two, one);
    test.pass(30 * dayMs);
    await settle();
    const survivors = await trailing(one);
    expect([survivors.get('2026-11-01'), survivors.get('2026-12-01')]).toEqual([150_000_00n, 300_000_00n]);
    const losers = await trailing(two);
    expect([losers.get('2026-11-01'), losers.get('2026-12-01')]).toEqual([150_000_00n, undefined]);
  });

  it('are rated as they were also when the survivor is merged into a third later', async () => {
    const three = await addPartner('Reseller Three', 'P-3');
    await merge(two, one);
    test.pass(30 * dayMs);
    await book(one, 'INV-DEC', '2026-12-05', { paidOn: '2026-12-10' });
    await settle();
    const before = await credited();
    await merge(one, three);
    test.pass(30 * dayMs);
    await settle();
    expect(await credited()).toBe(before);
    expect((await trailing(one)).get('2026-12-01')).toBe(300_000_00n);
    const thirds = await trailing(three);
    expect([thirds.get('2026-12-01'), thirds.get('2027-01-01')]).toEqual([0n, 315_000_00n]);
  });

  it('have an invoice from before that is paid afterwards rated under the one it was booked to, and so its credit memo', async () => {
    const newcomer = await addPartner('Newcomer', 'P-4');
    await book(newcomer, 'INV-NEW', '2026-10-11');
    await settle();
    await merge(newcomer, one);
    test.pass(30 * dayMs);
    // Its code leads to the survivor by now.
    await book(one, 'INV-NEW', '2026-10-11', { paidOn: '2026-12-12' });
    await settle();
    expect(await credited()).toBe(17_250_00n + 750_00n);
    await book(one, 'CM-NEW', '2026-12-14', { kind: 'credit_memo', appliesTo: 'INV-NEW' });
    await settle();
    expect(await credited()).toBe(17_250_00n);
  });

  it('leave a code that may be given out again, while what was booked under it before stays where it is', async () => {
    const { db } = test.deps;
    await merge(two, one);
    expect((await partnersByCode(db, ['P-2'])).get('P-2')).toMatchObject({ id: one });
    const next = await addPartner('Somebody Else', 'P-2');
    expect((await partnersByCode(db, ['P-2'])).get('P-2')).toMatchObject({ id: next });
    expect((await payeesOf(db, [next])).get(next)).toMatchObject({ codeIsShared: false });
    await book(next, `2026-10-${two}`, '2026-10-10', { paidOn: '2026-10-21' });
    const moved = (await invoiceFacts(db)).find((invoice) => invoice.number === `2026-10-${two}`);
    expect(moved).toMatchObject({ partnerId: one, soldBy: two, paidOn: '2026-10-21' });
    await addPartner('A Third', 'P-2');
    expect((await partnersByCode(db, ['P-2'])).get('P-2')).toBe('ambiguous');
  });
});
