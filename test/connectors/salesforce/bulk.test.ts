import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CrmConnector, PushBatch, PushOutcome } from '#connectors/contract/crm.ts';
import type { RemoteRecord } from '#connectors/contract/records.ts';
import { crmSchema } from '#src/domain/crm-schema.ts';
import { control } from '#test/sandbox/salesforce/control.ts';
import { startOrg } from '#test/sandbox/salesforce/org.ts';
import type { RunningOrg } from '#test/sandbox/salesforce/org.ts';
import { connectOrg, salesforcePages, recordsOf, sampleAccount, sampleDeal } from './sample.ts';

const total = 10_050;
const object = 'Opportunity';
const fields = [
  'Name',
  'AccountId',
  'StageName',
  'Amount',
  'CloseDate',
  'IsClosed',
  'CreatedDate',
  'NextStep',
  'Probability',
];

let org: RunningOrg;
let connector: CrmConnector;
beforeAll(async () => {
  org = await startOrg();
  connector = connectOrg(org);
  await connector.install(crmSchema);
  org.vendor.seed({
    accounts: [sampleAccount(0)],
    opportunities: Array.from({ length: total }, (_, n) => sampleDeal(n)),
    registrations: [],
  });
}, 60_000);
afterAll(() => org.close());

const byId = (records: readonly RemoteRecord[]): RemoteRecord[] =>
  records.toSorted((a, b) => (a.extId < b.extId ? -1 : 1));
const summaries = (from: number): string[] =>
  org.store
    .calls('salesforce')
    .slice(from)
    .map((call) => call.summary);
const dealIds = (count: number): string[] =>
  org.store.collection(`salesforce:${object}`).keys().take(count).toArray();

describe('salesforce: reading very many records', () => {
  it('returns the same records from a bulk job as from REST', async () => {
    const before = org.calls();
    const bulk = recordsOf(await salesforcePages(connector, { object, fields }));
    expect(summaries(before)).toContain('bulk query results Opportunity');
    const rest = await connector.fetch(object, dealIds(total), fields);
    expect(bulk).toHaveLength(total);
    expect(byId(bulk)).toEqual(byId(rest));
  });

  it('reports on every page how many records there are and when they were requested', async () => {
    const pages = await salesforcePages(connector, { object, fields: ['Name'] });
    expect(pages.map((page) => page.total)).toEqual(pages.map(() => total));
    expect(pages.every((page) => page.askedAt <= org.clock.now)).toBe(true);
  });

  it('resumes after any page of the job in another process, without another job', async () => {
    await control(org, 'PATCH', 'settings', { bulkPageRows: 3000 });
    const pages = await salesforcePages(connector, { object, fields: ['Name'] });
    const before = org.calls();
    for (const [n, page] of pages.entries()) {
      org.advance(1000);
      const rest = await salesforcePages(connectOrg(org), { object, fields: ['Name'], resume: page.resume });
      expect(recordsOf(rest)).toEqual(recordsOf(pages.slice(n + 1)));
      // The records are as old as the job, even when they are read later.
      expect(rest.every((one) => one.askedAt.getTime() === pages[0]?.askedAt.getTime())).toBe(true);
    }
    expect(summaries(before)).not.toContain('bulk query Opportunity');
  });

  it('starts a new job after the last page before it when Salesforce has deleted the results', async () => {
    const [first] = await salesforcePages(connector, { object, fields: ['Name'] });
    for (const id of [...org.store.collection('salesforce:#job').keys()])
      org.store.remove('salesforce:#job', id);
    const rest = await salesforcePages(connector, { object, fields: ['Name'], resume: first?.resume ?? '' });
    expect(recordsOf(rest)).toHaveLength(total - (first?.records.length ?? 0));
  });

  it('continues with REST in an org without bulk queries, and after a job that failed', async () => {
    const body = [{ errorCode: 'FUNCTIONALITY_NOT_ENABLED', message: 'Bulk API is not enabled' }];
    org.faults.add({
      vendor: 'salesforce',
      match: { path: '/jobs/query', nth: 1 },
      fault: { kind: 'status', status: 400, body },
    });
    expect(recordsOf(await salesforcePages(connector, { object, fields: ['Name'] }))).toHaveLength(total);
    org.faults.clear();
  });

  it('repeats a page of results that was interrupted, and returns no record twice', async () => {
    org.faults.add({
      vendor: 'salesforce',
      match: { path: '/results', nth: 1, times: 1 },
      fault: { kind: 'cut', when: 'after' },
    });
    const ids = recordsOf(await salesforcePages(connector, { object, fields: ['Name'] })).map(
      (record) => record.extId,
    );
    org.faults.clear();
    expect(new Set(ids).size).toBe(total);
    expect(ids).toHaveLength(total);
  });
});

