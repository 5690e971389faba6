import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listConnections } from '#src/db/connections/connection-store.ts';
import { checkConnection } from '#src/operations/connections/check-connection.ts';
import { packFor } from '#src/operations/connections/use-connection.ts';
import { dryRunPack } from '#src/operations/mappings/trial/dry-run-mapping.ts';
import { openProblems } from '#test/support/queries.ts';
import { startService, type Service } from '#test/support/service.ts';

/** An org with record types in which an administrator, or an earlier installation, has restricted a picklist of ours. */
let service: Service;
beforeAll(async () => {
  service = await startService({ profile: 'record-types' });
}, 180_000);
afterAll(() => service[Symbol.asyncDispose]());

const status = 'Fairway_Registration_Status__c';
const statuses = [
  'submitted',
  'information_needed',
  'in_review',
  'approved',
  'rejected',
  'expired',
  'withdrawn',
];

async function setUp(path: string, body: object): Promise<void> {
  const response = await fetch(`${service.addresses.salesforce}/sandbox/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(await response.text());
}

/** Registered opportunities by what the org shows of them. */
async function shown(): Promise<{ numbers: number; statuses: number; dead: number }> {
  const [row] = await service.deps.db.execute<{ numbers: number; statuses: number; dead: number }>(sql`
    select count(*) filter (where s.fields ->> 'Fairway_Registration_Number__c' is not null)::int as numbers,
           count(*) filter (where s.fields ->> ${status} is not null)::int as statuses,
           (select count(*)::int from write_intent where status = 'dead') as dead
      from shadow s join connection c on c.id = s.connection_id where c.kind = 'salesforce' and s.object = 'Opportunity'`);
  return row ?? { numbers: 0, statuses: 0, dead: 0 };
}

async function salesforce() {
  const found = (await listConnections(service.deps.db)).find(({ kind }) => kind === 'salesforce');
  if (!found) throw new Error('no org');
  return found;
}

it(
  'a value that a record type does not offer is named before it is written, and costs no other field',
  { timeout: 180_000 },
  async () => {
    await setUp('fields/restrict', { object: 'Opportunity', field: status });
    const values = { recordType: 'Renewal', field: status, values: statuses };
    await setUp('record-types/add-values', values);
    await service.runJob();
    const { numbers, statuses: written, dead } = await shown();
    const problems = await openProblems(service.deps.db);
    expect(numbers).toBeGreaterThan(20);
    expect(written).toBeGreaterThan(0);
    expect(problems).toHaveLength(numbers - written);
    expect(new Set(problems.map(({ code }) => code))).toEqual(new Set(['not_in_record_type']));
    expect(problems[0]?.message).toMatch(
      /Fairway_Registration_Status__c does not offer "\w+" for records of the type “New Business”/,
    );
    expect(dead).toBe(0);

    const connection = await salesforce();
    const pack = packFor(service.deps, connection, 'opportunity');
    if (!pack) throw new Error('no mapping of opportunities');
    const trial = await dryRunPack(service.deps, { connectionId: connection.id, pack }, async () => {});
    if (!trial.fits) throw new Error(JSON.stringify(trial.problems));
    expect(trial.report.refused).toMatchObject([
      { effect: 'value', field: 'registrationStatus', certain: true, count: numbers - written },
    ]);

    await setUp('record-types/add-values', { ...values, recordType: 'New_Business' });
    await checkConnection(service.deps, { connectionId: connection.id });
    await service.runJob();
    expect(await openProblems(service.deps.db)).toEqual([]);
    expect(await shown()).toEqual({ numbers, statuses: numbers, dead: 0 });
  },
);
