import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reconcileObject } from '#src/operations/pull/reconcile-object.ts';
import { openProblems } from '#test/support/queries.ts';
import { startTwoWayWorld, type TwoWayWorld } from '#test/operations/two-way-fixture.ts';

let world: TwoWayWorld;
beforeAll(async () => {
  world = await startTwoWayWorld();
}, 60_000);
afterAll(() => world[Symbol.asyncDispose]());

async function associate(registration: string, company: string): Promise<void> {
  const response = await fetch(`${world.service.addresses.hubspot}/sandbox/associate`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      objectType: 'p_fairway_registration',
      id: registration,
      toObjectType: 'companies',
      toId: company,
    }),
  });
  if (!response.ok) throw new Error(await response.text());
}

async function companies(isPartner: boolean, except: string): Promise<readonly string[]> {
  const rows = await world.deps.db.execute<{ ref: string }>(sql`
    select l.ext_id as ref from link l join account a on a.id = l.record_id join connection c on c.id = l.connection_id
    where c.kind = 'hubspot' and a.is_partner = ${isPartner} and not a.deleted
      and a.id <> (select p.account_id from registration r join partner p on p.id = r.partner_id where r.id = ${except})
    order by l.ext_id limit 2`);
  return rows.map(({ ref }) => ref);
}

async function partnerOf(id: string): Promise<unknown> {
  const [row] = await world.deps.db.execute(sql`select partner_id from registration where id = ${id}`);
  return row?.['partner_id'];
}

async function readAgain(): Promise<void> {
  const { id: connectionId } = await world.connection('hubspot');
  const compare = { connectionId, kind: 'registration', acceptRemovals: false } as const;
  await reconcileObject(world.deps, compare, async () => {});
  await world.sync();
}

describe('a registration with several companies in HubSpot', { timeout: 120_000 }, () => {
  it('belongs to the one that is a partner; two partners are asked about', async () => {
    const registration = await world.unusedRegistration('hubspot');
    const before = await partnerOf(registration.id);
    const [customer = ''] = await companies(false, registration.id);
    await associate(registration.extId, customer);
    await readAgain();
    expect(await openProblems(world.deps.db)).toEqual([]);
    expect(await partnerOf(registration.id)).toBe(before);

    const [rival = ''] = await companies(true, registration.id);
    await associate(registration.extId, rival);
    await readAgain();
    expect(await openProblems(world.deps.db)).toMatchObject([
      { ref: registration.extId, code: 'partner_ambiguous' },
    ]);
    expect(await partnerOf(registration.id)).toBe(before);
  });
});
