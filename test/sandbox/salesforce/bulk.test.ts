import { request as httpRequest } from 'node:http';
import type { Connection } from 'jsforce';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildSalesforce } from '#sandbox/salesforce/server.ts';
import { control, refusalOf } from './control.ts';
import { connectTo, startOrg } from './org.ts';
import type { RunningOrg } from './org.ts';
import { assignPermissionSet, dealPackage, deploy } from './package.ts';

let org: RunningOrg;
let connection: Connection;
beforeEach(async () => {
  org = await startOrg();
  connection = await connectTo(org);
  connection.bulk2.pollInterval = 5;
});
afterEach(() => org.close());

const base = '/services/data/v67.0/jobs';
const get = (path: string): Promise<Response> =>
  fetch(`${org.url}${path}`, { headers: { authorization: `Bearer ${connection.accessToken}` } });
const accounts = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ Name: `Account ${String(n).padStart(3, '0')}` }));
const load = (
  operation: 'insert' | 'update' | 'upsert' | 'delete',
  input: Record<string, unknown>[],
  object = 'Account',
  more: object = {},
) =>
  connection.bulk2.loadAndWaitForResults({ object, operation, input, ...more } as Parameters<
    Connection['bulk2']['loadAndWaitForResults']
  >[0]);
const count = async (object = 'Account') =>
  (await connection.query(`SELECT COUNT() FROM ${object}`)).totalSize;

