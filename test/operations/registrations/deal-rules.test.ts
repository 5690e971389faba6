import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from 'drizzle-orm';
import { saveAccounts, saveOpportunities, savePartners } from '#src/db/records/account-store.ts';
import { connection } from '#src/db/schema/connection.ts';
import { saveDocuments } from '#src/db/records/document-store.ts';
import { eraseRecords } from '#src/db/records/erase-store.ts';
import { mergeAccountRows } from '#src/db/sync/merge-store.ts';
import {
  registrationsByIds,
  saveRegistrations,
  saveVerdicts,
} from '#src/db/registrations/registration-store.ts';
import { findRegistration } from '#src/db/registrations/registration-view.ts';
import { saveLinks } from '#src/db/records/link-store.ts';
import { sealSecrets } from '#src/db/connections/secrets.ts';
import { evaluateRegistrations } from '#src/operations/registrations/evaluate-registrations.ts';
import { explainMatch } from '#src/operations/matching/explain-match.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';

/**
 * The facts the rules of engagement go by, from the tables they are in. The rules themselves:
 * `test/domain/registration`.
 */
let test: TestDeps;
let connectionId: string;
beforeAll(async () => {
  test = await startDeps({ now: '2026-10-05T09:00:00Z' });
  const { db, ids, clock } = test.deps;
  connectionId = ids();
  const secrets = sealSecrets(test.deps.config.masterKey, connectionId, {});
  await db
    .insert(connection)
    .values([{ id: connectionId, kind: 'files', name: 'ERP', settings: {}, secrets, createdAt: clock() }]);
}, 60_000);
afterAll(() => test[Symbol.asyncDispose]());

const derived = { core: '', normaliserVersion: 'none' };
let numbers = 0;

interface Partner {
  readonly id: string;
  readonly accountId: string;
}

async function partner(territory: string | null = null): Promise<Partner> {
  const { db, ids } = test.deps;
  const [id, accountId] = [ids(), ids()];
  const name = `Reseller ${++numbers}`;
  await saveAccounts(db, [{ id: accountId, name, isPartner: true, territory, ...derived }]);
  await savePartners(db, [{ id, accountId, name, code: `P-${numbers}` }]);
  return { id, accountId };
}

interface Sold {
  readonly customerSince?: string;
  readonly wonOn?: string;
  readonly productFamily?: string;
}

/** Returns the ids of account and opportunity. */
async function customer(
  name: string,
  { customerSince, wonOn, productFamily }: Sold = {},
): Promise<readonly [string, string]> {
  const { db, ids } = test.deps;
  const [accountId, id] = [ids(), ids()];
  await saveAccounts(db, [{ id: accountId, name, customerSince: customerSince ?? null, ...derived }]);
  const deal = { id, accountId, name: `Deal with ${name}`, productFamily: productFamily ?? null };
  if (wonOn) await saveOpportunities(db, [{ ...deal, isClosed: true, isWon: true, closeDate: wonOn }]);
  return [accountId, id];
}

type Row = Parameters<typeof saveRegistrations>[1][number];

async function register(
  { id: partnerId }: Partner,
  customerName: string,
  more: Partial<Row> = {},
): Promise<string> {
  const id = test.deps.ids();
  const row = {
    id,
    number: `DR-${++numbers}`,
    partnerId,
    customerName,
    core: '',
    submittedAt: new Date('2026-10-05T08:00:00Z'),
  };
  await saveRegistrations(test.deps.db, [{ ...row, ...more }]);
  return id;
}

async function invoice({ id: partnerId }: Partner, customerName: string): Promise<void> {
  const money = { currency: 'USD', amountMinor: 100_00n, issuedOn: '2025-05-05', kind: 'invoice' as const };
  await saveDocuments(test.deps.db, [
    { id: test.deps.ids(), connectionId, number: `INV-${++numbers}`, partnerId, customerName, ...money },
  ]);
}

async function decided(id: string): Promise<readonly string[]> {
  await evaluateRegistrations(test.deps, async () => {}, {
    registrationIds: [id],
    accountIds: [],
    opportunityIds: [],
  });
  return verdict(id);
}

async function verdict(id: string): Promise<readonly string[]> {
  const found = await findRegistration(test.deps.db, id);
  // Every decision of these tests is worked out again from what was stored with it.
  if (found?.conflictCase)
    expect(await explainMatch(test.deps, id)).toMatchObject({ rulesReproduced: true, reproduced: true });
  return [
    found?.registration.status ?? '',
    ...(found?.conflictCase?.decision.findings ?? []).map(({ rule, effect }) => `${rule} ${effect}`),
  ];
}

const renewal = { dealType: 'renewal' } as const;

