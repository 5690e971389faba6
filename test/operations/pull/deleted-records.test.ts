import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postEntries, postedAccruals, unpaidEntries } from '#src/db/ledger/ledger-store.ts';
import { partnersByCode } from '#src/db/records/account-store.ts';
import { saveDocuments, invoiceFacts } from '#src/db/records/document-store.ts';
import { remoteStates } from '#src/db/sync/remote-store.ts';
import { normaliseCompany } from '#src/domain/matching/normalise.ts';
import { findMatches } from '#src/operations/matching/find-candidates.ts';
import { refreshProfiles } from '#src/operations/matching/refresh-profiles.ts';
import {
  changesOf,
  firstRow,
  remoteRow,
  sampleAccount,
  sampleOpportunity,
  startHubspotFixture,
  startSalesforceFixture,
  type ReadingFixture,
  type SalesforceFixture,
} from './reading-fixture.ts';

const ours = (fixture: ReadingFixture, extId: string) =>
  firstRow<{ id: string; name: string; deleted: boolean }>(
    fixture.deps.db,
    sql`select a.id, a.name, a.deleted from link l join account a on a.id = l.record_id where l.ext_id = ${extId}`,
  );
const dealOf = (fixture: ReadingFixture, name: string) =>
  firstRow<{ account: string; deleted: boolean }>(
    fixture.deps.db,
    sql`select a.name as account, o.deleted from opportunity o left join account a on a.id = o.account_id where o.name = ${name}`,
  );

/** Ids of our records that may be a company with this name. */
async function foundBy(fixture: ReadingFixture, name: string): Promise<readonly string[]> {
  await refreshProfiles(fixture.deps.db);
  return (await findMatches(fixture.deps.db, normaliseCompany({ name }))).map(({ id }) => id);
}

