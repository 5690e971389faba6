import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { previewMapping } from '#src/operations/mappings/trial/preview-mapping.ts';
import { addAccountField, addedField, changed } from '#test/operations/mappings/mappings-fixture.ts';
import { startTwoWayWorld, type CrmKind, type TwoWayWorld } from '#test/operations/two-way-fixture.ts';

let world: TwoWayWorld;
beforeAll(async () => {
  world = await startTwoWayWorld();
}, 120_000);
afterAll(() => world[Symbol.asyncDispose]());

describe.each(['salesforce', 'hubspot'] as const)(
  'a preview on one record of %s',
  { timeout: 120_000 },
  (crm) => {
    it('shows both directions step by step and exactly what would be sent, and leaves nothing behind', async () => {
      await addAccountField(world, crm);
      const { id: connectionId } = await world.connection(crm);
      const { ref, city, current } = await aPartner(crm);
      const pack = await changed(world, crm, 'account', (fields) => [
        ...fields.map((field) =>
          field.local === 'city' ? { ...field, transform: [{ name: 'upper' as const }] } : field,
        ),
        { local: 'tierStanding', remote: addedField[crm], direction: 'out', transform: [{ name: 'upper' }] },
      ]);
      const preview = await previewMapping(world.deps, { connectionId, pack, ref });
      if (!preview.fits) throw new Error(JSON.stringify(preview.problems));
      expect(preview.before).toMatchObject({ city });
      expect(preview.after).toEqual({ ...preview.before, city: city.toUpperCase() });
      expect(preview.inbound.find(({ local }) => local === 'city')).toMatchObject({
        steps: [{ transform: 'upper', in: city, out: city.toUpperCase() }],
        result: city.toUpperCase(),
      });
      expect(preview.outbound.find(({ remote }) => remote === addedField[crm])).toMatchObject({
        local: 'tierStanding',
        sources: [{ field: 'tierStanding', value: current }],
        result: current.toUpperCase(),
      });
      expect(preview.write).toEqual({
        object: pack.object,
        operation: 'update',
        fields: { [addedField[crm]]: current.toUpperCase() },
        changes: { [addedField[crm]]: [null, current.toUpperCase()] },
      });
      expect(preview.refusals).toEqual([]);
      expect((await aPartner(crm)).city).toBe(city);
      const [pending] = await world.deps.db.execute(
        sql`select count(*)::int as count from write_intent where status = 'pending'`,
      );
      expect(pending).toEqual({ count: 0 });
    });

    it('says what does not fit, and that a record is not there', async () => {
      const { id: connectionId } = await world.connection(crm);
      const misspelt = await changed(world, crm, 'account', (fields) =>
        fields.map((field) => (field.local === 'city' ? { ...field, remote: 'Nowhere' } : field)),
      );
      const preview = await previewMapping(world.deps, {
        connectionId,
        pack: misspelt,
        ref: (await aPartner(crm)).ref,
      });
      expect(preview).toMatchObject({
        fits: false,
        problems: [{ field: 'city', code: 'remote_field_missing' }],
      });
      const pack = await changed(world, crm, 'account', (fields) => fields);
      await expect(
        previewMapping(world.deps, { connectionId, pack, ref: absent[crm] }),
      ).rejects.toMatchObject({ code: 'not_found' });
    });
  },
);

const absent = { salesforce: '001000000000000AAA', hubspot: '999999999999' } as const;

/** A partner with a city and a tier. */
async function aPartner(
  crm: CrmKind,
): Promise<{ readonly ref: string; readonly city: string; readonly current: string }> {
  const rows = await world.deps.db.execute<{ ref: string; city: string; current: string }>(sql`
    select l.ext_id as ref, a.city, t.explanation as current from account a
    join partner p on p.account_id = a.id join tier_assignment t on t.partner_id = p.id
    join link l on l.record_id = a.id join connection c on c.id = l.connection_id
    where c.kind = ${crm} and a.city <> upper(a.city) and p.merged_into is null order by l.ext_id, t.effective_from desc limit 1`);
  const [row] = rows;
  if (!row) throw new Error(`no partner in ${crm}`);
  return row;
}