describe('an existing customer', () => {
  it.each<[string, string, Sold]>([
    ['Birkenhain Optik', 'with a deal that was won', { wonOn: '2025-01-10' }],
    ['Haselgrund Reifen', 'that the CRM says bought', { customerSince: '2024-04-01' }],
  ])('is an account (%s) %s before the registration', async (name, _how, sold) => {
    await customer(name, sold);
    expect(await decided(await register(await partner(), name))).toEqual([
      'in_review',
      'existing_customer review',
    ]);
  });

  it('is not one we won a deal with since, which competes, nor one whose deals were lost', async () => {
    await customer('Lindenhof Druckerei', { wonOn: '2026-10-05' });
    expect(await decided(await register(await partner(), 'Lindenhof Druckerei'))).toEqual([
      'in_review',
      'direct_opportunity review',
    ]);
    const [accountId, id] = await customer('Eschenweg Keramik');
    await saveOpportunities(test.deps.db, [
      { id, accountId, name: 'Lost', isClosed: true, isWon: false, closeDate: '2025-01-10' },
    ]);
    expect(await decided(await register(await partner(), 'Eschenweg Keramik'))).toEqual(['approved']);
  });

  it('may be sold another product, where its deals say which they were about', async () => {
    await customer('Ahorntal Brauerei', { wonOn: '2025-01-10', productFamily: 'Sensors' });
    const vendor = await partner();
    expect(await decided(await register(vendor, 'Ahorntal Brauerei', { productFamily: 'Software' }))).toEqual(
      ['approved', 'existing_customer note'],
    );
  });

  it('is one the ERP invoiced through a partner, by the name on the invoice in any case', async () => {
    await invoice(await partner(), 'ULMENHORST VERLAG');
    expect(await decided(await register(await partner(), 'Ulmenhorst Verlag'))).toEqual([
      'in_review',
      'existing_customer review',
    ]);
  });
});

describe('the name on an invoice', () => {
  it.each([
    ['has another legal form and a typing error', 'Quellenhof Anlagenbau AG', 'QUELLENHOF ANLAGNBAU GMBH'],
    ['is written without spaces and umlauts', 'Grünwald Heiztechnik', 'Gruenwald Heiz-Technik KG'],
  ])('is known as the customer when it %s', async (_case, customerName, billedName) => {
    const seller = await partner();
    await invoice(seller, billedName);
    expect(await decided(await register(await partner(), customerName))).toEqual([
      'in_review',
      'existing_customer review',
    ]);
    expect(
      await decided(await register(seller, customerName, { ...renewal, productFamily: 'Renewals' })),
    ).not.toContain('renewal review');
  });

  it('of another company is not', async () => {
    await invoice(await partner(), 'Nebelhorn Gondelbau');
    expect(await decided(await register(await partner(), 'Wetterstein Gondelbau'))).toEqual(['approved']);
  });
});

describe('a renewal', () => {
  it('is one of the partner that was invoiced for the account the deal is with, under any name in the registration', async () => {
    const seller = await partner();
    const [, opportunityId] = await customer('Kastanienallee Immobilien', { wonOn: '2025-01-10' });
    await invoice(seller, 'Kastanienallee Immobilien');
    // A person compares the two names, but the renewal is no question.
    expect(await decided(await register(seller, 'KA Immo', { ...renewal, opportunityId }))).toEqual([
      'in_review',
      'linked_opportunity review',
    ]);
    expect(
      (await decided(await register(await partner(), 'Kastanienallee Immobilien', { ...renewal })))[0],
    ).toBe('in_review');
  });

  it('is approved for the partner that was invoiced for an account without a single deal, under any name in the registration', async () => {
    const seller = await partner();
    const [account] = await customer('Buchenau Fassaden Holding');
    const { db } = test.deps;
    await saveAccounts(db, [
      { id: account, name: 'Buchenau Fassaden Holding', domain: 'buchenau-fassaden.example', ...derived },
    ]);
    await invoice(seller, 'Buchenau Fassaden Holding');
    const registration = { ...renewal, customerDomain: 'buchenau-fassaden.example' };
    expect(await decided(await register(seller, 'Buchenau Fassaden', registration))).toEqual(['approved']);
  });

  it('is approved for a partner that another was merged into which sold the first time', async () => {
    const [seller, survivor] = [await partner(), await partner()];
    await invoice(seller, 'Platanenhof Hotels');
    await test.deps.db.transaction((tx) =>
      mergeAccountRows(
        tx,
        [{ mergedId: seller.accountId, survivorId: survivor.accountId }],
        test.deps.clock(),
      ),
    );
    expect(await decided(await register(survivor, 'Platanenhof Hotels', { ...renewal }))).toEqual([
      'approved',
    ]);
  });

  it('is approved for a partner whose registration of the year before was won, and queued for another', async () => {
    const seller = await partner();
    const [, opportunityId] = await customer('Weidenbach Textil', { wonOn: '2025-03-01' });
    const before = await register(seller, 'Weidenbach Textil', {
      opportunityId,
      submittedAt: new Date('2025-01-05T08:00:00Z'),
    });
    const ended = {
      status: 'expired',
      protectedUntil: '2025-04-05',
      decidedAt: test.deps.clock(),
      decidedBy: null,
      reason: null,
    } as const;
    await saveVerdicts(test.deps.db, [
      { id: before, ...ended, conflictSummary: null, conflictScore: null, programVersion: 1 },
    ]);
    expect(await decided(await register(seller, 'Weidenbach Textil', { ...renewal }))).toEqual(['approved']);
    expect(await decided(await register(await partner(), 'Weidenbach Textil', { ...renewal }))).toContain(
      'renewal review',
    );
  });

  it('for a company without earlier sales is queued', async () => {
    expect(await decided(await register(await partner(), 'Zedernholz Neubau', { ...renewal }))).toEqual([
      'in_review',
      'renewal review',
    ]);
  });
});

