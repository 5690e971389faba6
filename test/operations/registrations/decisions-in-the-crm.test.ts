import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { recordHints } from '#src/operations/hints/record-hints.ts';
import { processHints } from '#src/operations/refresh/process-hints.ts';
import { sampleWith } from '#test/connectors/hubspot/account.ts';
import { noProgress, startHintsFixture, type HintsFixture } from '#test/operations/hints/hints-fixture.ts';

/** Decisions as people in the CRM cause them and read them, over HTTP. */
let fixture: HintsFixture;
beforeAll(async () => {
  fixture = await startHintsFixture(sampleWith(1));
}, 60_000);
afterAll(() => fixture[Symbol.asyncDispose]());

const registrations = 'p_fairway_registration';

const create = async (objectType: string, properties: Record<string, string>): Promise<string> =>
  (await fixture.control('POST', '/edit', { objectType, properties, userId: 7 })).id;
const associate = (objectType: string, id: string, toObjectType: string, toId: string) =>
  fixture.control('POST', '/associate', { objectType, id, toObjectType, toId, userId: 7 });

/** The CRM announces changes of these records, and Fairway handles them. */
async function announce(object: string, ...extIds: readonly string[]): Promise<void> {
  const { deps, connection } = fixture;
  const hints = extIds.map((extId) => ({ object, extId }));
  await deps.db.transaction((tx) => recordHints(deps, tx, { connection, hints, via: 'webhook' }));
  await processHints(deps, { connectionId: connection.id, roundEveryMs: 0 }, noProgress);
}

/** The values that the partner reads on the registration in the CRM. */
async function onRecord(
  id: string,
): Promise<Record<'status' | 'reason' | 'conflict_summary', string | null>> {
  const path = `/crm/objects/2026-09/${registrations}/${id}?properties=status,reason,conflict_summary`;
  return (await fixture.call('GET', path)).properties;
}

async function dealWith(customer: string): Promise<string> {
  const company = await create('companies', { name: customer });
  const deal = await create('deals', { dealname: `Plant at ${customer}`, dealstage: 'qualifiedtobuy' });
  await associate('deals', deal, 'companies', company);
  await announce('companies', company);
  await announce('deals', deal);
  return deal;
}

async function register(number: string, customer: string, deal?: string): Promise<string> {
  const id = await create(registrations, {
    number,
    customer_name: customer,
    customer_country: 'FR',
    deal_type: 'new',
    amount: '900',
    currency: 'EUR',
    submitted_at: new Date().toISOString(),
  });
  const [partner] = await fixture.deps.db.execute<{ ext_id: string }>(
    sql`select ext_id from remote_record where object = 'companies' and fields ->> 'name' = 'Northwind Partners'`,
  );
  await associate(registrations, id, 'companies', partner?.ext_id ?? '');
  if (deal !== undefined) await associate(registrations, id, 'deals', deal);
  await announce(registrations, id);
  return id;
}

const close = (deal: string, dealstage: string) =>
  fixture.call('PATCH', `/crm/objects/2026-09/deals/${deal}`, {
    properties: { dealstage, closedate: new Date().toISOString() },
  });

it('a registration that waits for a deal of our own stays with a person when we win it, and is approved when we lose it', async () => {
  const [won, lost] = [await dealWith('Cobalt Mining'), await dealWith('Larchfield Foods')];
  const [first, second] = [
    await register('DR-2026-0301', 'Cobalt Mining'),
    await register('DR-2026-0302', 'Larchfield Foods'),
  ];
  for (const id of [first, second])
    expect(await onRecord(id)).toMatchObject({
      status: 'in_review',
      conflict_summary: 'Same customer as an open opportunity of our sales team (same name).',
    });
  await close(won, 'closedwon');
  await close(lost, 'closedlost');
  await announce('deals', won, lost);
  const [mine] = await fixture.deps.db.execute<{ status: string; conflict_summary: string }>(
    sql`select status, conflict_summary from registration where number = 'DR-2026-0301'`,
  );
  expect(mine).toMatchObject({
    status: 'in_review',
    conflict_summary: 'Same customer as a closed opportunity of our sales team (same name).',
  });
  await announce(registrations, first, second);
  expect((await onRecord(first)).status).toBe('in_review');
  const approved = await onRecord(second);
  expect(approved).toMatchObject({
    status: 'approved',
    conflict_summary: 'Same customer as a closed opportunity of our sales team (same name).',
  });
  expect(approved.reason).toMatch(/^No blocking conflict\. Protected until /);
});

it('a registration that is linked to a deal that was there before waits for a person, and the record says why', async () => {
  const deal = await dealWith('Alderman Optics');
  const id = await register('DR-2026-0303', 'Alderman Optics', deal);
  expect(await onRecord(id)).toEqual(
    expect.objectContaining({
      status: 'in_review',
      reason: 'The linked opportunity needs a check (opened before the registration).',
    }),
  );
});
