import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CrmConnector } from '#connectors/contract/crm.ts';
import type { RemoteRecord } from '#connectors/contract/records.ts';
import { addBackfill, runningBackfill, saveBackfill } from '#src/db/mappings/backfill-store.ts';
import { moveVersion, openVersion, saveDryRun } from '#src/db/mappings/mapping-version-store.ts';
import { job, writeIntent } from '#src/db/schema/work.ts';
import { type ConsoleData, seedConsole } from '#test/support/console-data.ts';
import { jobsWaiting } from '#test/support/queries.ts';
import { describedFor } from '#test/operations/mappings/described.ts';
import { type HttpTest, type Request, startHttp } from '#test/http/http-test.ts';
import { addPerson } from '#test/support/people/people.ts';

let http: HttpTest;
let data: ConsoleData;
beforeAll(async () => {
  const fields = {
    Name: 'Halvorsen Shipping AS',
    Website: 'https://www.halvorsen-shipping.no/about',
    BillingCity: 'Bergen',
  };
  const record: RemoteRecord = {
    extId: '001A',
    fields,
    modifiedAt: '2026-11-18T09:00:00.000Z',
    deleted: false,
  };
  const vendor: Partial<CrmConnector> = {
    describe: async (object) => describedFor(http.deps, object),
    fetch: async (_object, ids) => (ids.includes('001A') ? [record] : []),
  };
  http = await startHttp({ connectorFor: () => vendor as CrmConnector });
  data = await seedConsole(http.deps);
});
afterAll(() => http[Symbol.asyncDispose]());

const path = (rest: string) => `/api/mappings/${data.salesforceId}/Account${rest}`;
const as = async (role: 'ops' | 'viewer' | 'admin', request: Request) => (await http.as(role))(request);
const post = (rest: string, payload: object = {}): Request => ({ method: 'POST', url: path(rest), payload });
const get = async (rest: string) => (await as('viewer', { url: path(rest) })).json();

describe('a preview', () => {
  test('shows on one live record what the mapping in force, the draft or what is sent would do, step by step', async () => {
    const preview = await as('ops', post('/draft/preview', { recordRef: '001A' }));
    expect(preview.json()).toMatchObject({
      fits: true,
      ref: '001A',
      after: { domain: 'halvorsen-shipping.no', city: 'Bergen' },
    });
    const domain = preview.json().inbound.find((one: { local: string }) => one.local === 'domain');
    expect(domain).toMatchObject({
      sources: [{ field: 'Website' }],
      steps: [{ transform: 'domain', out: 'halvorsen-shipping.no' }],
    });

    const { pack } = (await get('')).live;
    const loud = pack.fields.map((one: { local: string }) =>
      one.local === 'city' ? { ...one, transform: 'upper' } : one,
    );
    const sent = await as(
      'ops',
      post('/draft/preview', { recordRef: '001A', pack: { ...pack, fields: loud } }),
    );
    expect(sent.json().after).toMatchObject({ city: 'BERGEN' });
  });

  test('is not for viewers, and says when there is no such record', async () => {
    expect((await as('viewer', post('/draft/preview', { recordRef: '001A' }))).statusCode).toBe(403);
    expect((await as('ops', post('/draft/preview', { recordRef: '001B' }))).statusCode).toBe(404);
    expect(
      (await as('ops', post('/draft/preview', { recordRef: '001A', pack: { system: 'salesforce' } })))
        .statusCode,
    ).toBe(400);
  });
});

describe('a dry run', () => {
  test('is of a draft, runs in a job, and names in its result the draft it was about', async () => {
    expect((await as('ops', post('/draft/dry-run'))).statusCode).toBe(404);
    const { version } = (await as('ops', post('/draft'))).json();
    expect(version).toBeGreaterThan(1);
    expect((await as('ops', post('/draft/dry-run'))).json()).toEqual({ alreadyRunning: false });
    expect((await as('ops', post('/draft/dry-run'))).json()).toEqual({ alreadyRunning: true });
    expect(await jobsWaiting(http.deps.db, 'dry-run-mapping')).toBe(1);
    expect(await get('/draft/dry-run')).toEqual({
      running: true,
      progress: null,
      error: null,
      at: null,
      stale: false,
      findings: null,
    });

    const open = await openVersion(http.deps.db, {
      connectionId: data.salesforceId,
      object: 'Account',
      kind: 'account',
    });
    const examples = [{ ref: '001A', before: 'Bergen', after: 'BERGEN' }];
    const fairway = { changed: 1, added: 0, removed: 0, fields: [{ field: 'city', count: 1, examples }] };
    const reason = {
      effect: 'record',
      direction: 'out',
      field: null,
      code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
      fix: 'Correct it.',
    } as const;
    const refused = [
      { ...reason, cause: 'validation_rule', certain: true, rule: 'No_Debts', count: 1, examples: [] },
    ] as const;
    const report = { read: 12, fairway, crm: { written: 0, fields: [], payload: null }, refused };
    await saveDryRun(http.deps.db, open?.id ?? '', { fits: true, revision: 1, report }, http.deps.clock());
    expect(await get('/draft/dry-run')).toMatchObject({ stale: false, findings: { fits: true, report } });

    await as('ops', { method: 'PUT', url: path('/draft'), payload: { pack: open?.pack ?? {}, revision: 1 } });
    expect(await get('/draft/dry-run')).toMatchObject({ stale: true });
  });
});

