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
  let fixture: SalesforceFixture;

  beforeAll(async () => {
    fixture = await startSalesforceFixture({
      accounts: [...many(4_100), sampleAccount('Globex')],
      opportunities: [sampleOpportunity('Globex deal', 'Globex')],
      registrations: [],
    });
  }, 60_000);
  afterAll(() => fixture[Symbol.asyncDispose]());

  it('an interrupted read goes on where it stopped (tap-salesforce)', async () => {
    const resumes: (string | null)[] = [];
    const breaking = fixture.reading(async function* (connector, request) {
      resumes.push(request.resume);
      let pages = 0;
      for await (const page of connector.pull(request)) {
        if (pages === 1) throw new Error('the process was killed');
        pages += 1;
        yield page;
      }
    });
    await expect(fixture.read('account', breaking)).rejects.toThrow(/killed/);
    expect(
      await firstRow(
        fixture.deps.db,
        sql`select done, total, since, completed_at from cursor where object = 'Account'`,
      ),
    ).toEqual({
      done: 2_000,
      total: 4_101,
      since: null,
      completed_at: null,
    });
    const watching = fixture.reading((connector, request) => {
      resumes.push(request.resume);
      return connector.pull(request);
    });
    expect(await fixture.read('account', watching)).toBe(4_101);
    expect(resumes).toEqual([null, expect.stringMatching(/./)]);
    await fixture.read('opportunity');
    await fixture.map();
    expect(await countAccounts(fixture)).toBe(4_101);
    expect(
      await firstRow(
        fixture.deps.db,
        sql`select done, total, read_started_at from cursor where object = 'Account'`,
      ),
    ).toEqual({
      done: 4_101,
      total: 4_101,
      read_started_at: null,
    });
  });

  it('a late-visible row is found by the look-back (Airbyte)', async () => {
    const extId = await fixture.idOf('account', 'Company 7');
    fixture.pass(60_000);
    fixture.org.faults.add({
      vendor: 'salesforce',
      match: { method: 'PATCH' },
      fault: { kind: 'late', ms: 30_000 },
    });
    await fixture.edit('account', extId, { Phone: '+49 30 7' });
    fixture.org.faults.clear();
    fixture.pass(10_000);
    await fixture.read('account');
    expect((await remoteRow(fixture.deps.db, extId))?.fields['Phone']).toBeNull();
    fixture.pass(60_000);
    await fixture.read('account');
    expect((await remoteRow(fixture.deps.db, extId))?.fields['Phone']).toBe('+49 30 7');
    expect(await changesOf(fixture.deps.db, extId)).toEqual([
      { what: 'changed', via: 'read', changes: { Phone: [null, '+49 30 7'] } },
    ]);
  });

  it('rows that share one timestamp across pages are all read (Nango: LastModifiedDate >)', async () => {
    const ids = await fixture.deps.db.execute<{ ext_id: string }>(
      sql`select ext_id from remote_record where object = 'Account' order by ext_id limit 2300`,
    );
    fixture.pass(60_000);
    const writes = ids.map(({ ext_id: extId }) => ({
      id: extId,
      extId,
      keyValue: null,
      fields: { BillingCity: 'Hamburg' },
    }));
    // The vendor's clock is stopped during this time.
    await fixture.connector.push({ object: 'Account', operation: 'update', keyField: null, writes });
    await fixture.read('account');
    await fixture.map();
    expect(
      await firstRow(fixture.deps.db, sql`select count(*)::int as count from account where city = 'Hamburg'`),
    ).toEqual({ count: 2_300 });
    // One more with that very stamp, after a read that started at it.
    const last = await fixture.idOf('account', 'Globex');
    await fixture.edit('account', last, { BillingCity: 'Hamburg' });
    await fixture.read('account');
    await fixture.map();
    expect(
      await firstRow(fixture.deps.db, sql`select count(*)::int as count from account where city = 'Hamburg'`),
    ).toEqual({ count: 2_301 });
  }, 60_000);

  it("a soft delete's nulled fields are never edits (Estuary)", async () => {
    const extId = await fixture.idOf('opportunity', 'Globex deal');
    const before = await remoteRow(fixture.deps.db, extId);
    fixture.pass(60_000);
    await fixture.remove('opportunity', extId);
    await fixture.read('opportunity');
    await fixture.map();
    expect(await remoteRow(fixture.deps.db, extId)).toEqual({ ...before, deleted: true });
    expect(await changesOf(fixture.deps.db, extId)).toEqual([{ what: 'deleted', via: 'read', changes: {} }]);
    expect(
      await firstRow(
        fixture.deps.db,
        sql`select name, account_id is not null as linked, deleted from opportunity where name = 'Globex deal'`,
      ),
    ).toEqual({ name: 'Globex deal', linked: true, deleted: true });
  });

  it("a stale poll does not overwrite a fresher hint's fetch (Nango)", async () => {
    const extId = await fixture.idOf('account', 'Company 4050');
    const mapping = await loadMapping(fixture.deps, fixture.connection, fixture.connector, 'account');
    if (!mapping) throw new Error('there is no mapping');
    fixture.pass(60_000);
    await fixture.edit('account', extId, { Phone: 'old' });
    const slow = fixture.reading(async function* (connector, request): AsyncGenerator<PullPage> {
      const pages: PullPage[] = [];
      for await (const page of connector.pull(request)) pages.push(page);
      // The page is on its way; meanwhile somebody edits, and a hint has the record fetched.
      fixture.pass(2_000);
      await fixture.edit('account', extId, { Phone: 'new' });
      fixture.pass(2_000);
      const pulledAt = fixture.deps.clock();
      const found = await connector.fetch('Account', [extId], remoteFields(mapping));
      const showing = { pulledAt, at: pulledAt, via: 'hint', replaceBy: 'stamp' } as const;
      await fixture.deps.db.transaction((tx) =>
        saveRemoteRecords(tx, fixture.connection.id, 'Account', found, showing),
      );
      yield* pages;
    });
    await fixture.read('account', slow);
    expect((await remoteRow(fixture.deps.db, extId))?.fields['Phone']).toBe('new');
    expect(
      (await changesOf(fixture.deps.db, extId)).map(({ via, changes }) => [via, changes['Phone']]),
    ).toEqual([['hint', [null, 'new']]]);
  });

  it('an exception during a scan deletes nothing (Nango)', async () => {
    const before = await countAccounts(fixture);
    const input = { connectionId: fixture.connection.id, kind: 'account', acceptRemovals: true } as const;
    const breaking = fixture.reading(async function* (connector, request) {
      for await (const page of connector.pull(request)) {
        yield page;
        throw new Error('the vendor hung up');
      }
    });
    await expect(reconcileObject(breaking, input, noProgress)).rejects.toThrow(/hung up/);
    // Nor does one that ends early without saying so: records that it did not show are fetched by id.
    const truncated = fixture.reading(async function* (connector, request) {
      for await (const page of connector.pull(request)) {
        yield page;
        return;
      }
    });
    expect(await reconcileObject(truncated, input, noProgress)).toMatchObject({ removed: 0, stopped: false });
    await fixture.map();
    expect(await countAccounts(fixture)).toBe(before);
  }, 60_000);
});

