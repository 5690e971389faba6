import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MappedField } from '#mappings/engine/pack/pack.ts';
import { editRecord } from '#src/operations/edits/edit-record.ts';
import {
  accountsOf,
  accountValues,
  addAccountField,
  addedField,
  draftOf,
  publish,
  writeAccount,
} from '#test/operations/mappings/mappings-fixture.ts';
import { currentValues, startTwoWayWorld, type TwoWayWorld } from '#test/operations/two-way-fixture.ts';

let world: TwoWayWorld;
beforeAll(async () => {
  world = await startTwoWayWorld();
}, 120_000);
afterAll(() => world[Symbol.asyncDispose]());

const names = {
  salesforce: { city: 'BillingCity', phone: 'Phone', title: 'Fairway_Tier_Standing__c' },
  hubspot: { city: 'city', phone: 'phone', title: 'fairway_tier_standing' },
} as const;

const template = (local: string, remote: string, text: string): MappedField => {
  return { local, remote, direction: 'out', transform: [{ name: 'template', text }] };
};

describe.each(['salesforce', 'hubspot'] as const)('in %s', { timeout: 120_000 }, (crm) => {
  it('a line that puts fields of ours together is written to every record of which all are known, and again when one of them changes', async () => {
    const { city, phone, title } = names[crm];
    const where = addedField[crm];
    await addAccountField(world, crm);
    await publish(
      world,
      await draftOf(world, crm, 'account', (fields) => [
        ...fields.filter((field) => field.remote !== title),
        template('tier', where, '{city}, {phone}'),
        template('tierStanding', title, '{tier} with the code {partnerCode}'),
      ]),
    );
    const [partner] = await accountsOf(world, crm);
    const customer = await aCustomer(crm);
    if (partner === undefined) throw new Error(`no partner in ${crm}`);
    const shown = (field: string) => accountValues(world, crm, field, [partner, customer.extId]);
    for (const extId of [partner, customer.extId])
      await writeAccount(world, crm, extId, { [city]: 'Graz', [phone]: '+43 1' });
    await world.sync();
    expect(await shown(where)).toEqual(['Graz, +43 1', 'Graz, +43 1']);
    // A customer has no tier: not every field is known, so nothing is said.
    expect(await shown(title)).toEqual([expect.stringMatching(/^\w+ with the code /), null]);

    await writeAccount(world, crm, customer.extId, { [city]: 'Linz' });
    await world.sync();
    expect(await shown(where)).toEqual(['Graz, +43 1', 'Linz, +43 1']);
    await writeAccount(world, crm, customer.extId, { [phone]: '+43 2' });
    await world.sync();
    expect(await shown(where)).toEqual(['Graz, +43 1', 'Linz, +43 2']);

    const { deps, personId } = world;
    const id = await ourId(crm, partner);
    await editRecord(deps, {
      ...{
        kind: 'account',
        id,
        values: { partnerCode: `X-${crm}` },
        expectedValues: await currentValues(deps, 'account', id),
        personId,
      },
    });
    await world.sync();
    expect(await shown(title)).toEqual([
      expect.stringMatching(new RegExp(`^\\w+ with the code X-${crm}$`)),
      null,
    ]);
    expect(await world.sync()).toMatchObject({ [crm]: 0 });
  });
});

const ourId = async (crm: string, extId: string): Promise<string> =>
  (await linked(crm, sql`l.ext_id = ${extId}`)).id;
const aCustomer = (crm: string) =>
  linked(crm, sql`not a.is_partner and not a.deleted and a.partner_code is null`);

async function linked(
  crm: string,
  which: ReturnType<typeof sql>,
): Promise<{ readonly id: string; readonly extId: string }> {
  const [row] = await world.deps.db.execute<{ id: string; extId: string }>(sql`
    select a.id, l.ext_id as "extId" from account a join link l on l.record_id = a.id join connection c on c.id = l.connection_id
    where c.kind = ${crm} and ${which} order by a.name limit 1`);
  if (!row) throw new Error(`no such account in ${crm}`);
  return row;
}
