import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Db } from '#src/db/client.ts';
import { eraseRecords } from '#src/db/records/erase-store.ts';
import { reportProblems } from '#src/db/sync/problem-store.ts';
import { evaluateRegistrations } from '#src/operations/registrations/evaluate-registrations.ts';
import { editRecord } from '#src/operations/edits/edit-record.ts';
import { planWrites } from '#src/operations/write/plan-writes.ts';
import { pushConnection } from '#src/operations/write/push-connection.ts';
import { createLoginLink } from '#src/operations/people/login-link.ts';
import {
  firstRow,
  noProgress,
  objects,
  sampleAccount,
  sampleOpportunity,
  startSalesforceFixture,
  type SalesforceFixture,
} from '#test/operations/pull/reading-fixture.ts';

let fixture: SalesforceFixture;
const object = objects.salesforce.registration;

beforeAll(async () => {
  const registration = {
    partnerKey: 'Reseller',
    opportunityKey: null,
    customerCountry: 'DE',
    productFamily: 'Core',
    dealType: 'new',
    amount: '100.00',
    currency: 'USD',
    expectedClose: '2026-12-31',
  } as const;
  const zebra = {
    ...registration,
    customerName: 'Zebra Industries',
    customerDomain: 'zebra.example',
    contactEmail: 'zoe@zebra.example',
  };
  fixture = await startSalesforceFixture({
    accounts: [
      sampleAccount('Reseller', { isPartner: true, partnerCode: 'P-1' }),
      sampleAccount('Other Reseller', { isPartner: true, partnerCode: 'P-2' }),
      sampleAccount('Customer'),
    ],
    opportunities: [sampleOpportunity('Customer deal', 'Customer')],
    registrations: [
      { ...zebra, key: 'first', number: 'DR-1', submittedAt: '2026-11-01T09:00:00.000Z' },
      {
        ...registration,
        key: 'second',
        number: 'DR-2',
        partnerKey: 'Other Reseller',
        customerName: 'Zebra',
        customerDomain: 'zebra.example',
        contactEmail: null,
        submittedAt: '2026-11-02T09:00:00.000Z',
      },
    ],
  });
  await fixture.read('account');
  await fixture.read('opportunity');
  await fixture.read('registration');
  await fixture.map();
}, 60_000);
afterAll(() => fixture[Symbol.asyncDispose]());

const words = ['Zebra Industries', 'zoe@zebra', 'zack@zebra', 'zuri@zebra'];

/** Tables with a row that contains this text in any column. */
async function tablesSaying(db: Db, text: string): Promise<string[]> {
  const tables = await db.execute<{ name: string }>(
    sql`select tablename as name from pg_tables where schemaname = 'public' order by 1`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const [row] = await db.execute<{ count: number }>(
      sql`select count(*)::int as count from ${sql.identifier(name)} t where t::text ilike ${`%${text}%`}`,
    );
    if (row && row.count > 0) found.push(name);
  }
  return found;
}

it('of a record erased for privacy no value is left in any table, while its row stays for the books', async () => {
  const { deps, connection } = fixture;
  const { db } = deps;
  const { ext_id: extId = '', id = '' } =
    (await firstRow<{ ext_id: string; id: string }>(
      db,
      sql`select l.ext_id, r.id from registration r join link l on l.record_id = r.id where r.number = 'DR-1'`,
    )) ?? {};
  fixture.pass(60_000);
  await fixture.edit('registration', extId, { Contact_Email__c: 'zack@zebra.example' });
  fixture.pass(60_000);
  await fixture.read('registration');
  await fixture.map();
  const personId = (await createLoginLink(deps, { email: 'olga@example.com', role: 'ops' })).person.id;
  const edit = {
    values: { contactEmail: 'zuri@zebra.example' },
    expectedValues: { contactEmail: 'zack@zebra.example' },
  };
  await editRecord(deps, { kind: 'registration', id, ...edit, personId });
  await evaluateRegistrations(deps, noProgress);
  await planWrites(deps, { runId: null, scope: {} }, noProgress);
  await pushConnection(deps, { connectionId: connection.id, runId: null }, noProgress);
  const failure = {
    class: 'mapping',
    code: 'odd',
    message: 'zoe@zebra.example is odd',
    fix: 'Mend it.',
  } as const;
  await reportProblems(
    db,
    { source: 'map', connectionId: connection.id, object },
    [{ id: deps.ids(), ref: extId, failure }],
    deps.clock(),
  );
  await db.execute(sql`
    insert into resolution (id, connection_id, object, ext_id, kind, record_id, field, base, theirs, ours, policy, mapping_version, at)
    values (${deps.ids()}, ${connection.id}, ${object}, ${extId}, 'registration', ${id}, 'contactEmail', null, '"zack@zebra.example"', '"zoe@zebra.example"', 'ask', 1, now())`);
  await db.execute(sql`
    insert into shadow (connection_id, object, ext_id, fields) values (${connection.id}, ${object}, ${extId}, '{"Contact_Email__c": "zoe@zebra.example"}')
    on conflict (connection_id, object, ext_id) do update set fields = shadow.fields || excluded.fields`);
  for (const word of words) expect(await tablesSaying(db, word)).not.toEqual([]);

  const erase = () => db.transaction((tx) => eraseRecords(tx, connection.id, object, [extId], deps.clock()));
  await erase();
  for (const word of words) expect(await tablesSaying(db, word)).toEqual([]);
  expect(
    await firstRow(db, sql`select number, deleted, customer_name from registration where id = ${id}`),
  ).toEqual({
    number: 'DR-1',
    deleted: true,
    customer_name: 'Erased',
  });
  expect(await firstRow(db, sql`select deleted from registration where number = 'DR-2'`)).toEqual({
    deleted: false,
  });
  await erase();
  expect(
    await firstRow(
      db,
      sql`select count(*)::int as count from remote_change where ext_id = ${extId} and what = 'erased'`,
    ),
  ).toEqual({
    count: 1,
  });
});
