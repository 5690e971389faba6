import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { account } from '#src/db/schema/channel.ts';
import { processHints } from '#src/operations/refresh/process-hints.ts';
import { recordHints } from '#src/operations/hints/record-hints.ts';
import { noProgress } from '#test/operations/hints/hints-fixture.ts';
import { partnerNames, startCrmRegistrations, type CrmRegistrations } from './crm-registrations.ts';

let crm: CrmRegistrations;
beforeAll(async () => {
  crm = await startCrmRegistrations();
}, 60_000);
afterAll(() => crm[Symbol.asyncDispose]());

const companyOf = async (name: string): Promise<string> => {
  const [row] = await crm.fixture.deps.db.execute<{ id: string }>(
    sql`select ext_id as id from remote_record where object = 'companies' and fields ->> 'name' = ${name}`,
  );
  return row?.id ?? expect.fail(`there is no ${name}`);
};

/** Lets Fairway read a company again. */
async function followCompany(...ids: readonly string[]): Promise<void> {
  const { deps, connection } = crm.fixture;
  const hints = ids.map((extId) => ({ object: 'companies', extId }));
  await deps.db.transaction((tx) => recordHints(deps, tx, { connection, hints, via: 'webhook' }));
  await processHints(deps, { connectionId: connection.id, roundEveryMs: 0 }, noProgress);
}

async function registered(customer: string, partner: string) {
  const extId = await crm.register(customer, {}, partner);
  await crm.follow(extId);
  return crm.read(extId);
}

it('a partner that registers itself, or another partner, is not approved, and reads no name of another partner', async () => {
  const itself = await registered('Northwind Partners', partnerNames[0]);
  expect(itself).toMatchObject({
    status: 'in_review',
    reviewer: ['partner_eligibility review: The customer is Northwind Partners, the partner itself.'],
    crm: { reason: 'The customer is the partner itself.' },
  });
  const other = await registered('Basalt Systems GmbH', partnerNames[0]);
  expect(other).toMatchObject({
    status: 'in_review',
    reviewer: ['partner_eligibility review: The customer is a partner: Basalt Systems.'],
    crm: { reason: 'The customer is a partner.' },
  });
  expect((await registered('Feldspat Keramik', partnerNames[0])).status).toBe('approved');
});

it('a company that is no partner any more is not approved', async () => {
  const id = await companyOf(partnerNames[1]);
  const properties = { type: 'PROSPECT' };
  await crm.fixture.control('POST', '/edit', { objectType: 'companies', id, properties, userId: 7 });
  await followCompany(id);
  expect(await registered('Granit Hafenbau', partnerNames[1])).toMatchObject({
    status: 'in_review',
    reviewer: ['partner_eligibility review: Kestrel IT is no longer marked as a partner in the CRM.'],
    crm: { reason: 'The company that registered the deal is no longer marked as a partner.' },
  });
});

it('a suspended partner is not approved, and what waits is decided when the suspension ends', async () => {
  const { db } = crm.fixture.deps;
  const suspend = (partnerSuspended: boolean) =>
    db.update(account).set({ partnerSuspended }).where(eq(account.name, partnerNames[2]));
  await suspend(true);
  const extId = await crm.register('Quarzit Fassaden', {}, partnerNames[2]);
  await crm.follow(extId);
  expect(await crm.read(extId)).toMatchObject({
    status: 'in_review',
    reviewer: ['partner_eligibility review: Basalt Systems is suspended.'],
    crm: { reason: 'The partner is suspended.' },
  });
  await suspend(false);
  await crm.follow(extId);
  await crm.edit(extId, { expected_close: '2027-03-01' });
  await crm.follow(extId);
  expect((await crm.read(extId)).status).toBe('approved');
});

it('what a partner registered that was merged into another one is not approved', async () => {
  const extId = await crm.register('Schiefer Dachbau', {}, partnerNames[2]);
  // Fairway reads the registration and the merge together.
  const [survivor, merged] = [await companyOf(partnerNames[0]), await companyOf(partnerNames[2])];
  await crm.edit(extId, { customer_name: '???' });
  await crm.follow(extId);
  expect((await crm.read(extId)).status).toBe('information_needed');
  const merge = { objectType: 'companies', primaryId: survivor, otherId: merged, userId: 7 };
  await crm.fixture.control('POST', '/merge', merge);
  await followCompany(survivor, merged);
  await crm.edit(extId, { customer_name: 'Schiefer Dachbau' });
  await crm.follow(extId);
  const { status, reviewer } = await crm.read(extId);
  expect([status, reviewer]).toEqual([
    'in_review',
    [
      expect.stringMatching(
        /^partner_eligibility review: Registered by Basalt Systems, which was merged into Northwind Partners on /,
      ),
    ],
  ]);
});