const update = (ids: readonly string[], refused: ReadonlySet<number> = new Set()): PushBatch => ({
  object,
  operation: 'update',
  keyField: null,
  writes: ids.map((extId, n) => ({
    id: `w${n}`,
    extId,
    keyValue: null,
    fields: {
      NextStep: refused.has(n) ? 'x'.repeat(256) : `step, "${n}"`,
      Probability: n % 100,
      CloseDate: '2027-01-31',
    },
  })),
});
const failures = (outcomes: readonly PushOutcome[]): PushOutcome[] =>
  outcomes.filter((outcome) => !outcome.ok);

describe('salesforce: writing very many rows', () => {
  it('updates 10,000 rows in at most 12 calls, and answers once for each', async () => {
    const ids = dealIds(10_000);
    const before = org.calls();
    const outcomes = await connector.push(update(ids));
    expect(org.calls() - before).toBeLessThanOrEqual(12);
    expect(outcomes.map((outcome) => outcome.ok && outcome.extId)).toEqual(ids);
    const [record] = await connector.fetch(object, ids.slice(7, 8), [
      'NextStep',
      'Probability',
      'CloseDate',
      'Amount',
    ]);
    expect(record?.fields).toEqual({
      NextStep: 'step, "7"',
      Probability: 7,
      CloseDate: '2027-01-31',
      Amount: 7.07,
    });
    // Our own change events are recognised by their origin.
    expect([...org.store.collection('salesforce:#event').values()].at(-1)).toMatchObject({
      event: { entity: object, origin: 'com/salesforce/api/bulkapi/67.0;client=fairway' },
    });
    const [outcome] = outcomes;
    expect(outcome?.ok && Date.parse(record?.modifiedAt ?? '') >= Date.parse(outcome.modifiedAt)).toBe(true);
  });

  it('reads 10,000 changed records in at most 6 calls', async () => {
    org.advance(60_000);
    const since = org.clock.now.toISOString();
    await connector.push(update(dealIds(10_000)));
    const before = org.calls();
    expect(recordsOf(await salesforcePages(connector, { object, fields, since }))).toHaveLength(10_000);
    expect(org.calls() - before).toBeLessThanOrEqual(6);
  });

  it('reports refused rows with Salesforce’s message, and sends locked ones again', async () => {
    org.faults.add({
      vendor: 'salesforce',
      match: { method: 'PATCH', path: '/jobs/ingest' },
      fault: { kind: 'lock_row', every: 500 },
    });
    const outcomes = await connector.push(update(dealIds(2500), new Set([3, 1700])));
    org.faults.clear();
    expect(outcomes).toHaveLength(2500);
    expect(failures(outcomes)).toMatchObject([
      { id: 'w3', failure: { class: 'validation', code: 'STRING_TOO_LONG', fields: ['NextStep'] } },
      { id: 'w1700', failure: { class: 'validation', code: 'STRING_TOO_LONG', fields: ['NextStep'] } },
    ]);
  });

  it('empties a field with null, also in bulk', async () => {
    const ids = dealIds(2001);
    const writes = ids.map((extId, n) => ({
      id: `w${n}`,
      extId,
      keyValue: null,
      fields: { NextStep: null },
    }));
    expect(failures(await connector.push({ object, operation: 'update', keyField: null, writes }))).toEqual(
      [],
    );
    expect((await connector.fetch(object, ids.slice(0, 1), ['NextStep', 'CloseDate']))[0]?.fields).toEqual({
      NextStep: null,
      CloseDate: '2027-01-31',
    });
  });

  it('upserts by key: each row created the first time, the same record the second', async () => {
    const writes = Array.from({ length: 2001 }, (_, n) => ({
      id: `u${n}`,
      extId: null,
      keyValue: `2026-10/P/${n}`,
      fields: { Amount__c: `${n}.50`, Currency__c: 'EUR', Status__c: 'draft' },
    }));
    const batch: PushBatch = { object: 'Fairway_Payout__c', operation: 'upsert', keyField: 'Key__c', writes };
    const first = await connector.push(batch);
    const second = await connector.push(batch);
    expect(first.every((outcome) => outcome.ok && outcome.created)).toBe(true);
    expect(second.every((outcome) => outcome.ok && !outcome.created)).toBe(true);
    expect(second.map((outcome) => outcome.ok && outcome.extId)).toEqual(
      first.map((outcome) => outcome.ok && outcome.extId),
    );
  });

  it('reports rows that an aborted job did not process as ones to retry', async () => {
    await control(org, 'PATCH', 'settings', { bulkMs: 60_000 });
    const pushing = connector.push(update(dealIds(2001)));
    const jobs = org.store.collection('salesforce:#job');
    await expect.poll(() => [...jobs.values()].find((job) => job['state'] === 'InProgress')).toBeDefined();
    const job = [...jobs.values()].find((one) => one['state'] === 'InProgress') ?? {};
    org.store.put('salesforce:#job', String(job['id']), { ...job, state: 'Aborted' });
    const outcomes = await pushing;
    await control(org, 'PATCH', 'settings', { bulkMs: 0 });
    expect(failures(outcomes)).toHaveLength(2001);
    expect(outcomes[0]).toMatchObject({ ok: false, failure: { class: 'retry', code: 'UNPROCESSED' } });
  });
});
