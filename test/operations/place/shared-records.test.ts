import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { editRecord } from '#src/operations/edits/edit-record.ts';
import { crmPeople, type CrmPeople } from '#test/simulation/service/crm-people.ts';
import { accountValues, draftOf, publish, writeAccount } from '#test/operations/mappings/mappings-fixture.ts';
import {
  currentValues,
  startTwoWayWorld,
  type CrmKind,
  type TwoWayWorld,
} from '#test/operations/two-way-fixture.ts';

let world: TwoWayWorld;
let people: Readonly<Record<CrmKind, CrmPeople>>;
beforeAll(async () => {
  world = await startTwoWayWorld();
  const { addresses } = world.service;
  people = {
    salesforce: await crmPeople('salesforce', addresses),
    hubspot: await crmPeople('hubspot', addresses),
  };
  const matched = await draftOf(
    world,
    'hubspot',
    'account',
    (fields) => [
      // Salesforce fills these. HubSpot's telephone number represents a field that only HubSpot has.
      ...fields.filter(({ local }) => !['city', 'phone', 'domain', 'country'].includes(local)),
      { local: 'vatId', remote: 'phone', direction: 'in' },
    ],
    { match: ['name'] },
  );
  await publish(world, matched);
  // The second of the two records finds the first, in either order.
  await publish(
    world,
    await draftOf(world, 'salesforce', 'account', (fields) => fields, { match: ['name'] }),
  );
}, 120_000);
afterAll(() => world[Symbol.asyncDispose]());

interface Row {
  readonly id: string;
  readonly city: string | null;
  readonly vatId: string | null;
  readonly matchDomain: string | null;
  readonly deleted: boolean;
}

async function rowsNamed(name: string): Promise<readonly Row[]> {
  const rows = await world.deps.db.execute(sql`
    select id, city, vat_id as "vatId", (select normal ->> 'domain' from match_profile where subject_id = a.id) as "matchDomain", deleted
    from account a where name = ${name} order by id`);
  return rows as unknown as readonly Row[];
}

async function problemOf(extId: string): Promise<unknown> {
  const [row] = await world.deps.db.execute<{ failure: unknown }>(
    sql`select jsonb_build_object('code', code, 'message', message) as failure from problem where ref = ${extId} and status = 'open'`,
  );
  return row?.failure;
}

/** Both CRMs have it, and Fairway one record of the two. */
async function shared(name: string): Promise<Readonly<Record<CrmKind, string>>> {
  const salesforce = await people.salesforce.createAccount(name);
  await writeAccount(world, 'salesforce', salesforce, {
    BillingCity: 'Graz',
    Website: 'https://shared.example',
  });
  const hubspot = await people.hubspot.createAccount(name);
  await writeAccount(world, 'hubspot', hubspot, { phone: 'ATU1', city: 'Linz' });
  await world.sync();
  return { salesforce, hubspot };
}

describe('a mapping with match fields', { timeout: 120_000 }, () => {
  it('makes one record of what two CRMs hold, and neither empties or overwrites what only the other’s mapping fills', async () => {
    const { salesforce, hubspot } = await shared('Shared Mills');
    const [row, ...others] = await rowsNamed('Shared Mills');
    expect(others).toEqual([]);
    expect(row).toMatchObject({ city: 'Graz', vatId: 'ATU1', matchDomain: 'shared.example' });
    await writeAccount(world, 'salesforce', salesforce, { BillingCity: 'Wels' });
    await world.sync();
    await writeAccount(world, 'hubspot', hubspot, { phone: 'ATU2' });
    await world.sync();
    expect(await rowsNamed('Shared Mills')).toEqual([{ ...row, city: 'Wels', vatId: 'ATU2' }]);
    expect(await world.sync()).toMatchObject({ salesforce: 0, hubspot: 0 });
  });

  it('keeps a shared record while one CRM has it, and deletes it when none does', async () => {
    const { salesforce, hubspot } = await shared('Shared Ropes');
    await people.salesforce.removeAccount(salesforce);
    await world.sync();
    expect(await rowsNamed('Shared Ropes')).toMatchObject([{ deleted: false, vatId: 'ATU1' }]);
    await people.hubspot.removeAccount(hubspot);
    await world.sync();
    expect(await rowsNamed('Shared Ropes')).toMatchObject([{ deleted: true }]);
  });

  it('makes a new record where nothing is the same, and leaves two of one CRM apart', async () => {
    for (let n = 0; n < 2; n += 1) await people.hubspot.createAccount('Alone Twice');
    await world.sync();
    expect(await rowsNamed('Alone Twice')).toHaveLength(2);
  });

  it('asks a person where several are the same, or one is another’s already, and places it once that is settled', async () => {
    const twins = [
      await people.salesforce.createAccount('Twin Works'),
      await people.salesforce.createAccount('Twin Works'),
    ];
    await world.sync();
    const unsure = await people.hubspot.createAccount('Twin Works');
    const late = await people.hubspot.createAccount('Shared Mills');
    await world.sync();
    const named = `(${twins.map((extId) => `Salesforce \\(sandbox\\) ${extId}`).join('|')})`;
    expect(await problemOf(unsure)).toMatchObject({
      code: 'match_ambiguous',
      message: expect.stringMatching(new RegExp(`^2 records have the same name: ${named}, ${named}\\.$`)),
    });
    expect(await problemOf(late)).toMatchObject({
      code: 'match_taken',
      message: expect.stringMatching(
        /^It has the same name as Salesforce \(sandbox\) \w+, which is already linked to HubSpot \(sandbox\) \d+\.$/,
      ),
    });
    expect(await rowsNamed('Twin Works')).toHaveLength(2);

    await writeAccount(world, 'salesforce', twins[1] ?? '', { Name: 'Twin Works West' });
    await writeAccount(world, 'hubspot', late, { name: 'Shared Mills South' });
    // Salesforce's record may be placed after the records that wait for it were retried.
    for (let n = 0; n < 2; n += 1) await world.sync();
    expect([await problemOf(unsure), await problemOf(late)]).toEqual([undefined, undefined]);
    expect(await rowsNamed('Twin Works')).toHaveLength(1);
    expect(await rowsNamed('Shared Mills South')).toHaveLength(1);
  });

  it('follows when the CRM that shares a record merges it into another', async () => {
    const { salesforce, hubspot } = await shared('Shared Nets');
    const survivor = await people.salesforce.createAccount('Nets and More');
    await world.sync();
    await people.salesforce.mergeAccounts(survivor, salesforce);
    await world.sync();
    const links = await world.deps.db.execute<{ recordId: string }>(
      sql`select distinct record_id as "recordId" from link where ext_id in (${survivor}, ${hubspot})`,
    );
    expect(links).toHaveLength(1);
  });
});