describe('what a decision went by', () => {
  const explained = async (id: string) => (await explainMatch(test.deps, id)).rulesReproduced;

  it('is kept with it: it is worked out again when invoices, deals and territory say something else by then', async () => {
    const [seller, limited] = [await partner(), await partner('DE')];
    const [accountId, dealId] = await customer('Holunderhof Saft', {
      customerSince: '2024-04-01',
      wonOn: '2025-01-10',
    });
    await invoice(seller, 'Holunderhof Saft');
    const registration = await register(limited, 'Holunderhof Saft', { customerCountry: 'FR' });
    expect(await decided(registration)).toEqual([
      'in_review',
      'existing_customer review',
      'outside_territory review',
    ]);
    const { db } = test.deps;
    await saveAccounts(db, [
      { id: limited.accountId, name: 'Reseller', isPartner: true, territory: 'FR', ...derived },
    ]);
    await saveAccounts(db, [{ id: accountId, name: 'Holunderhof Saft', ...derived }]);
    await saveOpportunities(db, [
      { id: dealId, accountId, name: 'Lost after all', isClosed: true, isWon: false },
    ]);
    await invoice(limited, 'Holunderhof Saft');
    expect(await explained(registration)).toBe(true);
  });

  it('is gone when an account that showed it, and that no finding names, is erased', async () => {
    const [first] = await customer('Wacholder Brennerei', { wonOn: '2025-01-10' });
    const [second] = await customer('Wacholder Brennerei', { wonOn: '2025-06-10' });
    const registration = await register(await partner(), 'Wacholder Brennerei');
    expect(await decided(registration)).toEqual(['in_review', 'existing_customer review']);
    const rivalId = (await findRegistration(test.deps.db, registration))?.conflictCase?.decision.findings[0]
      ?.rival?.id;
    expect(rivalId).toBe(first);
    await saveLinks(test.deps.db, [
      { connectionId, object: 'Customer', extId: 'C-1', kind: 'account', recordId: second },
    ]);
    await test.deps.db.transaction((tx) =>
      eraseRecords(tx, connectionId, 'Customer', ['C-1'], test.deps.clock()),
    );
    await expect(explainMatch(test.deps, registration)).rejects.toMatchObject({ code: 'not_found' });
    const stored = await test.deps.db.execute<{ facts: unknown }>(
      sql`select facts from conflict_case where registration_id = ${registration}`,
    );
    expect(stored[0]?.facts).toBeNull();
  });
});

describe('a territory', () => {
  it('queues a registration elsewhere, and frees it as soon as the CRM widens it', async () => {
    const limited = await partner('DE; AT');
    const registration = await register(limited, 'Fichtengrund Lyon', { customerCountry: 'FR' });
    expect(await decided(registration)).toEqual(['in_review', 'outside_territory review']);
    await saveAccounts(test.deps.db, [
      { id: limited.accountId, name: 'Reseller', isPartner: true, territory: 'DE; AT; FR', ...derived },
    ]);
    await evaluateRegistrations(test.deps, async () => {}, {
      registrationIds: [],
      accountIds: [limited.accountId],
      opportunityIds: [],
    });
    expect(await verdict(registration)).toEqual(['approved']);
  });

  it('leaves a case that names no rival, and counts as no conflict', async () => {
    const registration = await register(await partner('DE'), 'Kiefernweg Paris', { customerCountry: 'FR' });
    await decided(registration);
    const [row] = await registrationsByIds(test.deps.db, [registration]);
    expect(row).toMatchObject({ conflictScore: 0, conflictSummary: expect.stringContaining('Outside') });
  });
});

it('a deal registered again with another amount is rejected as an update of the first', async () => {
  const seller = await partner();
  const germany = { customerCountry: 'DE' };
  const first = await register(seller, 'Robinienhain Werke', {
    ...germany,
    amountMinor: 100_00n,
    currency: 'USD',
  });
  expect(await decided(first)).toEqual(['approved']);
  const later = { ...germany, submittedAt: new Date('2026-10-05T08:30:00Z'), currency: 'USD' };
  const again = await register(seller, 'Robinienhain Werke', { ...later, amountMinor: 120_00n });
  expect(await decided(again)).toEqual(['rejected', 'same_partner_update block']);
  expect((await registrationsByIds(test.deps.db, [again]))[0]?.reason).toContain(
    'amount 120.00 USD instead of 100.00 USD',
  );
  expect(
    await decided(await register(seller, 'Robinienhain Werke', { ...later, amountMinor: 100_00n })),
  ).toEqual(['rejected', 'same_partner_duplicate block']);
});
