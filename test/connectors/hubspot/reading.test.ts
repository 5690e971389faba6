import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RemoteRecord } from '#connectors/contract/records.ts';
import { enterprise } from '#sandbox/hubspot/limits.ts';
import { installedAccount, hubspotPages, sampleWith } from './account.ts';

type Installed = Awaited<ReturnType<typeof installedAccount>>;
const companies = '/crm/objects/2026-09/companies';

let installed: Installed;
beforeAll(async () => {
  installed = await installedAccount();
  installed.account.vendor.seed(sampleWith(3));
});
afterAll(() => installed.account.close());

const create = async (name: string): Promise<string> =>
  (await installed.account.call('POST', companies, { properties: { name } })).body.id;
/** Merges two records and returns the survivor's id. */
const merge = async (primaryId: string, otherId: string, mergeIds: 'new' | 'keep'): Promise<string> => {
  await installed.account.control('PATCH', '/settings', { mergeIds });
  return (await installed.account.control('POST', '/merge', { objectType: 'companies', primaryId, otherId }))
    .body.id;
};
const changedSince = async (since: Date): Promise<RemoteRecord[]> =>
  (
    await hubspotPages(installed.connector, {
      object: 'companies',
      fields: ['name'],
      since: since.toISOString(),
    })
  ).flatMap((page) => page.records);
const fetched = async (...ids: string[]): Promise<RemoteRecord[]> => [
  ...(await installed.connector.fetch('companies', ids, ['name'])),
];
const outline = (records: readonly RemoteRecord[]): string[] =>
  records.map(
    ({ extId, deleted, mergedInto }) =>
      `${extId}${deleted ? ' gone' : ''}${mergedInto === undefined ? '' : ` → ${mergedInto}`}`,
  );

describe('hubspot: merged records', () => {
  beforeEach(() => installed.account.forward(60_000));

  it('are returned with the survivor when it has its old id', async () => {
    const [one, two] = [await create('Arden'), await create('Arden Ltd')];
    installed.account.forward(5_000);
    const since = installed.account.now();
    expect(await merge(one, two, 'keep')).toBe(one);
    expect(outline(await changedSince(since))).toEqual([one, `${two} gone → ${one}`]);
  });

  it('are both returned with the survivor when it has a new id', async () => {
    const [one, two] = [await create('Arden'), await create('Arden Ltd')];
    installed.account.forward(5_000);
    const since = installed.account.now();
    const survivor = await merge(one, two, 'new');
    expect(outline(await changedSince(since))).toEqual([
      survivor,
      `${one} gone → ${survivor}`,
      `${two} gone → ${survivor}`,
    ]);
  });

  it('have the stamp of the survivor, and are left out of a complete read', async () => {
    const [one, two] = [await create('Arden'), await create('Arden Ltd')];
    const survivor = await merge(one, two, 'new');
    const all = await fetched(survivor, two);
    expect(new Set(all.map((record) => record.modifiedAt)).size).toBe(1);
    const whole = (await hubspotPages(installed.connector, { object: 'companies', fields: [] })).flatMap(
      (page) => page.records,
    );
    expect(whole.filter((record) => record.deleted)).toEqual([]);
    expect(whole.map((record) => record.extId)).toContain(survivor);
  });

  it('are fetched as deleted together with their survivor, after any number of merges', async () => {
    const [one, two, three] = [await create('Arden'), await create('Arden Ltd'), await create('Arden Group')];
    const between = await merge(one, two, 'new');
    const last = await merge(three, between, 'new');
    expect(outline(await fetched(one))).toEqual([last, `${one} gone → ${last}`]);
    expect(outline(await fetched(between, last, '404'))).toEqual([
      last,
      `${between} gone → ${last}`,
      '404 gone',
    ]);
  });
});

