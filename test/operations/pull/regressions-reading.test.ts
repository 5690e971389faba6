import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PullPage } from '#connectors/contract/records.ts';
import { remoteFields } from '#mappings/engine/apply.ts';
import type { SampleRegistration } from '#sandbox/sample.ts';
import { saveRemoteRecords } from '#src/db/sync/save-remote-records.ts';
import { loadMapping } from '#src/operations/connections/use-connection.ts';
import { reconcileObject } from '#src/operations/pull/reconcile-object.ts';
import { openProblems } from '#test/support/queries.ts';
import {
  changesOf,
  firstRow,
  noProgress,
  remoteRow,
  sampleAccount,
  sampleOpportunity,
  startHubspotFixture,
  startSalesforceFixture,
  type ReadingFixture,
  type SalesforceFixture,
} from './reading-fixture.ts';

/** Known bugs of other products in reading, with the product's name. */

const countAccounts = async ({ deps }: ReadingFixture) =>
  (
    await firstRow<{ count: number }>(
      deps.db,
      sql`select count(*)::int as count from account where not deleted`,
    )
  )?.count;

/** HubSpot's own number of the type that makes a company a deal's primary one. */
const primaryCompany = 5;

const sampleRegistration = (number: string, more: Partial<SampleRegistration> = {}): SampleRegistration => ({
  key: number,
  number,
  partnerKey: 'First Reseller',
  opportunityKey: null,
  customerName: `Customer of ${number}`,
  customerDomain: null,
  customerCountry: 'DE',
  contactEmail: null,
  productFamily: 'Pumps',
  dealType: 'new',
  amount: '1000.00',
  currency: 'USD',
  expectedClose: '2026-12-31',
  submittedAt: '2026-03-01T09:00:00.000Z',
  ...more,
});

const many = (count: number) => Array.from({ length: count }, (_, n) => sampleAccount(`Company ${n}`));