/** A query job that has ended, by hand, for what jsforce does not show. */
async function queried(soql: string, more: object = {}): Promise<string> {
  const response = await fetch(`${org.url}${base}/query`, {
    method: 'POST',
    headers: { authorization: `Bearer ${connection.accessToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ operation: 'query', query: soql, ...more }),
  });
  const { id } = (await response.json()) as { id: string };
  await connection.bulk2.job('query', { id }).poll(5, 5000);
  return id;
}

describe('bulk queries', () => {
  beforeEach(async () => void (await connection.sobject('Account').create(accounts(5))));

  it('give every row and column as CSV, parents by path, quotes and line breaks kept', async () => {
    const [first] = (await connection.query('SELECT Id FROM Account ORDER BY Name LIMIT 1')).records;
    await connection
      .sobject('Account')
      .update({ Id: first?.Id ?? '', BillingStreet: 'Main "St", 1\n2nd floor' });
    const stream = await connection.bulk2.query(
      'SELECT Name, BillingStreet, Owner.Name FROM Account ORDER BY Name',
    );
    const rows = await stream.toArray();
    expect(rows).toHaveLength(5);
    expect(rows.slice(0, 2)).toEqual([
      { Name: 'Account 000', BillingStreet: 'Main "St", 1\n2nd floor', 'Owner.Name': 'Fairway Integration' },
      { Name: 'Account 001', BillingStreet: '', 'Owner.Name': 'Fairway Integration' },
    ]);
  });

  it('go from UploadComplete over InProgress to JobComplete, and count what they found', async () => {
    await control(org, 'PATCH', 'settings', { bulkMs: 60 });
    const response = await connection.request<{ id: string; state: string; object: string }>({
      method: 'POST',
      url: `${base}/query`,
      body: JSON.stringify({ operation: 'query', query: 'SELECT Id FROM Account' }),
      headers: { 'content-type': 'application/json' },
    });
    expect(response).toMatchObject({
      state: 'UploadComplete',
      object: 'Account',
      apiVersion: 67,
      columnDelimiter: 'COMMA',
      lineEnding: 'LF',
    });
    const job = connection.bulk2.job('query', { id: response.id });
    const states: string[] = [];
    job.on('inProgress', (info: { state: string }) => states.push(info.state));
    await job.poll(10, 5000);
    expect(states).toContain('InProgress');
    expect(await job.check()).toMatchObject({
      state: 'JobComplete',
      jobType: 'V2Query',
      numberRecordsProcessed: 5,
    });
  });

  it('hand out pages of maxRecords rows by Sforce-Locator until it says null', async () => {
    const id = await queried('SELECT Name FROM Account ORDER BY Name');
    const pages: [string | null, string | null, string][] = [];
    for (let locator = ''; locator !== 'null'; locator = pages.at(-1)?.[0] ?? 'null') {
      const page = await get(`${base}/query/${id}/results?maxRecords=2${locator && `&locator=${locator}`}`);
      pages.push([
        page.headers.get('sforce-locator'),
        page.headers.get('sforce-numberofrecords'),
        await page.text(),
      ]);
    }
    expect(pages.map(([, records]) => records)).toEqual(['2', '2', '1']);
    expect(pages[2]?.[2]).toBe('"Name"\n"Account 004"\n');
  });

  it('list up to five result pages to fetch side by side, and where the next five are', async () => {
    await control(org, 'PATCH', 'settings', { bulkPageRows: 1 });
    await connection.sobject('Account').create({ Name: 'Account 005' });
    const id = await queried('SELECT Name FROM Account ORDER BY Name');
    interface Pages {
      resultPages: { resultUrl: string }[];
      nextRecordsUrl: string | null;
      done: boolean;
    }
    const first = (await (await get(`${base}/query/${id}/resultPages`)).json()) as Pages;
    const second = (await (await get(first.nextRecordsUrl ?? '')).json()) as Pages;
    expect([first.resultPages.length, first.done, second.resultPages.length, second.done]).toEqual([
      5,
      false,
      1,
      true,
    ]);
    const texts = await Promise.all(
      [...first.resultPages, ...second.resultPages].map(async (page) => (await get(page.resultUrl)).text()),
    );
    expect(texts.map((text) => text.split('\n')[1])).toEqual(accounts(6).map(({ Name }) => `"${Name}"`));
  });

  it('include deleted rows for queryAll, and what is in the results does not change afterwards', async () => {
    const [first] = (await connection.query('SELECT Id FROM Account ORDER BY Name LIMIT 1')).records;
    await connection.sobject('Account').destroy(first?.Id ?? '');
    const some = await queried('SELECT Id FROM Account');
    const all = await queried('SELECT Id, IsDeleted FROM Account', { operation: 'queryAll' });
    await connection.sobject('Account').create(accounts(3));
    const records = async (id: string) =>
      (await get(`${base}/query/${id}/results`)).headers.get('sforce-numberofrecords');
    expect([await records(some), await records(all)]).toEqual(['4', '5']);
  });

  it('can be aborted while they run and deleted once they have ended, and have no results then', async () => {
    await control(org, 'PATCH', 'settings', { bulkMs: 60_000 });
    const response = await connection.request<{ id: string }>({
      method: 'POST',
      url: `${base}/query`,
      body: JSON.stringify({ operation: 'query', query: 'SELECT Id FROM Account' }),
      headers: { 'content-type': 'application/json' },
    });
    const job = connection.bulk2.job('query', { id: response.id });
    expect(await job.abort()).toMatchObject({ state: 'Aborted' });
    expect(await refusalOf(job.abort())).toMatchObject({ errorCode: 'INVALIDJOBSTATE' });
    expect((await get(`${base}/query/${response.id}/results`)).status).toBe(400);
    await job.delete();
    expect((await get(`${base}/query/${response.id}`)).status).toBe(404);
  });

  it('are refused at once when the query is broken', async () => {
    expect(await refusalOf(connection.bulk2.query('SELECT Colour__c FROM Account'))).toMatchObject({
      errorCode: 'INVALID_FIELD',
    });
    expect(await refusalOf(connection.bulk2.query('SELECT COUNT() FROM Account'))).toMatchObject({
      errorCode: 'INVALIDJOB',
    });
  });
});

describe('bulk loads', () => {
  it('save what can be saved and give the result of each row', async () => {
    const rows = [
      { Name: 'Good', NumberOfEmployees: '12' },
      { Name: 'Bad', NumberOfEmployees: 'many' },
    ];
    const results = await load('insert', rows);
    expect(results.successfulResults).toMatchObject([
      { sf__Id: expect.stringMatching(/^001/), sf__Created: 'true', Name: 'Good', NumberOfEmployees: '12' },
    ]);
    expect(results.failedResults).toMatchObject([
      { sf__Error: expect.stringMatching(/^JSON_PARSER_ERROR:.*--$/), Name: 'Bad' },
    ]);
    expect(results.unprocessedRecords).toEqual([]);
    expect(await count()).toBe(1);
  });

  it('update by id: an empty cell leaves a field as it is, #N/A empties it', async () => {
    const { id = '' } = await connection
      .sobject('Account')
      .create({ Name: 'Acme', Phone: '1', BillingCity: 'Lund' });
    await load('update', [{ Id: id, Name: 'Acme AB', Phone: '', BillingCity: null }]);
    expect(await connection.sobject('Account').retrieve(id)).toMatchObject({
      Name: 'Acme AB',
      Phone: '1',
      BillingCity: null,
    });
  });

  it('upsert by external id: creates, then updates the same record', async () => {
    await deploy(connection, dealPackage);
    await assignPermissionSet(connection);
    const upsert = (status: string) =>
      load('upsert', [{ Key__c: 'K1', Status__c: status }], 'Claim__c', { externalIdFieldName: 'Key__c' });
    const [first, second] = [await upsert('open'), await upsert('closed')];
    expect([first.successfulResults[0]?.sf__Created, second.successfulResults[0]?.sf__Created]).toEqual([
      'true',
      'false',
    ]);
    expect(second.successfulResults[0]?.sf__Id).toBe(first.successfulResults[0]?.sf__Id);
    expect((await connection.query('SELECT Status__c FROM Claim__c')).records).toMatchObject([
      { Status__c: 'closed' },
    ]);
  });

  it('delete by id', async () => {
    const created = await connection.sobject('Account').create(accounts(3));
    const results = await load(
      'delete',
      created.slice(0, 2).map((result) => ({ Id: result.id })),
    );
    expect(results.successfulResults).toHaveLength(2);
    expect(await count()).toBe(1);
  });

  it('fail as a whole, with nothing saved, for an unknown column or the wrong line ending', async () => {
    expect((await refusalOf(load('insert', [{ Name: 'A', Colour__c: 'red' }]))).message).toContain(
      'Field name not found : Colour__c',
    );
    expect(
      (await refusalOf(load('insert', [{ Name: 'A' }], 'Account', { lineEnding: 'CRLF' }))).message,
    ).toContain('LineEnding is invalid');
    expect(await count()).toBe(0);
  });

  it('need an external id field for an upsert, and only for one', async () => {
    expect(await refusalOf(load('upsert', [{ Name: 'A' }]))).toMatchObject({ errorCode: 'INVALIDJOB' });
    const wrong = load('upsert', [{ Name: 'A' }], 'Account', { externalIdFieldName: 'Name' });
    expect((await refusalOf(wrong)).message).toContain('does not match an External ID');
  });

  it('save nothing when aborted before they are done: all rows are unprocessed', async () => {
    await control(org, 'PATCH', 'settings', { bulkMs: 60_000 });
    const job = connection.bulk2.createJob({ object: 'Account', operation: 'insert' });
    await job.open();
    await job.uploadData(accounts(2));
    expect(await refusalOf(job.delete())).toMatchObject({ errorCode: 'INVALIDJOBSTATE' });
    await job.close();
    await job.abort();
    expect(await job.getUnprocessedRecords()).toMatchObject(accounts(2));
    expect(await count()).toBe(0);
  });

  it('go on after a restart from where the org was stopped', async () => {
    await control(org, 'PATCH', 'settings', { bulkMs: 400 });
    const job = connection.bulk2.createJob({ object: 'Account', operation: 'insert' });
    await job.open();
    await job.uploadData(accounts(2));
    await job.close();
    await expect.poll(async () => (await job.check()).state, { interval: 10 }).toBe('InProgress');
    await org.vendor.app.close();
    const again = buildSalesforce({ store: org.store, now: () => org.clock.now });
    connection.instanceUrl = await again.app.listen({ host: '127.0.0.1', port: 0 });
    await job.poll(10, 5000);
    expect(await job.getSuccessfulResults()).toHaveLength(2);
    await again.app.close();
  });

  it('meet the faults of the call that closes them', async () => {
    org.faults.add({
      vendor: 'salesforce',
      match: { method: 'PATCH', path: '/jobs/ingest' },
      fault: { kind: 'lock_row', every: 3 },
    });
    const results = await load('insert', accounts(7));
    const sf__Error = expect.stringContaining('UNABLE_TO_LOCK_ROW');
    expect(results.failedResults).toMatchObject([
      { Name: 'Account 002', sf__Error },
      { Name: 'Account 005', sf__Error },
    ]);
  });

  it('refuse an upload that is over 150 MB in base64, by its announced length', async () => {
    const job = connection.bulk2.createJob({ object: 'Account', operation: 'insert' });
    await job.open();
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${connection.accessToken}`,
        'content-type': 'text/csv',
        'content-length': 120_000_000,
      };
      const sent = httpRequest(
        `${org.url}${base}/ingest/${job.id}/batches`,
        { method: 'PUT', headers },
        (answer) => {
          resolve(answer.statusCode);
          sent.destroy();
        },
      );
      sent.on('error', reject);
      sent.flushHeaders();
    });
    expect(status).toBe(413);
  });
});