describe('a field of a record that is in two CRMs', { timeout: 120_000 }, () => {
  const code = { salesforce: 'Fairway_Partner_Code__c', hubspot: 'fairway_partner_code' } as const;
  const codes = async (ids: Readonly<Record<CrmKind, string>>) => ({
    salesforce: (await accountValues(world, 'salesforce', code.salesforce, [ids.salesforce]))[0],
    hubspot: (await accountValues(world, 'hubspot', code.hubspot, [ids.hubspot]))[0],
  });

  it('that goes both ways in both is the same in all three after a change in either CRM or here, and nothing goes round', async () => {
    const ids = await shared('Two Homes');
    const same = (value: string | null) => ({ salesforce: value, hubspot: value });
    const id = (await rowsNamed('Two Homes'))[0]?.id ?? '';
    const ours = async () => (await currentValues(world.deps, 'account', id))['partnerCode'];
    await writeAccount(world, 'salesforce', ids.salesforce, { [code.salesforce]: 'SF-1' });
    await world.sync();
    expect([await ours(), await codes(ids)]).toEqual(['SF-1', same('SF-1')]);
    await writeAccount(world, 'hubspot', ids.hubspot, { [code.hubspot]: 'HS-2' });
    // Salesforce is placed before HubSpot in a run or after it; in both orders the next plan writes it to the
    // other.
    await world.sync();
    expect([await ours(), await codes(ids)]).toEqual(['HS-2', same('HS-2')]);
    const seen = await currentValues(world.deps, 'account', id);
    await editRecord(world.deps, {
      kind: 'account',
      id,
      values: { partnerCode: 'US-3' },
      expectedValues: seen,
      personId: world.personId,
    });
    await world.sync();
    expect([await ours(), await codes(ids)]).toEqual(['US-3', same('US-3')]);
    await writeAccount(world, 'salesforce', ids.salesforce, { [code.salesforce]: null });
    await world.sync();
    expect([await ours(), await codes(ids)]).toEqual([null, same(null)]);
    // Another field changes; the value of this field is not new.
    await writeAccount(world, 'hubspot', ids.hubspot, { phone: 'ATU9' });
    await world.sync();
    expect(await world.sync()).toMatchObject({ salesforce: 0, hubspot: 0 });
    expect([await ours(), await codes(ids)]).toEqual([null, same(null)]);
    expect(await resolutionsOf(id)).toBe(0);
  });

  it('that both CRMs have changed at once is settled by the policy, or asked about, and neither is overwritten unasked', async () => {
    const ids = await shared('Two Minds');
    const id = (await rowsNamed('Two Minds'))[0]?.id ?? '';
    await writeAccount(world, 'salesforce', ids.salesforce, { [code.salesforce]: 'SF-5' });
    await writeAccount(world, 'hubspot', ids.hubspot, { [code.hubspot]: 'HS-5' });
    await world.sync();
    expect(await codes(ids)).toEqual({ salesforce: 'SF-5', hubspot: 'HS-5' });
    expect(await resolutionsOf(id)).toBeGreaterThan(0);
  });

  const resolutionsOf = async (id: string): Promise<number> => {
    const [row] = await world.deps.db.execute<{ count: number }>(
      sql`select count(*)::int as count from resolution where record_id = ${id} and winner is null`,
    );
    return row?.count ?? 0;
  };

  it('that goes both ways in one and is written to the other is the same in all three after a change on any side', async () => {
    const out = await draftOf(world, 'hubspot', 'account', (fields) =>
      fields.map((field) => {
        if (field.local !== 'partnerCode') return field;
        const { policy: _, ...line } = field;
        return { ...line, direction: 'out' as const };
      }),
    );
    await publish(world, out);
    const ids = await shared('One Home');
    await writeAccount(world, 'salesforce', ids.salesforce, { [code.salesforce]: 'SF-3' });
    for (let n = 0; n < 2; n += 1) await world.sync();
    expect(await codes(ids)).toEqual({ salesforce: 'SF-3', hubspot: 'SF-3' });
    const [row] = await rowsNamed('One Home');
    const id = row?.id ?? '';
    const seen = await currentValues(world.deps, 'account', id);
    await editRecord(world.deps, {
      kind: 'account',
      id,
      values: { partnerCode: 'US-4' },
      expectedValues: seen,
      personId: world.personId,
    });
    await world.sync();
    expect(await codes(ids)).toEqual({ salesforce: 'US-4', hubspot: 'US-4' });
    expect(await world.sync()).toMatchObject({ salesforce: 0, hubspot: 0 });
  });
});