describe('a backfill', () => {
  test('is offered with the records there are, and runs once at a time', async () => {
    expect(await get('/backfill')).toMatchObject({
      state: 'none',
      version: null,
      message: expect.any(String),
    });
    expect((await as('viewer', post('/backfill'))).statusCode).toBe(403);
    expect((await as('ops', post('/backfill'))).json()).toEqual({ alreadyRunning: false });
    expect((await as('ops', post('/backfill'))).json()).toEqual({ alreadyRunning: true });
    expect(await jobsWaiting(http.deps.db, 'backfill-mapping')).toBe(1);
  });

  test('that is done says what was done and what has become of its writes since, not what is still to do', async () => {
    const { db, ids, clock } = http.deps;
    const place = { connectionId: data.salesforceId, object: 'Account', kind: 'account' } as const;
    const draft = await openVersion(db, place);
    const { version = 0, id: versionId = '' } = draft ?? {};
    await moveVersion(db, versionId, { status: 'submitted', submittedAt: clock() });
    const { id: decidedBy } = await addPerson(http.deps, { name: 'Reviewer', role: 'ops' });
    await moveVersion(db, versionId, { status: 'live', decidedBy, decidedAt: clock() });
    const left = await runningBackfill(db, place);
    if (left) await saveBackfill(db, left.id, { phase: 'failed', finishedAt: clock() });
    const id = ids();
    const misfit = {
      effect: 'value',
      direction: 'in',
      field: 'city',
      code: 'too_long',
      cause: 'length',
      fix: 'Shorten it.',
    } as const;
    const report = {
      read: 9,
      fairway: { changed: 4, added: 1, removed: 0, fields: [] },
      crm: { written: 3, fields: [], payload: null },
      refused: [{ ...misfit, certain: true, count: 2, examples: [] }],
      writes: { written: 1, refused: 0, open: 2, superseded: 0 },
    };
    await addBackfill(db, {
      id,
      ...place,
      version,
      phase: 'done',
      report,
      startedAt: clock(),
      finishedAt: clock(),
    });
    const intent = (status: 'done' | 'dead') => ({
      id: ids(),
      ...place,
      recordId: ids(),
      operation: 'update' as const,
      extId: ids(),
      fields: {},
      status,
      runId: id,
      mappingVersion: version,
      createdAt: clock(),
      settledAt: clock(),
    });
    await db.insert(writeIntent).values([intent('done'), intent('done'), intent('dead')]);
    const answer = await get('/backfill');
    expect(answer).toMatchObject({
      state: 'done',
      report: { writes: { written: 2, refused: 1, open: 0, superseded: 0 } },
    });
    expect(answer.message).toBe(
      `Version ${version} has been applied to all records of Account: 5 changed in Fairway, 2 written to the CRM, 1 refused by the CRM, 2 left out because the value does not fit.`,
    );
  });
});

describe('undoing writes', () => {
  test('says which, of a version or the last so many, and that there is nothing where there is nothing', async () => {
    expect((await as('ops', post('/restore', {}))).statusCode).toBe(400);
    expect((await as('ops', post('/restore', { version: 1, last: 3 }))).statusCode).toBe(400);
    expect((await as('viewer', post('/restore', { last: 3 }))).statusCode).toBe(403);
    expect((await as('ops', post('/restore', { version: 99 }))).json().error.message).toContain(
      'There are no writes to Account that can be undone',
    );
    expect((await as('viewer', { url: path(`/restore/${data.runId}`) })).statusCode).toBe(404);
  });

  test('shows its progress while it runs', async () => {
    const [intent] = await http.deps.db
      .select()
      .from(writeIntent)
      .where(eq(writeIntent.status, 'done'))
      .limit(1);
    expect(intent).toBeDefined();
    const { restoreId } = (await as('admin', post('/restore', { last: 1 }))).json();
    expect(await get(`/restore/${restoreId}`)).toMatchObject({ phase: 'plan', progress: null });
    const progress = { label: 'Looking at what was written to Account', done: 500, total: 2_000 };
    await http.deps.db.update(job).set({ progress }).where(eq(job.name, 'restore-writes'));
    expect(await get(`/restore/${restoreId}`)).toMatchObject({ phase: 'plan', progress, report: null });
  });
});
