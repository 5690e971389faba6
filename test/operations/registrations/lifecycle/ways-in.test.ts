import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { showImport } from '#src/operations/registrations/import/show-import.ts';
import { startImport } from '#src/operations/registrations/import/start-import.ts';
import { submitRegistration } from '#src/operations/registrations/lifecycle/submit-registration.ts';
import { startDeps } from '#test/support/deps.ts';
import { addPerson } from '#test/support/people/people.ts';
import { lifecycleFixture } from './lifecycle-fixture.ts';

const monday = '2026-06-15T08:00:00Z';
const customers = ['Nordwind Logistik GmbH', 'Bergmann Maschinenbau AG'];
const senders = ['api', 'webhook', 'csv'] as const;

interface Sent {
  readonly way: (typeof senders)[number];
  readonly key: string;
  readonly customer: string;
  readonly amount: number;
}

/** The amounts are close, because a very different one may be another project. */
const sent = fc.record({
  way: fc.constantFrom(...senders),
  key: fc.constantFrom('k1', 'k2', 'k3'),
  customer: fc.constantFrom(...customers),
  amount: fc.integer({ min: 100, max: 103 }),
});

test('a key of a sender is one submission and a deal of a partner one registration, on whatever ways and however interleaved', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(sent, { minLength: 1, maxLength: 3 }), { maxLength: 4 }),
      async (groups) => {
        await using started = await startDeps({ now: monday });
        const { deps } = started;
        const { partners } = await lifecycleFixture(deps, monday);
        const partner = partners['acme'] ?? '';
        const { id: personId, email } = await addPerson(deps, { name: 'Ina', role: 'ops' });
        await deps.db.execute(
          sql`insert into lifecycle_person (name, role) values ('source portal', 'service')`,
        );
        const submit = async ({
          way,
          key,
          customer,
          amount,
        }: Sent): Promise<readonly [sender: string, result: string, id: string]> => {
          if (way === 'csv') {
            const content = Buffer.from(
              `partner,key,customerName,customerCountry,productFamily,amount,currency\n${partner},${key},${customer},DE,Network,${amount}.00,EUR\n`,
            );
            const file = { fileName: 'one.csv', content, encoding: null, isPreview: false, personId };
            const { importId } = await startImport(deps, file);
            const { outcomes } = await showImport(deps, importId, { after: 0, limit: 10 });
            return [email, outcomes[0]?.result ?? '', outcomes[0]?.registrationId ?? ''];
          }
          const by = way === 'api' ? email : 'source portal';
          const terms = {
            customerName: customer,
            customerCountry: 'DE',
            productFamily: 'Network',
            amount: `${amount}.00`,
            currency: 'EUR',
          };
          const { result } = await submitRegistration(deps, { by, via: way, with: { partner, key, terms } });
          const [[kind, id] = ['', '']] = Object.entries(result ?? {});
          return [by, kind, String(id)];
        };
        const byKey = new Map<string, string>();
        const created: string[] = [];
        for (const group of groups) {
          const answers = await Promise.all(group.map(submit));
          for (const [index, [sender, result, id]] of answers.entries()) {
            const name = `${sender} ${group[index]?.key}`;
            expect(['created', 'updated', 'same']).toContain(result);
            if (result === 'created') created.push(id);
            expect(byKey.get(name) ?? id).toBe(id);
            byKey.set(name, id);
          }
        }
        expect(new Set(created).size).toBe(created.length);
        const stored = await deps.db.execute<{ id: string; customer: string }>(
          sql`select id, customer_name as customer from registration`,
        );
        expect(stored.map(({ id }) => id).toSorted()).toEqual(created.toSorted());
        expect(new Set(stored.map(({ customer }) => customer)).size).toBe(stored.length);
      },
    ),
    { numRuns: 8, endOnFailure: true },
  );
}, 300_000);