describe('reading Salesforce', () => {
  let stand: SalesforceFixture;

  beforeAll(async () => {
    stand = await startSalesforceFixture({
      accounts: [...many(4_100), sampleAccount('Globex')],
      opportunities: [sampleOpportunity('Globex deal', 'Globex')],
      registrations: [],
    });
  }, 60_000);
  afterAll(() => stand[Symbol.asyncDispose]());

  it('an interrupted read goes on where it stopped (tap-salesforce)', async () => {
    const resumes: (string | null)[] = [];
    const breaking = stand.reading(async function* (connector, request) {
      resumes.push(request.resume);
      let pages = 0;
      for await (const page of connector.pull(request)) {
        if (pages === 1) throw new Error('the process was killed');
        pages += 1;
        yield page;
      }
    });
    await expect(stand.read('account', breaking)).rejects.toThrow(/killed/);
    expect(
      await firstRow(
        stand.deps.db,
        sql`select done, total, since, completed_at from cursor where object = 'Account'`,
      ),
    ).toEqual({
      done: 2_000,
      total: 4_101,
      since: null,
      completed_at: null,
    });
    const watching = stand.reading((connector, request) => {
      resumes.push(request.resume);
      return connector.pull(request);
    });
    expect(await stand.read('account', watching)).toBe(4_101);
    expect(resumes).toEqual([null, expect.stringMatching(/./)]);
    await stand.read('opportunity');
    await stand.map();
    expect(await countAccounts(stand)).toBe(4_101);
    expect(
      await firstRow(
        stand.deps.db,
        sql`select done, total, read_started_at from cursor where object = 'Account'`,
      ),
    ).toEqual({
      done: 4_101,
      total: 4_101,
      read_started_at: null,
    });
  });

  it('a late-visible row is found by the look-back (Airbyte)', async () => {
    const extId = await stand.idOf('account', 'Company 7');
    stand.pass(60_000);
    stand.org.faults.add({
      vendor: 'salesforce',
      match: { method: 'PATCH' },
      fault: { kind: 'late', ms: 30_000 },
    });
    await stand.edit('account', extId, { Phone: '+49 30 7' });
    stand.org.faults.clear();
    stand.pass(10_000);
    await stand.read('account');
    expect((await remoteRow(stand.deps.db, extId))?.fields['Phone']).toBeNull();
    stand.pass(60_000);
    await stand.read('account');
    expect((await remoteRow(stand.deps.db, extId))?.fields['Phone']).toBe('+49 30 7');
    expect(await changesOf(stand.deps.db, extId)).toEqual([
      { what: 'changed', via: 'read', changes: { Phone: [null, '+49 30 7'] } },
    ]);
  });

  it('rows that share one timestamp across pages are all read (Nango: LastModifiedDate >)', async () => {
    const ids = await stand.deps.db.execute<{ ext_id: string }>(
      sql`select ext_id from remote_record where object = 'Account' order by ext_id limit 2300`,
    );
    stand.pass(60_000);
    const writes = ids.map(({ ext_id: extId }) => ({
      id: extId,
      extId,
      keyValue: null,
      fields: { BillingCity: 'Hamburg' },
    }));
    // The vendor's clock is stopped during this time.
    await stand.connector.push({ object: 'Account', operation: 'update', keyField: null, writes });
    await stand.read('account');
    await stand.map();
    expect(
      await firstRow(stand.deps.db, sql`select count(*)::int as count from account where city = 'Hamburg'`),
    ).toEqual({ count: 2_300 });
    // One more with that very stamp, after a read that started at it.
    const last = await stand.idOf('account', 'Globex');
    await stand.edit('account', last, { BillingCity: 'Hamburg' });
    await stand.read('account');
    await stand.map();
    expect(
      await firstRow(stand.deps.db, sql`select count(*)::int as count from account where city = 'Hamburg'`),
    ).toEqual({ count: 2_301 });
  }, 60_000);

  it("a soft delete's nulled fields are never edits (Estuary)", async () => {
    const extId = await stand.idOf('opportunity', 'Globex deal');
    const before = await remoteRow(stand.deps.db, extId);
    stand.pass(60_000);
    await stand.remove('opportunity', extId);
    await stand.read('opportunity');
    await stand.map();
    expect(await remoteRow(stand.deps.db, extId)).toEqual({ ...before, deleted: true });
    expect(await changesOf(stand.deps.db, extId)).toEqual([{ what: 'deleted', via: 'read', changes: {} }]);
    expect(
      await firstRow(
        stand.deps.db,
        sql`select name, account_id is not null as linked, deleted from opportunity where name = 'Globex deal'`,
      ),
    ).toEqual({ name: 'Globex deal', linked: true, deleted: true });
  });

  it("a stale poll does not overwrite a fresher hint's fetch (Nango)", async () => {
    const extId = await stand.idOf('account', 'Company 4050');
    const mapping = await loadMapping(stand.deps, stand.connection, stand.connector, 'account');
    if (!mapping) throw new Error('there is no mapping');
    stand.pass(60_000);
    await stand.edit('account', extId, { Phone: 'old' });
    const slow = stand.reading(async function* (connector, request): AsyncGenerator<PullPage> {
      const pages: PullPage[] = [];
      for await (const page of connector.pull(request)) pages.push(page);
      // The page is on its way; meanwhile somebody edits, and a hint has the record fetched.
      stand.pass(2_000);
      await stand.edit('account', extId, { Phone: 'new' });
      stand.pass(2_000);
      const pulledAt = stand.deps.clock();
      const found = await connector.fetch('Account', [extId], remoteFields(mapping));
      const showing = { pulledAt, at: pulledAt, via: 'hint', replaceBy: 'stamp' } as const;
      await stand.deps.db.transaction((tx) =>
        saveRemoteRecords(tx, stand.connection.id, 'Account', found, showing),
      );
      yield* pages;
    });
    await stand.read('account', slow);
    expect((await remoteRow(stand.deps.db, extId))?.fields['Phone']).toBe('new');
    expect(
      (await changesOf(stand.deps.db, extId)).map(({ via, changes }) => [via, changes['Phone']]),
    ).toEqual([['hint', [null, 'new']]]);
  });

  it('an exception during a scan deletes nothing (Nango)', async () => {
    const before = await countAccounts(stand);
    const input = { connectionId: stand.connection.id, kind: 'account', acceptRemovals: true } as const;
    const breaking = stand.reading(async function* (connector, request) {
      for await (const page of connector.pull(request)) {
        yield page;
        throw new Error('the vendor hung up');
      }
    });
    await expect(reconcileObject(breaking, input, noProgress)).rejects.toThrow(/hung up/);
    // Nor does one that ends early without saying so: records that it did not show are fetched by id.
    const truncated = stand.reading(async function* (connector, request) {
      for await (const page of connector.pull(request)) {
        yield page;
        return;
      }
    });
    expect(await reconcileObject(truncated, input, noProgress)).toMatchObject({ removed: 0, stopped: false });
    await stand.map();
    expect(await countAccounts(stand)).toBe(before);
  }, 60_000);
});