describe('reading HubSpot', () => {
  let fixture: ReadingFixture;

  beforeAll(async () => {
    fixture = await startHubspotFixture({ accounts: many(450), opportunities: [], registrations: [] });
    await fixture.read('account');
  }, 60_000);
  afterAll(() => fixture[Symbol.asyncDispose]());

  it('more rows than a page share one stamp (Airbyte)', async () => {
    fixture.pass(3_600_000);
    const ids = await fixture.deps.db.execute<{ ext_id: string }>(
      sql`select ext_id from remote_record where object = 'companies'`,
    );
    const writes = ids.map(({ ext_id: extId }) => ({
      id: extId,
      extId,
      keyValue: null,
      fields: { city: 'Hamburg' },
    }));
    await fixture.connector.push({ object: 'companies', operation: 'update', keyField: null, writes });
    await fixture.control('touch', {
      objectType: 'company',
      ids: ids.map((row) => row.ext_id),
      at: fixture.deps.clock().toISOString(),
    });
    await fixture.read('account');
    await fixture.map();
    expect(
      await firstRow(fixture.deps.db, sql`select count(*)::int as count from account where city = 'Hamburg'`),
    ).toEqual({ count: 450 });
    expect(
      await firstRow(
        fixture.deps.db,
        sql`select count(distinct modified_at)::int as count from remote_record`,
      ),
    ).toEqual({ count: 1 });
  });
});

describe('reading HubSpot records with none or several of what others take for one', () => {
  let fixture: ReadingFixture;

  beforeAll(async () => {
    fixture = await startHubspotFixture({
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
    await fixture.read('account');
  }, 60_000);
  afterAll(() => fixture[Symbol.asyncDispose]());

  /** The CRM's ids by what a property says, before Fairway has read them. */
  async function idsBy(object: string, property: string): Promise<Map<unknown, string>> {
    const ids = new Map<unknown, string>();
    for await (const page of fixture.connector.pull({
      object,
      fields: [property],
      since: null,
      resume: null,
    }))
      for (const record of page.records) ids.set(record.fields[property], record.extId);
    return ids;
  }

  it('places a registration without a contact, asks about one with two partners, uses the primary company of a deal, else the first, and stops nothing else (Channeltivity, Introw)', async () => {
    const [registrations, deals] = [
      await idsBy('p_fairway_registration', 'number'),
      await idsBy('deals', 'dealname'),
    ];
    const link = async (object: string, id: string | undefined, company: string, typeId: number | null) =>
      fixture.control('associate', {
        objectType: object,
        id,
        toObjectType: 'companies',
        toId: await fixture.idOf('account', company),
        typeId,
      });
    await link('p_fairway_registration', registrations.get('DR-3'), 'Second Reseller', null);
    await link('deals', deals.get('Plain deal'), 'Initech', null);
    await link('deals', deals.get('Moved deal'), 'Initech', primaryCompany);
    const unowned = {
      number: 'DR-5',
      customer_name: 'Nobody’s',
      customer_country: 'DE',
      submitted_at: '2026-03-01T09:00:00.000Z',
    };
    await fixture.control('edit', { objectType: 'p_fairway_registration', properties: unowned });
    await fixture.read('opportunity');
    await fixture.read('registration');
    await fixture.map();
    const placed = await fixture.deps.db.execute<{
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
      ['DR-4', null, 'First Reseller'],
    ]);
    const customers = await fixture.deps.db.execute<{ name: string; account: string }>(
      sql`select o.name, a.name as account from opportunity o join account a on a.id = o.account_id order by o.name`,
    );
    expect([...customers]).toEqual([
      { name: 'Moved deal', account: 'Initech' },
      { name: 'Plain deal', account: 'Globex' },
    ]);
    // The one that names two partners and the one that names none are left, and say so.
    const problems = await openProblems(fixture.deps.db);
    expect(problems.toSorted((a, b) => a.code.localeCompare(b.code))).toMatchObject([
      {
        code: 'partner_ambiguous',
        message: expect.stringMatching(
          /First Reseller and Second Reseller|Second Reseller and First Reseller/,
        ),
      },
      { code: 'required_missing', message: expect.stringMatching(/^partner/) },
    ]);
  });
});
