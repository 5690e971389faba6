import { sql } from 'drizzle-orm';
import { parse } from 'csv-parse/sync';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { markAccountsDeleted } from '#src/db/records/account-store.ts';
import { findConnection } from '#src/db/connections/connection-store.ts';
import { findReport, latestReport } from '#src/db/duplicates/duplicate-store.ts';
import { dismissDuplicates } from '#src/operations/duplicates/dismiss-duplicates.ts';
import { duplicatesCsv } from '#src/operations/duplicates/duplicates-csv.ts';
import { findDuplicates } from '#src/operations/duplicates/find-duplicates.ts';
import { shownGroups, type ShownGroup } from '#src/operations/duplicates/list-groups.ts';
import { openReport, startDuplicates } from '#src/operations/duplicates/start-duplicates.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';
import { plantedAccounts, saveCrm, type PlantedAccount } from '#test/support/planted-duplicates.ts';
import { processJob } from '#workers/registry.ts';

let test: TestDeps;
beforeEach(async () => {
  test = await startDeps({ now: '2026-11-18T10:00:00Z' });
}, 60_000);
afterEach(() => test[Symbol.asyncDispose]());

const plain = {
  customer: 0,
  kind: '',
  domain: null,
  country: 'DE',
  street: null,
  city: null,
  postcode: null,
  phone: null,
};
const whole: PlantedAccount = {
  ...plain,
  name: 'Contoso Robotics GmbH',
  domain: 'contoso.de',
  phone: '+49 89 63600',
  city: 'Munich',
};
const byPhone: PlantedAccount = { ...plain, name: 'CONTOSO ROBOTICS', phone: '089 / 63600' };
const byWebsite: PlantedAccount = { ...plain, name: 'Contoso Robotics', domain: 'www.contoso.de' };
const other: PlantedAccount = { ...plain, name: 'Northwind Traders', domain: 'northwind.com' };
const contoso: readonly PlantedAccount[] = [whole, byPhone, byWebsite, other];

async function collected<T>(all: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const one of all) items.push(one);
  return items;
}

async function look(connectionId: string, related = false): Promise<string> {
  const reportId = await openReport(test.deps, { connectionId, related, personId: null });
  await findDuplicates(test.deps, { reportId }, async () => {});
  return reportId;
}

async function groupsOf(connectionId: string): Promise<ShownGroup[]> {
  const report = await latestReport(test.deps.db, connectionId);
  return report ? collected(shownGroups(test.deps.db, report)) : [];
}

const idsOf = ({ survivor, others }: ShownGroup): string[] => [
  survivor.id,
  ...others.map(({ account }) => account.id),
];

it('finds what is one customer, says which account should stay and why, and by what each other was recognised', async () => {
  const { connectionId, ids } = await saveCrm(test.deps, 'Salesforce', contoso);
  await look(connectionId);
  const [group, ...more] = await groupsOf(connectionId);
  expect(more).toEqual([]);
  expect(group).toMatchObject({
    number: 1,
    survivor: { id: ids[0] },
    reason: 'It is the most complete: 5 fields have a value, the next has 3.',
  });
  const byName = new Map(group?.others.map((one) => [one.account.name, one]));
  expect(byName.get('CONTOSO ROBOTICS')?.reasons.for).toContain('same phone (+498963600)');
  expect(byName.get('Contoso Robotics')?.reasons.for[0]).toBe('same domain (contoso.de)');
  expect(byName.get('Contoso Robotics')?.differences).toContainEqual({
    field: 'domain',
    survivorValue: 'contoso.de',
    otherValue: 'www.contoso.de',
  });
});

it('looks within one CRM: an account of another is not a duplicate', async () => {
  const here = await saveCrm(test.deps, 'Salesforce', [whole]);
  await saveCrm(test.deps, 'HubSpot', [byPhone, byWebsite, other]);
  await look(here.connectionId);
  expect(await groupsOf(here.connectionId)).toEqual([]);
});

it('what somebody marked as different is no group at once, and in no later report, until that is undone', async () => {
  const { connectionId, ids } = await saveCrm(test.deps, 'Salesforce', contoso);
  await look(connectionId);
  const [one = '', wrong = '', third = ''] = ids;
  const pairs = [
    { leftId: wrong, rightId: one },
    { leftId: wrong, rightId: third },
  ];
  await dismissDuplicates(test.deps, { pairs, dismissed: true, personId: test.deps.ids() });
  expect((await groupsOf(connectionId)).map(idsOf)).toEqual([[one, third]]);
  await look(connectionId);
  expect((await groupsOf(connectionId)).map(idsOf)).toEqual([[one, third]]);
  await dismissDuplicates(test.deps, { pairs, dismissed: false, personId: test.deps.ids() });
  await look(connectionId);
  expect((await groupsOf(connectionId)).map((group) => idsOf(group).toSorted())).toEqual([
    [one, wrong, third].toSorted(),
  ]);
  const actions = await test.deps.db.execute(
    sql`select action, count(*)::int as count from audit_event group by 1 order by 1`,
  );
  expect([...actions]).toEqual([
    { action: 'account.marked_distinct', count: 3 },
    { action: 'account.marked_possible_duplicate', count: 3 },
  ]);
});