describe('hubspot: deleted records', () => {
  it('are reported as gone by their id, and as present after they were restored', async () => {
    const id = await create('Arden');
    await installed.account.control('POST', '/archive', { objectType: 'companies', id });
    expect(outline(await fetched(id))).toEqual([`${id} gone`]);
    await installed.account.control('POST', '/restore', { objectType: 'companies', id });
    expect(await fetched(id)).toMatchObject([{ extId: id, deleted: false, fields: { name: 'Arden' } }]);
  });
});

describe('hubspot: a record that the search does not show yet', () => {
  it('is in a complete read, which uses the list', async () => {
    await installed.account.control('PATCH', '/settings', { searchLagMs: 60_000 });
    const id = await create('Late');
    const since = new Date(installed.account.now().getTime() - 1_000);
    expect(outline(await changedSince(since))).not.toContain(id);
    const pages = await hubspotPages(installed.connector, { object: 'companies', fields: [] });
    expect(pages.flatMap((page) => outline(page.records))).toContain(id);
    await installed.account.control('PATCH', '/settings', { searchLagMs: 0 });
  });
});

describe('hubspot: one record more than a search returns', () => {
  const total = 10_001;
  const fields = ['dealname', 'amount', 'assoc:companies'];
  let many: Installed;
  let calls: () => string[];
  beforeAll(async () => {
    many = await installedAccount();
    many.account.store.batch(() => many.account.vendor.seed(sampleWith(total)));
    many.account.vendor.limits.allowance = { ...enterprise, perTenSeconds: 10_000, searchesPerSecond: 1_000 };
    let seen = many.account.store.calls('hubspot').length;
    calls = () => {
      const all = many.account.store.calls('hubspot').slice(seen);
      seen += all.length;
      return all.map((call) => call.summary.replace(/ ×.*/, ''));
    };
  }, 60_000);
  afterAll(() => many.account.close());
  const counted = (): Record<string, number> =>
    Object.fromEntries(
      [...Map.groupBy(calls(), (summary) => summary)].map(([summary, all]) => [summary, all.length]),
    );

  it('are all read when they share one stamp (Airbyte stopped at 10,000 rows of one stamp)', async () => {
    many.account.forward(3_600_000);
    await many.account.control('POST', '/touch', { objectType: 'deals' });
    const since = many.account.now().toISOString();
    const connector = many.connectUngated();
    const pages = await hubspotPages(connector, { object: 'deals', fields, since });
    expect(counted()).toEqual({ 'search deals': 51, 'batch read associations deals → companies': 11 });
    const records = pages.flatMap((page) => page.records);
    expect(new Set(records.map((record) => record.extId)).size).toBe(total);
    expect(records.every((record) => record.fields['assoc:companies'] !== null)).toBe(true);
    expect(pages[0]?.total).toBe(total);
  }, 60_000);

  it('cost one call for each hundred and one to count them in a complete read', async () => {
    const pages = await hubspotPages(many.connectUngated(), { object: 'deals', fields });
    expect(counted()).toEqual({
      'search deals': 1,
      'read deals': 101,
      'batch read associations deals → companies': 11,
    });
    expect(pages.map((page) => page.records.length)).toEqual([...Array.from({ length: 10 }, () => 1_000), 1]);
    expect(pages[0]?.total).toBe(total);
  }, 60_000);

  it('are asked for their companies only when the field is requested', async () => {
    await hubspotPages(many.connectUngated(), { object: 'deals', fields: ['amount'] });
    expect(counted()).toEqual({ 'search deals': 1, 'read deals': 101 });
  }, 60_000);

  it('are written a hundred per call, good rows and refused ones', async () => {
    const connector = many.connectUngated();
    const ids = (await hubspotPages(connector, { object: 'deals', fields: [] })).flatMap((page) =>
      page.records.map((record) => record.extId),
    );
    calls();
    const writes = ids.map((extId, n) => ({
      id: extId,
      extId,
      keyValue: null,
      fields: { amount: n % 100 === 7 ? 'a lot' : '5' },
    }));
    const outcomes = await connector.push({ object: 'deals', operation: 'update', keyField: null, writes });
    expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(total - 100);
    expect(counted()).toEqual({ 'batch update deals': 101 });
  }, 60_000);
});