describe('reading HubSpot', () => {
  let stand: ReadingFixture;

  beforeAll(async () => {
    stand = await startHubspotFixture({ accounts: many(450), opportunities: [], registrations: [] });
    await stand.read('account');
  }, 60_000);
  afterAll(() => stand[Symbol.asyncDispose]());

  it('more rows than a page share one stamp (Airbyte)', async () => {
    stand.pass(3_600_000);
    const ids = await stand.deps.db.execute<{ ext_id: string }>(
      sql`select ext_id from remote_record where object = 'companies'`,
    );
    const writes = ids.map(({ ext_id: extId }) => ({
      id: extId,
      extId,
      keyValue: null,
      fields: { city: 'Hamburg' },
    }));
    await stand.connector.push({ object: 'companies', operation: 'update', keyField: null, writes });
    await stand.control('touch', {
      objectType: 'company',
      ids: ids.map((row) => row.ext_id),
      at: stand.deps.clock().toISOString(),
    });
    await stand.read('account');
    await stand.map();
    expect(
      await firstRow(stand.deps.db, sql`select count(*)::int as count from account where city = 'Hamburg'`),
    ).toEqual({ count: 450 });
    expect(
      await firstRow(stand.deps.db, sql`select count(distinct modified_at)::int as count from remote_record`),
    ).toEqual({ count: 1 });
  });
});

describe('reading HubSpot records with none or several of what others take for one', () => {
  let stand: ReadingFixture;

  beforeAll(async () => {
    stand = await startHubspotFixture({
      accounts: [
        sampleAccount('First Reseller', { isPartner: true, partnerCode: 'P-1' }),
        sampleAccount('Second Reseller', { isPartner: true, partnerCode: 'P-2' }),
        sampleAccount('Globex'),
        sampleAccount('Initech'),
      ],
      opportunities: [sampleOpportunity('Plain deal', 'Globex'), sampleOpportunity('Moved deal', 'Globex')],
      registrations: [
        sampleRegistration('DR-1', { contactEmail: 'zoe@globex.example' }),
        sampleRegistration('DR-2', { contactEmail: null }),
        sampleRegistration('DR-3'),
        sampleRegistration('DR-4'),
      ],
    });
    await stand.read('account');
  }, 60_000);
  afterAll(() => stand[Symbol.asyncDispose]());

  /** The CRM's ids by what a property says, before Fairway has read them. */
  async function idsBy(object: string, property: string): Promise<Map<unknown, string>> {
    const ids = new Map<unknown, string>();
    for await (const page of stand.connector.pull({ object, fields: [property], since: null, resume: null }))
      for (const record of page.records) ids.set(record.fields[property], record.extId);
    return ids;
  }

  it('places a claim without a contact, takes the primary company of several, else the first, and stops nothing else (Channeltivity, Introw)', async () => {
    const [claims, deals] = [
      await idsBy('p_fairway_registration', 'number'),
      await idsBy('deals', 'dealname'),
    ];
    const link = async (object: string, id: string | undefined, company: string, typeId: number | null) =>
      stand.control('associate', {
        objectType: object,
        id,
        toObjectType: 'companies',
        toId: await stand.idOf('account', company),
        typeId,
      });
    await link('p_fairway_registration', claims.get('DR-3'), 'Second Reseller', null);
    await link('deals', deals.get('Plain deal'), 'Initech', null);
    await link('deals', deals.get('Moved deal'), 'Initech', primaryCompany);
    const unowned = {
      number: 'DR-5',
      customer_name: 'Nobody’s',
      customer_country: 'DE',
      submitted_at: '2026-03-01T09:00:00.000Z',
    };
    await stand.control('edit', { objectType: 'p_fairway_registration', properties: unowned });
    await stand.read('opportunity');
    await stand.read('registration');
    await stand.map();
    const placed = await stand.deps.db.execute<{
      number: string;
      contact_email: string | null;
      partner: string;
    }>(
      sql`select r.number, r.contact_email, a.name as partner from registration r
          join partner p on p.id = r.partner_id join account a on a.id = p.account_id order by r.number`,
    );
    expect(placed.map((row) => [row.number, row.contact_email, row.partner])).toEqual([
      ['DR-1', 'zoe@globex.example', 'First Reseller'],
      ['DR-2', null, 'First Reseller'],
      ['DR-3', null, 'First Reseller'],
      ['DR-4', null, 'First Reseller'],
    ]);
    const customers = await stand.deps.db.execute<{ name: string; account: string }>(
      sql`select o.name, a.name as account from opportunity o join account a on a.id = o.account_id order by o.name`,
    );
    expect([...customers]).toEqual([
      { name: 'Moved deal', account: 'Initech' },
      { name: 'Plain deal', account: 'Globex' },
    ]);
    // The one that names no partner at all is the only one left, and says so.
    expect(await openProblems(stand.deps.db)).toMatchObject([
      { code: 'required_missing', message: expect.stringMatching(/^partner/) },
    ]);
  });
});