describe('records that go in Salesforce', () => {
  let fixture: SalesforceFixture;

  beforeAll(async () => {
    fixture = await startSalesforceFixture({
      accounts: [
        sampleAccount('Acme'),
        sampleAccount('Acme Corp'),
        sampleAccount('Reseller One', { isPartner: true, partnerCode: 'P-1' }),
        sampleAccount('Reseller Uno', { isPartner: true, partnerCode: 'P-2' }),
        sampleAccount('Globex'),
        sampleAccount('Umbrella Apparel'),
        sampleAccount('Tyrell Works'),
      ],
      opportunities: [
        sampleOpportunity('Acme deal', 'Acme Corp'),
        sampleOpportunity('Globex deal', 'Globex'),
      ],
      registrations: [],
    });
    await readAll();
  }, 60_000);
  afterAll(() => fixture[Symbol.asyncDispose]());

  async function readAll(): Promise<void> {
    fixture.pass(60_000);
    await fixture.read('account');
    await fixture.read('opportunity');
    await fixture.map();
  }

  it('a merged account ends in its survivor, and what belonged to it belongs to the survivor', async () => {
    const survivor = await fixture.idOf('account', 'Acme');
    const loser = await fixture.idOf('account', 'Acme Corp');
    const lost = await ours(fixture, loser);
    await fixture.deps.db.execute(
      sql`insert into shadow (connection_id, object, ext_id, fields) values (${fixture.connection.id}, 'Account', ${loser}, '{"Phone":"1"}')`,
    );
    await fixture.deps.db.execute(sql`
      insert into write_intent (id, connection_id, object, kind, record_id, operation, ext_id, fields, created_at)
      values (${fixture.deps.ids()}, ${fixture.connection.id}, 'Account', 'account', ${lost?.id}, 'update', ${loser}, '{"Phone":"1"}', now())`);
    fixture.pass(60_000);
    await fixture.control('merge', { masterId: survivor, loserIds: [loser] });
    await readAll();
    expect(await ours(fixture, loser)).toEqual(await ours(fixture, survivor));
    expect(await firstRow(fixture.deps.db, sql`select deleted from account where id = ${lost?.id}`)).toEqual({
      deleted: true,
    });
    expect(await ours(fixture, survivor)).toMatchObject({ name: 'Acme', deleted: false });
    expect(await dealOf(fixture, 'Acme deal')).toEqual({ account: 'Acme', deleted: false });
    expect(
      await firstRow(fixture.deps.db, sql`select status from write_intent where record_id = ${lost?.id}`),
    ).toEqual({
      status: 'superseded',
    });
    expect(
      await firstRow(fixture.deps.db, sql`select ext_id from shadow where ext_id = ${loser}`),
    ).toBeUndefined();
    expect((await changesOf(fixture.deps.db, loser)).map((change) => change.what)).toEqual(['merged']);
  });

  it('who means the company that was merged finds the survivor, and who means the survivor still does', async () => {
    const [survivor, loser] = [
      await fixture.idOf('account', 'Umbrella Apparel'),
      await fixture.idOf('account', 'Tyrell Works'),
    ];
    fixture.pass(60_000);
    await fixture.control('merge', { masterId: survivor, loserIds: [loser] });
    await readAll();
    const { id } = (await ours(fixture, survivor)) ?? {};
    expect([await foundBy(fixture, 'Tyrell Works'), await foundBy(fixture, 'Umbrella Apparel')]).toEqual([
      [id],
      [id],
    ]);
  });

  it('nothing is ever written to a merged record, nor taken from its survivor when the last of it goes', async () => {
    const survivor = await fixture.idOf('account', 'Acme');
    const { id = '' } = (await ours(fixture, survivor)) ?? {};
    const states = await remoteStates(fixture.deps.db, fixture.connection.id, 'Account', [id]);
    expect(states.map((state) => state.extId)).toEqual([survivor]);
    // Once its tombstone is purged, too, Salesforce no longer says where it went.
    await fixture.deps.db.execute(
      sql`update remote_record set merged_into = null, hash = 'purged' where ext_id in (select ext_id from link where merged_into is not null)`,
    );
    await fixture.map();
    expect(await ours(fixture, survivor)).toMatchObject({ name: 'Acme', deleted: false });
  });

  it('two partners that become one keep their books, and what was not paid yet is paid to the one that lives', async () => {
    const { db } = fixture.deps;
    const survivor = await fixture.idOf('account', 'Reseller One');
    const loser = await fixture.idOf('account', 'Reseller Uno');
    const partners = await partnersByCode(db, ['P-1', 'P-2']);
    const [one, two] = ['P-1', 'P-2']
      .map((code) => partners.get(code))
      .map((found) => (found && found !== 'ambiguous' ? found.id : ''));
    const documentId = fixture.deps.ids();
    const document = {
      id: documentId,
      connectionId: fixture.connection.id,
      number: 'INV-1',
      kind: 'invoice',
      partnerId: two ?? '',
    } as const;
    await saveDocuments(db, [{ ...document, currency: 'USD', amountMinor: 10_000n, issuedOn: '2026-10-01' }]);
    const entry = {
      id: fixture.deps.ids(),
      reason: 'accrual',
      documentId,
      partnerId: two ?? '',
      component: 'commission',
    } as const;
    const postings = [
      { account: 'expense', amountMinor: 500n },
      { account: 'accrued', amountMinor: -500n },
    ];
    await db.transaction((tx) =>
      postEntries(tx, [
        {
          ...entry,
          currency: 'USD',
          period: '2026-10',
          programVersion: 1,
          createdAt: fixture.deps.clock(),
          postings,
        },
      ]),
    );
    fixture.pass(60_000);
    await fixture.control('merge', { masterId: survivor, loserIds: [loser] });
    await readAll();
    expect(await firstRow(db, sql`select partner_id from journal_tx where id = ${entry.id}`)).toEqual({
      partner_id: two,
    });
    expect(
      (await unpaidEntries(db, '2026-10')).map(({ partnerId, amountMinor }) => [partnerId, amountMinor]),
    ).toEqual([[one, 500n]]);
    expect((await postedAccruals(db)).map((posted) => posted.partnerId)).toEqual([one]);
    expect((await invoiceFacts(db)).map((invoice) => invoice.partnerId)).toEqual([one]);
    const codes = await partnersByCode(db, ['P-1', 'P-2']);
    expect([...codes.values()].map((found) => (found === 'ambiguous' ? found : found.id))).toEqual([
      one,
      one,
    ]);
  });

  it('a deleted record is deleted here, and placed again when somebody restores it', async () => {
    const extId = await fixture.idOf('opportunity', 'Globex deal');
    fixture.pass(60_000);
    await fixture.remove('opportunity', extId);
    await readAll();
    expect(await dealOf(fixture, 'Globex deal')).toEqual({ account: 'Globex', deleted: true });
    fixture.pass(60_000);
    await fixture.control('undelete', { id: extId });
    await readAll();
    expect(await dealOf(fixture, 'Globex deal')).toEqual({ account: 'Globex', deleted: false });
    expect((await changesOf(fixture.deps.db, extId)).map((change) => change.what)).toEqual([
      'deleted',
      'restored',
    ]);
    expect((await remoteRow(fixture.deps.db, extId))?.deleted).toBe(false);
  });
});