it('an account that is gone since is not shown, and a group of one is none', async () => {
  const { connectionId, ids } = await saveCrm(test.deps, 'Salesforce', contoso);
  await look(connectionId);
  await markAccountsDeleted(test.deps.db, ids.slice(0, 1));
  expect((await groupsOf(connectionId)).map((group) => idsOf(group).toSorted())).toEqual([
    ids.slice(1, 3).toSorted(),
  ]);
  await markAccountsDeleted(test.deps.db, ids.slice(1, 2));
  expect(await groupsOf(connectionId)).toEqual([]);
});

it('interrupted, it goes on where it was and finds the same as without', async () => {
  const accounts = [...plantedAccounts(1_200, 5)];
  const { connectionId } = await saveCrm(test.deps, 'Salesforce', accounts);
  await look(connectionId);
  const expected = (await groupsOf(connectionId)).map(idsOf);
  const reportId = await openReport(test.deps, { connectionId, related: false, personId: null });
  const killed = new Error('the worker is killed');
  await expect(findDuplicates(test.deps, { reportId }, () => Promise.reject(killed))).rejects.toBe(killed);
  expect(await findReport(test.deps.db, reportId)).toMatchObject({ phase: 'compare', accounts: 500 });
  expect((await groupsOf(connectionId)).map(idsOf)).toEqual(expected);
  expect(await look(connectionId)).toBe(reportId);
  expect(await findReport(test.deps.db, reportId)).toMatchObject({
    phase: 'done',
    accounts: accounts.length,
  });
  expect((await groupsOf(connectionId)).map(idsOf)).toEqual(expected);
});

it('what another model began starts again', async () => {
  const { connectionId } = await saveCrm(test.deps, 'Salesforce', contoso);
  const first = await openReport(test.deps, { connectionId, related: false, personId: null });
  await test.deps.db.execute(sql`update duplicate_report set model_version = 'older'`);
  expect(await look(connectionId)).not.toBe(first);
  expect(await findDuplicates(test.deps, { reportId: first }, async () => {})).toBeNull();
});

it('runs as a job, once at a time', async () => {
  const { connectionId } = await saveCrm(test.deps, 'Salesforce', contoso);
  const input = { connectionId, related: false, personId: null };
  expect([await startDuplicates(test.deps, input), await startDuplicates(test.deps, input)]).toEqual([
    { alreadyRunning: false },
    { alreadyRunning: true },
  ]);
  const [job] = await test.deps.db.execute<{ payload: unknown }>(
    sql`select payload from job where name = 'find-duplicates'`,
  );
  await processJob(test.deps, 'find-duplicates', job?.payload, async () => {});
  expect(await groupsOf(connectionId)).toHaveLength(1);
});

it('asked for related accounts, too, while one runs, the job starts again and ends what was asked last', async () => {
  const { connectionId } = await saveCrm(test.deps, 'Salesforce', contoso);
  await startDuplicates(test.deps, { connectionId, related: false, personId: null });
  await startDuplicates(test.deps, { connectionId, related: true, personId: null });
  const jobs = await test.deps.db.execute<{ payload: unknown }>(
    sql`select payload from job where name = 'find-duplicates'`,
  );
  expect(jobs).toHaveLength(1);
  await processJob(test.deps, 'find-duplicates', jobs[0]?.payload, async () => {});
  expect(await latestReport(test.deps.db, connectionId)).toMatchObject({
    related: true,
    phase: 'done',
    groups: 1,
  });
});

it('given up half-way it is no report: it does not say that nothing was found', async () => {
  const { connectionId } = await saveCrm(test.deps, 'Salesforce', contoso);
  const reportId = await openReport(test.deps, { connectionId, related: false, personId: null });
  const giveUp = async () => {
    await openReport(test.deps, { connectionId, related: true, personId: null });
  };
  expect(await findDuplicates(test.deps, { reportId }, giveUp)).toBeNull();
});

it('the file has a line a merge, with both ids, why, and the values that differ; related pairs are for looking at', async () => {
  const moved = { ...plain, name: '=Northwind Traders', domain: 'northwind-traders.io' };
  const { connectionId } = await saveCrm(test.deps, 'Salesforce', [whole, byWebsite, other, moved]);
  const reportId = await look(connectionId, true);
  const [connection, report] = [
    await findConnection(test.deps.db, connectionId),
    await findReport(test.deps.db, reportId),
  ];
  if (!connection || !report) throw new TypeError('there is no report');
  const file = (await collected(duplicatesCsv(test.deps.db, connection, report))).join('');
  const lines = parse(file, { columns: true }) as Record<string, string>[];
  expect(lines).toMatchObject([
    {
      suggestion: 'merge',
      group: '1',
      survivor_id: '001000000000000AAA',
      survivor_because: 'It is the most complete: 5 fields have a value, the next has 3.',
      loser_id: '001000000000001AAA',
      differences: 'name: Contoso Robotics GmbH | Contoso Robotics; domain: contoso.de | www.contoso.de',
      loser_url: 'https://acme.my.salesforce.test/lightning/r/Account/001000000000001AAA/view',
    },
    {
      suggestion: 'look',
      group: '',
      survivor_name: 'Northwind Traders',
      loser_name: "'=Northwind Traders",
      against: expect.stringContaining('different domains') as string,
    },
  ]);
});
