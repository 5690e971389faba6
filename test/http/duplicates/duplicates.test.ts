import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findDuplicates } from '#src/operations/duplicates/find-duplicates.ts';
import { openReport } from '#src/operations/duplicates/start-duplicates.ts';
import { type PlantedAccount, saveCrm } from '#test/support/planted-duplicates.ts';
import { type HttpTest, startHttp } from '#test/http/http-test.ts';

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
const accounts: readonly PlantedAccount[] = ['contoso.de', 'northwind.com', 'fabrikam.com'].flatMap(
  (domain) => {
    const name = `${domain.charAt(0).toUpperCase()}${domain.slice(1, -3).replace('.', '')} Robotics`;
    return [
      { ...plain, name: `${name} GmbH`, domain, city: 'Munich' },
      { ...plain, name, domain: `www.${domain}` },
    ];
  },
);

let http: HttpTest;
let connection = '';
let ids: readonly string[] = [];
beforeAll(async () => {
  http = await startHttp();
  ({ connectionId: connection, ids } = await saveCrm(http.deps, 'Salesforce', accounts));
});
afterAll(() => http[Symbol.asyncDispose]());

const list = async (query = '') =>
  (await (await http.as('viewer'))({ url: `/api/duplicates${query}` })).json();
const started = async (role: 'ops' | 'viewer') =>
  (await http.as(role))({ method: 'POST', url: '/api/duplicates/start', payload: { connection } });

describe('duplicate accounts', () => {
  test('of which no report was made yet show that, and none can be downloaded', async () => {
    expect(await list()).toMatchObject({
      connectionId: connection,
      running: false,
      report: null,
      groups: [],
      next: null,
    });
    expect(
      (await (await http.as('viewer'))({ url: `/api/duplicates/csv?connection=${connection}` })).statusCode,
    ).toBe(404);
  });

  test('are looked for by a person who runs connections, once at a time, and the page shows that it runs', async () => {
    expect((await started('viewer')).statusCode).toBe(403);
    expect((await started('ops')).json()).toEqual({ alreadyRunning: false });
    expect((await started('ops')).json()).toEqual({ alreadyRunning: true });
    expect(await list()).toMatchObject({ running: true, progress: null, report: null });
    const reportId = await openReport(http.deps, {
      connectionId: connection,
      related: false,
      personId: null,
    });
    await findDuplicates(http.deps, { reportId }, async () => {});
  });

  test('come a page at a time, each group with its survivor, why, both links and the values that differ', async () => {
    const first = await list('?limit=2');
    expect(first).toMatchObject({ report: { accounts: 6, groups: 3, redundantAccounts: 3 }, next: 2 });
    expect(first.groups).toHaveLength(2);
    const { groups, next } = await list('?limit=2&after=2');
    expect(next).toBeNull();
    expect(groups).toMatchObject([
      {
        number: 3,
        survivorReason: 'It is the most complete: 4 fields have a value, the next has 3.',
        survivor: {
          crm: { system: 'salesforce', url: expect.stringContaining('/lightning/r/Account/001') },
          filledFields: 4,
          isPartner: false,
        },
        others: [
          {
            score: expect.any(Number),
            reasonsFor: expect.arrayContaining(['same country (DE)']),
            reasonsAgainst: [],
            matchedThrough: null,
          },
        ],
        partialMatches: [],
      },
    ]);
    expect(groups[0].others[0].differences.map(({ field }: { field: string }) => field)).toEqual([
      'name',
      'domain',
    ]);
  });

  test('are downloaded as a file', async () => {
    const answer = await (await http.as('viewer'))({ url: `/api/duplicates/csv?connection=${connection}` });
    expect(answer.headers['content-disposition']).toBe('attachment; filename="duplicates-Salesforce.csv"');
    expect(answer.body.split('\n').filter((line) => line.startsWith('merge,'))).toHaveLength(3);
  });

  test('that somebody marks as different are listed with the person, are no longer suggested, and are again after an undo', async () => {
    const pairs = [{ leftId: ids[0], rightId: ids[1] }];
    const shown = Object.fromEntries([0, 1].map((one) => [ids[one], accounts[one]?.name]));
    const say = async (role: 'ops' | 'viewer', dismissed: boolean, of: object[] = pairs) =>
      (
        await (
          await http.as(role)
        )({ method: 'POST', url: '/api/duplicates/dismiss', payload: { pairs: of, dismissed, shown } })
      ).statusCode;
    const listPairs = async () =>
      (await (await http.as('viewer'))({ url: `/api/duplicates/dismissed?connection=${connection}` })).json();
    expect(await say('viewer', true)).toBe(403);
    expect(await say('ops', true)).toBe(200);
    expect((await list()).groups).toHaveLength(2);
    expect(await listPairs()).toMatchObject({
      pairs: [{ person: 'ops', leftName: expect.stringContaining('Contoso') }],
    });
    expect(await say('ops', false)).toBe(200);
    expect((await list()).groups).toHaveLength(3);
    expect(await listPairs()).toEqual({ pairs: [] });
    expect(await say('ops', true, [{ leftId: ids[0], rightId: ids[0] }])).toBe(400);
    expect(await say('ops', true, [{ leftId: ids[0], rightId: http.deps.ids() }])).toBe(404);
  });

  test('of a connection that is not there are not found', async () => {
    expect(
      (await (await http.as('viewer'))({ url: `/api/duplicates?connection=${http.deps.ids()}` })).statusCode,
    ).toBe(404);
  });
});
