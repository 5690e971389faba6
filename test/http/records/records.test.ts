import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { remoteChange } from '#src/db/schema/connection.ts';
import { writeIntent } from '#src/db/schema/work.ts';
import { type ConsoleData, seedConsole } from '#test/support/console-data.ts';
import { seedSync, type SyncData } from '#test/support/sync-data.ts';
import { type HttpTest, startHttp } from '#test/http/http-test.ts';

let http: HttpTest;
let data: ConsoleData;
let sync: SyncData;
let first: string;
beforeAll(async () => {
  http = await startHttp();
  data = await seedConsole(http.deps);
  sync = await seedSync(http.deps, data);
  first = data.registrationIds.get('DR-2026-0001') ?? '';
});
afterAll(() => http[Symbol.asyncDispose]());

const get = async (url: string) => (await http.as('viewer'))({ url });
const timeline = async (query = '') =>
  (await get(`/api/records/registration/${first}/timeline${query}`)).json();

describe('a record’s timeline', () => {
  test('shows what came, what won, what was sent, what went wrong and who acted, the newest first', async () => {
    const { entries, nextCursor } = await timeline();
    expect(entries.map((one: { type: string }) => one.type)).toEqual([
      'received',
      'write',
      'action',
      'conflict',
      'received',
      'problem',
    ]);
    expect(entries[0]).toMatchObject({ change: 'changed', isEcho: true });
    expect(entries[1]).toMatchObject({
      status: 'done',
      mappingVersion: 1,
      fields: [{ field: 'Status__c', label: 'Status', value: 'approved' }],
      connection: { name: 'Salesforce', system: 'salesforce' },
      extId: 'a015f000000AAA',
    });
    expect(entries[2]).toMatchObject({ action: 'registration.approved', actor: null, connection: null });
    expect(entries[3]).toMatchObject({
      field: 'amount',
      base: '84000.00',
      theirs: '86500.00',
      ours: '85000.00',
      policy: 'crm',
      winner: 'crm',
      mappingVersion: 2,
    });
    expect(entries[4]).toMatchObject({
      isEcho: false,
      change: 'changed',
      via: 'hint',
      changes: [
        { field: 'Amount__c', label: 'Deal amount', before: '84000', after: '86500' },
        { label: 'Contact e-mail', before: 'buyer@halvorsen-shipping.no', after: null },
      ],
    });
    expect(entries[5]).toMatchObject({ source: 'map', fix: 'Enter a date in the CRM.', status: 'open' });
    expect(nextCursor).toBeNull();
  });

  test('in pages of two shows every entry exactly once', async () => {
    const all = (await timeline()).entries.map((one: { id: string }) => one.id);
    const paged: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: { entries: { id: string }[]; nextCursor: string | null } = await timeline(
        `?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`,
      );
      paged.push(...page.entries.map((one) => one.id));
      cursor = page.nextCursor;
    }
    expect(paged).toEqual(all);
  });

  test('shows a refused write with the vendor’s words', async () => {
    const third = data.registrationIds.get('DR-2026-0003');
    const { entries } = (await get(`/api/records/registration/${third}/timeline`)).json();
    expect(entries.find((one: { type: string }) => one.type === 'write')).toMatchObject({
      status: 'dead',
      failure: { code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'Closed deals are read-only.' },
    });
  });

  test('separates our own write that a read returns from what somebody changed, however the vendor writes UTC', async () => {
    const recordId = data.registrationIds.get('DR-2026-0005') ?? '';
    const place = {
      connectionId: data.salesforceId,
      object: 'Fairway_Registration__c',
      extId: 'a015f000004AAA',
    };
    const now = http.deps.clock();
    await http.deps.db.insert(writeIntent).values({
      ...place,
      id: http.deps.ids(),
      kind: 'registration',
      recordId,
      operation: 'update',
      fields: { Decided_At__c: '2026-11-18T09:00:00.000Z', Reason__c: null },
      status: 'done',
      createdAt: now,
      settledAt: now,
    });
    const read = {
      ...place,
      what: 'changed' as const,
      via: 'read' as const,
      modifiedAt: now,
      at: new Date(now.getTime() + 1_000),
    };
    const decided = ['', '2026-11-18T09:00:00.000+0000'] as const;
    await http.deps.db.insert(remoteChange).values([
      { ...read, changes: { Decided_At__c: decided, Reason__c: ['before', ''] } },
      { ...read, changes: { Decided_At__c: decided, Amount__c: [1, 2] } },
    ]);
    const { entries } = (await get(`/api/records/registration/${recordId}/timeline`)).json();
    const received = entries.filter((one: { type: string }) => one.type === 'received');
    expect(received.map((one: { isEcho: boolean }) => one.isEcho)).toEqual([false, true]);
  });

  test('refuses a cursor it did not give', async () => {
    const forged = Buffer.from(JSON.stringify(["now'; drop table link; --", first])).toString('base64url');
    for (const cursor of ['nonsense', forged]) {
      expect((await get(`/api/records/registration/${first}/timeline?cursor=${cursor}`)).statusCode).toBe(
        400,
      );
    }
  });

  test('of an unknown record is empty', async () => {
    expect((await get(`/api/records/account/${data.runId}/timeline`)).json()).toEqual({
      entries: [],
      nextCursor: null,
    });
  });
});

describe('a record', () => {
  test('shows where it is and what the CRM last showed of it', async () => {
    const record = (await get(`/api/records/opportunity/${sync.opportunityId}`)).json();
    expect(record).toMatchObject({
      name: 'Meridian plant roll-out',
      deleted: false,
      remoteRecords: [{ record: { system: 'salesforce', extId: sync.opportunityExtId }, mergedInto: null }],
    });
    expect(record.remoteRecords[0].fields).toContainEqual({
      name: 'StageName',
      label: 'StageName',
      value: 'Negotiation',
    });
  });

  test('that does not exist is not found; a kind that does not is a bad request', async () => {
    expect((await get(`/api/records/account/${first}`)).statusCode).toBe(404);
    expect((await get(`/api/records/invoice/${first}`)).statusCode).toBe(400);
  });

  test('is found by number, part of a name or a domain, and by its id in the CRM or ours', async () => {
    const search = async (text: string): Promise<{ name: string; kind: string }[]> =>
      (await get(`/api/records?search=${encodeURIComponent(text)}`)).json().records;
    expect(await search('DR-2026-0001')).toEqual([
      { kind: 'registration', id: first, name: 'DR-2026-0001', detail: 'Halvorsen Shipping AS' },
    ]);
    expect((await search('meridian')).map((one) => one.kind).sort()).toEqual([
      'account',
      'opportunity',
      'registration',
    ]);
    expect(await search(sync.opportunityExtId)).toMatchObject([{ name: 'Meridian plant roll-out' }]);
    // Salesforce's pages and reports show the first 15 characters of an id.
    const shown = sync.opportunityExtId.slice(0, 15);
    expect(await search(shown)).toMatchObject([{ name: 'Meridian plant roll-out' }]);
    expect(await search(shown.toLowerCase())).toEqual([]);
    expect(await search(first)).toMatchObject([{ name: 'DR-2026-0001' }]);
    expect(await search('100%_')).toEqual([]);
  });
});