describe('records that are merged in HubSpot', () => {
  let fixture: ReadingFixture;

  beforeAll(async () => {
    fixture = await startHubspotFixture({
      accounts: [
        sampleAccount('Initech'),
        sampleAccount('Initech GmbH'),
        sampleAccount('Hooli'),
        sampleAccount('Hooli Inc'),
        sampleAccount('Tyrell Works'),
        sampleAccount('Umbrella Apparel'),
      ],
      opportunities: [sampleOpportunity('Initech deal', 'Initech GmbH')],
      registrations: [],
    });
    await fixture.read('account');
    await fixture.read('opportunity');
    await fixture.map();
  }, 60_000);
  afterAll(() => fixture[Symbol.asyncDispose]());

  it('a survivor under a new id gets the record of ours that was linked first, and both old ids lead to it', async () => {
    const [primary, other] = [
      await fixture.idOf('account', 'Initech'),
      await fixture.idOf('account', 'Initech GmbH'),
    ];
    const ids = [await ours(fixture, primary), await ours(fixture, other)].map((row) => row?.id ?? '');
    fixture.pass(60_000);
    await fixture.control('merge', { objectType: 'company', primaryId: primary, otherId: other, userId: 1 });
    fixture.pass(60_000);
    await fixture.read('account');
    await fixture.map();
    const survivor = await fixture.idOf('account', 'Initech');
    expect([primary, other]).not.toContain(survivor);
    expect(await ours(fixture, survivor)).toEqual({ id: ids.toSorted()[0], name: 'Initech', deleted: false });
    expect(await ours(fixture, primary)).toEqual(await ours(fixture, survivor));
    expect(await ours(fixture, other)).toEqual(await ours(fixture, survivor));
    expect(await dealOf(fixture, 'Initech deal')).toEqual({ account: 'Initech', deleted: false });
    const states = await remoteStates(fixture.deps.db, fixture.connection.id, 'companies', ids);
    expect(states.map((state) => state.extId)).toEqual([survivor]);
  });

  it('a survivor that keeps its id keeps its record, too', async () => {
    const [primary, other] = [
      await fixture.idOf('account', 'Hooli'),
      await fixture.idOf('account', 'Hooli Inc'),
    ];
    const before = await ours(fixture, primary);
    fixture.pass(60_000);
    await fixture.control('merge', { objectType: 'company', primaryId: primary, otherId: other, userId: 1 });
    fixture.pass(60_000);
    await fixture.read('account');
    await fixture.map();
    expect(await fixture.idOf('account', 'Hooli')).toBe(primary);
    expect(await ours(fixture, primary)).toEqual(before);
    expect(await ours(fixture, other)).toEqual(before);
  });

  it('references to the merged company and to the survivor both lead to the survivor, whichever record survives', async () => {
    const [primary, other] = [
      await fixture.idOf('account', 'Umbrella Apparel'),
      await fixture.idOf('account', 'Tyrell Works'),
    ];
    fixture.pass(60_000);
    await fixture.control('merge', { objectType: 'company', primaryId: primary, otherId: other, userId: 1 });
    fixture.pass(60_000);
    await fixture.read('account');
    await fixture.map();
    const { id } = (await ours(fixture, primary)) ?? {};
    expect(await ours(fixture, other)).toMatchObject({ id, name: 'Umbrella Apparel' });
    expect([await foundBy(fixture, 'Tyrell Works'), await foundBy(fixture, 'Umbrella Apparel')]).toEqual([
      [id],
      [id],
    ]);
  });
});
