import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listConnections } from '#src/db/connections/connection-store.ts';
import { checkConnection } from '#src/operations/connections/check-connection.ts';
import { editRecord } from '#src/operations/edits/edit-record.ts';
import { createLoginLink } from '#src/operations/people/login-link.ts';
import { draftOf, publish } from '#test/operations/mappings/mappings-fixture.ts';
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

it('an edit in the console is refused when the type of the record does not offer the value', async () => {
  await setUp('fields/restrict', { object: 'Opportunity', field: 'LeadSource' });
  const { deps } = service;
  const personId = (await createLoginLink(deps, { email: 'olga@example.com', role: 'ops' })).person.id;
  const world = { deps, personId, connection: salesforce };
  const line = { local: 'productFamily', remote: 'LeadSource', direction: 'both' } as const;
  const draft = await draftOf(world, 'salesforce', 'opportunity', (fields) => [
    ...fields.filter(({ local }) => local !== 'productFamily'),
    line,
  ]);
  await publish(world, draft);
  await checkConnection(deps, { connectionId: draft.connectionId });
  await service.runJob();
  const idOf = async (type: string): Promise<string> => {
    const [row] = await deps.db.execute<{ id: string }>(sql`
      select l.record_id as id from link l join remote_record r using (connection_id, object, ext_id)
       where l.object = 'Opportunity' and r.fields ->> 'RecordTypeId' = ${type} limit 1`);
    if (!row) throw new Error(`no opportunity of the type ${type}`);
    return row.id;
  };
  const { recordTypes } = await deps.connectorFor(await salesforce()).describe('Opportunity');
  const typeOf = (name: string): string => recordTypes?.types.find((type) => type.name === name)?.id ?? '';
  const edit = async (type: string) => {
    const id = await idOf(typeOf(type));
    const [{ before } = { before: null }] = await deps.db.execute<{ before: string | null }>(
      sql`select product_family as before from opportunity where id = ${id}`,
    );
    const values = { productFamily: 'Purchased List' };
    return editRecord(deps, {
      kind: 'opportunity',
      id,
      values,
      expectedValues: { productFamily: before },
      personId,
    });
  };
  await expect(edit('New Business')).rejects.toThrow(
    'LeadSource does not offer "Purchased List" for records of the type “New Business”',
  );
  await expect(edit('Renewal')).resolves.toEqual({ changed: ['productFamily'] });
}, 120_000);
