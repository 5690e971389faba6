import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkMapping } from '#src/operations/mappings/versions/check-mapping.ts';
import { backfillMapping, startBackfill } from '#src/operations/mappings/backfill/backfill-mapping.ts';
import { previewMapping } from '#src/operations/mappings/trial/preview-mapping.ts';
import { changed, draftOf, publish, writeAccount } from '#test/operations/mappings/mappings-fixture.ts';
import { startTwoWayWorld, type CrmKind, type TwoWayWorld } from '#test/operations/two-way-fixture.ts';

let world: TwoWayWorld;
beforeAll(async () => {
  world = await startTwoWayWorld();
}, 120_000);
afterAll(() => world[Symbol.asyncDispose]());

const cityOf = { salesforce: 'BillingCity', hubspot: 'city' } as const;
const accountId = { salesforce: 'AccountId', hubspot: 'assoc:companies' } as const;

interface Deal {
  readonly ref: string;
  readonly account: string;
  readonly city: string | null;
  readonly looked: string | null;
}

async function deals(crm: CrmKind): Promise<readonly Deal[]> {
  const rows = await world.deps.db.execute(sql`
    select l.ext_id as ref, al.ext_id as account, a.city, o.extra ->> 'customerCity' as looked
    from opportunity o join link l on l.record_id = o.id join connection c on c.id = l.connection_id
    join account a on a.id = o.account_id join link al on al.record_id = a.id and al.connection_id = c.id
    where c.kind = ${crm} and not o.deleted and l.merged_into is null and al.merged_into is null order by l.ext_id`);
  return rows as unknown as readonly Deal[];
}

describe.each(['salesforce', 'hubspot'] as const)(
  'a field looked up in the account of a deal of %s',
  { timeout: 180_000 },
  (crm) => {
    it('is copied, shown in a preview step by step, and follows when the account changes', async () => {
      const line = { local: 'extra.customerCity', remote: accountId[crm], direction: 'in' as const };
      const extra = [{ name: 'customerCity', label: 'City of the customer', type: 'text' as const }];
      const add = (field: string) => [{ ...line, transform: [{ name: 'related' as const, field }] }];
      const connection = await world.connection(crm);
      const wrong = await changed(
        world,
        crm,
        'opportunity',
        (fields) => [...fields, ...add('extra.nothing')],
        { extra },
      );
      const description = await world.deps.connectorFor(connection).describe(wrong.object);
      expect((await checkMapping(world.deps, connection, wrong, description)).problems).toMatchObject([
        {
          field: 'extra.customerCity',
          code: 'unknown_source',
          message: expect.stringContaining('does not declare the field "extra.nothing"'),
        },
      ]);

      const draft = await draftOf(world, crm, 'opportunity', (fields) => [...fields, ...add('city')], {
        extra,
      });
      const one = (await deals(crm)).find(({ city }) => city !== null);
      if (!one) throw new Error('no deal with a city');
      const preview = await previewMapping(world.deps, {
        connectionId: connection.id,
        pack: draft.pack,
        ref: one.ref,
      });
      expect(preview).toMatchObject({ fits: true, after: { 'extra.customerCity': one.city } });
      const explained = preview.fits
        ? preview.inbound.find(({ local }) => local === 'extra.customerCity')
        : undefined;
      expect(explained).toMatchObject({
        result: one.city,
        steps: [{ transform: 'related', out: one.city }, { transform: 'text' }],
      });

      await publish(world, draft);
      const { backfillId } = await startBackfill(world.deps, {
        connectionId: connection.id,
        object: draft.object,
        personId: world.personId,
      });
      await backfillMapping(world.deps, { backfillId: backfillId ?? '' }, async () => {});
      const carried = await deals(crm);
      expect(carried.length).toBeGreaterThan(10);
      expect(carried.filter(({ city, looked }) => city !== looked)).toEqual([]);

      await writeAccount(world, crm, one.account, { [cityOf[crm]]: 'Villach' });
      await world.sync();
      const after = await deals(crm);
      expect(after.filter(({ account }) => account === one.account).map(({ looked }) => looked)).toContain(
        'Villach',
      );
      expect(after.filter(({ city, looked }) => city !== looked)).toEqual([]);
    });
  },
);
