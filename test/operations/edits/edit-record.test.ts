import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CanonicalValues } from '#src/domain/record.ts';
import { editRecord } from '#src/operations/edits/edit-record.ts';
import { refreshProfiles } from '#src/operations/matching/refresh-profiles.ts';
import { currentValues, startTwoWayWorld, type TwoWayWorld } from '#test/operations/two-way-fixture.ts';

let world: TwoWayWorld;
beforeAll(async () => {
  world = await startTwoWayWorld();
}, 60_000);
afterAll(() => world[Symbol.asyncDispose]());

/** By somebody who has just looked. */
const edit = async (id: string, values: CanonicalValues) =>
  editRecord(world.deps, {
    kind: 'registration',
    id,
    values,
    expectedValues: { ...nothing(values), ...(await currentValues(world.deps, 'registration', id)) },
    personId: world.personId,
  });
const nothing = (values: CanonicalValues): CanonicalValues =>
  Object.fromEntries(Object.keys(values).map((field) => [field, null]));

describe('editing a registration', { timeout: 60_000 }, () => {
  it('reaches its CRM without a run, as it is read there, with who and which fields on the audit trail, which cannot forget a value', async () => {
    const registration = await world.unusedRegistration('salesforce');
    expect(
      await edit(registration.id, {
        customerDomain: 'https://www.Wagner-Soehne.DE/kontakt',
        contactEmail: null,
      }),
    ).toMatchObject({
      changed: expect.arrayContaining(['customerDomain']),
    });
    await world.service.workUntil(
      async () =>
        (await world.inCrm('salesforce', registration, ['customerDomain']))['customerDomain'] ===
        'wagner-soehne.de',
    );
    expect(await world.here(registration)).toMatchObject({
      customerDomain: 'wagner-soehne.de',
      contactEmail: null,
    });
    const [entry] = await world.deps.db.execute(
      sql`select actor_id, before, after from audit_event where action = 'registration.edited' and subject_id = ${registration.id}`,
    );
    expect(entry).toMatchObject({
      actor_id: world.personId,
      before: null,
      after: { fields: ['customerDomain', 'contactEmail'] },
    });
  });

  it('changes what the matching of customers goes by', async () => {
    const registration = await world.unusedRegistration('salesforce');
    await edit(registration.id, {
      customerName: 'Nordwind Analytics GmbH',
      customerDomain: 'nordwind.example',
    });
    await refreshProfiles(world.deps.db);
    const [row] = await world.deps.db.execute(
      sql`select normal from match_profile where subject_id = ${registration.id}`,
    );
    expect(row?.['normal']).toMatchObject({ core: 'nordwind analytics', domain: 'nordwind.example' });
  });

  it('is refused, field and fix named, for a value the CRM could not hold, and changes nothing', async () => {
    const registration = await world.unusedRegistration('salesforce');
    const before = await world.here(registration);
    const refused: readonly (readonly [Readonly<Record<string, string | null>>, RegExp])[] = [
      [{ status: 'approved' }, /"status" of a registration cannot be edited in Fairway.*customerName/],
      [{ colour: 'red' }, /"colour"/],
      [{ expectedClose: 'soon' }, /expectedClose: .*YYYY-MM-DD/],
      [{ dealType: 'rebate' }, /dealType: .*rebate/],
      [{ customerCountry: 'Atlantis' }, /customerCountry/],
      [{ customerName: null }, /customerName/],
      [{ customerName: 'x'.repeat(256) }, /customerName: .*255/],
      [{ amount: '10.005' }, /amount: .*decimals/],
    ];
    for (const [values, words] of refused) {
      const [field] = Object.keys(values);
      await expect(edit(registration.id, { productFamily: 'Half an edit', ...values })).rejects.toMatchObject(
        {
          code: 'bad_request',
          message: expect.stringMatching(words),
          detail: { field },
        },
      );
    }
    expect(await world.here(registration)).toEqual(before);
  });

  it('that changes nothing writes nothing, and one reverted before it was sent is not sent', async () => {
    const registration = await world.unusedRegistration('hubspot');
    const { productFamily } = await world.here(registration);
    expect(await edit(registration.id, { productFamily: ` ${String(productFamily)} ` })).toEqual({
      changed: [],
    });
    await edit(registration.id, { productFamily: 'For a moment' });
    await edit(registration.id, { productFamily: String(productFamily) });
    expect((await world.sync()).hubspot).toBe(0);
    expect(await world.inCrm('hubspot', registration, ['productFamily'])).toEqual({ productFamily });
  });

  it('two edits of one field in a row end with the second, also when the first is on its way', async () => {
    const registration = await world.unusedRegistration('hubspot');
    await edit(registration.id, { customerName: 'First' });
    const firstWritten = world.service.workUntil(
      async () => (await world.inCrm('hubspot', registration, ['customerName']))['customerName'] === 'First',
    );
    await firstWritten;
    await edit(registration.id, { customerName: 'Second' });
    await world.sync();
    expect(await world.inCrm('hubspot', registration, ['customerName'])).toEqual({ customerName: 'Second' });
    expect(await world.here(registration)).toMatchObject({ customerName: 'Second' });
    expect(await world.resolutions(registration)).toEqual([]);
  });

  it('never overwrites what came from the CRM since the person looked: the answer names the field, its value now and what to do, and nothing changes', async () => {
    const registration = await world.unusedRegistration('salesforce');
    const seen = await currentValues(world.deps, 'registration', registration.id);
    const act = (values: CanonicalValues, saw: CanonicalValues) =>
      editRecord(world.deps, {
        kind: 'registration',
        id: registration.id,
        values,
        expectedValues: saw,
        personId: world.personId,
      });
    await world.editInCrm('salesforce', registration, { productFamily: 'Came meanwhile' });
    await world.sync();
    await expect(
      act({ customerName: 'With it', productFamily: 'Typed meanwhile' }, seen),
    ).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/^productFamily is "Came meanwhile" now.*edit it again/),
      detail: { field: 'productFamily' },
    });
    expect(await world.here(registration)).toMatchObject({
      productFamily: 'Came meanwhile',
      customerName: seen['customerName'],
    });
    // An edit to the present value overwrites nothing, and neither does an edit of another field.
    expect(await act({ productFamily: 'Came meanwhile', customerName: 'Another field' }, seen)).toEqual({
      changed: ['customerName'],
    });
    await act({ productFamily: 'Typed knowing it' }, { productFamily: 'Came meanwhile' });
    await world.sync();
    expect(await world.inCrm('salesforce', registration, ['productFamily'])).toEqual({
      productFamily: 'Typed knowing it',
    });
  });

  it('is refused without a word on what the person saw', async () => {
    const registration = await world.unusedRegistration('salesforce');
    await expect(
      editRecord(world.deps, {
        kind: 'registration',
        id: registration.id,
        values: { productFamily: 'Blind' },
        expectedValues: {},
        personId: world.personId,
      }),
    ).rejects.toMatchObject({
      code: 'bad_request',
      message: expect.stringContaining('"expectedValues"'),
      detail: { field: 'productFamily' },
    });
  });

  it('of a registration that is gone from its CRM is refused', async () => {
    await expect(edit(world.deps.ids(), { customerName: 'Nobody' })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

describe.each(['salesforce', 'hubspot'] as const)(
  'editing the partner code of an account in %s',
  { timeout: 60_000 },
  (crm) => {
    it('changes the partner’s, and the CRM’s', async () => {
      const { id, extId } = await partnerAccount(crm);
      const seen = await currentValues(world.deps, 'account', id);
      await editRecord(world.deps, {
        kind: 'account',
        id,
        values: { partnerCode: 'P-7777' },
        expectedValues: seen,
        personId: world.personId,
      });
      await world.sync();
      const pack = world.deps.packs.find((one) => one.system === crm && one.kind === 'account');
      const field = pack?.fields.find((one) => one.local === 'partnerCode')?.remote ?? '';
      const connector = world.deps.connectorFor(await world.connection(crm));
      const [record] = await connector.fetch(pack?.object ?? '', [extId], [field]);
      expect(record?.fields).toEqual({ [field]: 'P-7777' });
      const [partner] = await world.deps.db.execute(sql`select code from partner where account_id = ${id}`);
      expect(partner).toEqual({ code: 'P-7777' });
      expect((await world.sync())[crm]).toBe(0);
    });
  },
);

async function partnerAccount(crm: string): Promise<{ readonly id: string; readonly extId: string }> {
  const [row] = await world.deps.db.execute<{ id: string; extId: string }>(sql`
    select a.id, l.ext_id as "extId" from account a join link l on l.record_id = a.id join connection c on c.id = l.connection_id
    where c.kind = ${crm} and a.is_partner order by a.name limit 1`);
  if (!row) throw new Error(`${crm} has no partner`);
  return row;
}
