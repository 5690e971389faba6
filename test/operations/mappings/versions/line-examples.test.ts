import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { invalidateDescriptions } from '#src/db/connections/connection-store.ts';
import { lineExamples } from '#src/operations/mappings/versions/line-examples.ts';
import { addAccountField, addedField, draftOf } from '#test/operations/mappings/mappings-fixture.ts';
import { startTwoWayWorld, type TwoWayWorld } from '#test/operations/two-way-fixture.ts';

let world: TwoWayWorld;
beforeAll(async () => {
  world = await startTwoWayWorld();
}, 120_000);
afterAll(() => world[Symbol.asyncDispose]());

describe.each(['salesforce', 'hubspot'] as const)(
  'the approver of a mapping of %s',
  { timeout: 120_000 },
  (crm) => {
    it('sees what each changed line does to three real records, before and after', async () => {
      await addAccountField(world, crm);
      const { id: connectionId } = await world.connection(crm);
      await invalidateDescriptions(world.deps.db, connectionId);
      const remoteOf = { salesforce: 'BillingCity', hubspot: 'city' }[crm];
      const draft = await draftOf(world, crm, 'account', (fields) => [
        ...fields.flatMap((field) =>
          field.local === 'city'
            ? [{ ...field, transform: [{ name: 'upper' as const }] }]
            : field.local === 'phone'
              ? []
              : [field],
        ),
        { local: 'vatId', remote: remoteOf, direction: 'in' },
        { local: 'name', remote: addedField[crm], direction: 'out' },
      ]);
      const query = { connectionId, object: draft.object, from: 'live', to: 'draft' } as const;
      const { lines, problem } = await lineExamples(world.deps, query);
      expect(problem).toBeNull();
      const of = (local: string) => lines.find((line) => line.local === local);
      const cities = new Map(
        (
          await world.deps.db.execute<{ ref: string; city: string }>(
            sql`select l.ext_id as ref, a.city from link l join account a on a.id = l.record_id`,
          )
        ).map(({ ref, city }) => [ref, city]),
      );
      for (const [local, after] of [
        ['city', (city: string) => city.toUpperCase()],
        ['vatId', (city: string) => city],
      ] as const) {
        expect(of(local)).toMatchObject({ remote: remoteOf, side: 'fairway' });
        const examples = of(local)?.examples ?? [];
        expect(examples).toHaveLength(3);
        for (const example of examples) {
          const city = cities.get(example.ref) ?? '';
          expect(example.after).toBe(after(city));
          expect(example.before).toBe(local === 'city' ? city : null);
        }
      }
      expect(of('name')).toMatchObject({ side: 'crm', remote: addedField[crm] });
      expect(of('name')?.examples[0]).toMatchObject({ before: null, after: expect.any(String) });
      // A line that is removed leaves the values that are there.
      for (const { before, after } of of('phone')?.examples ?? []) expect(after).toBe(before);
    });
  },
);
