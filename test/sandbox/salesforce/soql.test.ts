import type { Connection } from 'jsforce';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectTo, startOrg } from './org.ts';
import type { RunningOrg } from './org.ts';

let org: RunningOrg;
let connection: Connection;

/** Five deals over two accounts, the clock a day later for each. */
const deals = [
  { Name: 'Alpha', Amount: 100, CloseDate: '2026-11-22', StageName: 'Prospecting', NextStep: null },
  { Name: 'beta', Amount: 200, CloseDate: '2026-11-20', StageName: 'Closed Won', NextStep: "O'Brien's call" },
  { Name: 'Gamma_1', Amount: 300, CloseDate: '2026-12-01', StageName: 'Closed Lost', NextStep: '50% off' },
  { Name: 'Delta', Amount: null, CloseDate: '2025-01-31', StageName: 'Prospecting', NextStep: null },
  {
    Name: 'epsilon',
    Amount: 500,
    CloseDate: '2026-11-30',
    StageName: 'Qualification',
    NextStep: 'back\\slash',
  },
];

beforeAll(async () => {
  org = await startOrg();
  connection = await connectTo(org);
  const [acme, zenith] = await connection
    .sobject('Account')
    .create([{ Name: 'Acme', BillingCity: 'Bergen' }, { Name: 'Zenith' }]);
  for (const [n, deal] of deals.entries()) {
    await connection
      .sobject('Opportunity')
      .create({ ...deal, AccountId: (n === 4 ? null : n % 2 ? zenith : acme)?.id ?? null });
    if (n < 4) org.advance(60_000);
  }
});
afterAll(() => org.close());

async function names(condition: string): Promise<unknown[]> {
  const { records } = await connection.query<{ Name: string }>(`SELECT Name FROM Opportunity ${condition}`);
  return records.map((record) => record.Name);
}
const refused = async (soql: string): Promise<{ errorCode: string; message: string }> =>
  connection.query(soql).then(
    () => {
      throw new Error('it was accepted');
    },
    (reason: unknown) => reason as { errorCode: string; message: string },
  );

describe('conditions', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ["WHERE Name = 'ALPHA'", ['Alpha']],
    ["WHERE Name != 'alpha' AND Amount != null", ['beta', 'Gamma_1', 'epsilon']],
    ['WHERE Amount > 100 AND Amount <= 300', ['beta', 'Gamma_1']],
    ['WHERE Amount = null', ['Delta']],
    ["WHERE Name LIKE 'gamma\\\\_%'", ['Gamma_1']],
    ["WHERE NextStep LIKE '50\\\\%%'", ['Gamma_1']],
    ["WHERE NextStep = 'O\\'Brien\\'s call'", ['beta']],
    ["WHERE NextStep = 'back\\\\slash'", ['epsilon']],
    ["WHERE StageName IN ('Prospecting', 'Qualification')", ['Alpha', 'Delta', 'epsilon']],
    ["WHERE StageName NOT IN ('Prospecting', 'Qualification')", ['beta', 'Gamma_1']],
    ["WHERE (Name = 'Alpha' OR Name = 'beta') AND IsClosed = false", ['Alpha']],
    ["WHERE NOT (IsClosed = true OR Name = 'Delta')", ['Alpha', 'epsilon']],
    ["WHERE NOT Name = 'Alpha' AND NOT IsWon = true", ['Gamma_1', 'Delta', 'epsilon']],
    ["WHERE Account.Name = 'acme'", ['Alpha', 'Gamma_1']],
    ["WHERE AccountId IN (SELECT Id FROM Account WHERE BillingCity = 'Bergen')", ['Alpha', 'Gamma_1']],
    ["WHERE NextStep LIKE '%'", ['beta', 'Gamma_1', 'epsilon']],
    ['WHERE CloseDate = TODAY', ['Alpha']],
    ['WHERE CloseDate = LAST_N_DAYS:3', ['Alpha', 'beta']],
    ['WHERE CloseDate = THIS_MONTH', ['Alpha', 'beta', 'epsilon']],
    ['WHERE CloseDate > TODAY', ['Gamma_1', 'epsilon']],
    ['WHERE CloseDate < 2026-01-01', ['Delta']],
    ['WHERE SystemModstamp >= 2026-11-22T02:03:00.000Z', ['Delta', 'epsilon']],
    ['WHERE SystemModstamp > 2026-11-22T03:03:00+01:00', ['epsilon']],
    ['WHERE CreatedDate = YESTERDAY', []],
  ];
  it.each(cases)('%s', async (condition, expected) => {
    expect(await names(condition)).toEqual(expected);
  });
});

describe('shape and order', () => {
  it('orders without regard to case, nulls first unless specified otherwise', async () => {
    expect(await names('ORDER BY Name')).toEqual(['Alpha', 'beta', 'Delta', 'epsilon', 'Gamma_1']);
    expect(await names('ORDER BY Amount')).toEqual(['Delta', 'Alpha', 'beta', 'Gamma_1', 'epsilon']);
    expect(await names('ORDER BY Amount DESC NULLS LAST LIMIT 2 OFFSET 1')).toEqual(['Gamma_1', 'beta']);
    expect(await names('ORDER BY IsClosed DESC, Name')).toEqual([
      'beta',
      'Gamma_1',
      'Alpha',
      'Delta',
      'epsilon',
    ]);
  });

  it('nests parents, null where there is none', async () => {
    const { records } = await connection.query(
      "SELECT Name, Account.Name, Account.Owner.Name FROM Opportunity WHERE Name IN ('Alpha', 'epsilon')",
    );
    expect(records[0]).toMatchObject({
      attributes: { type: 'Opportunity' },
      Name: 'Alpha',
      Account: { attributes: { type: 'Account' }, Name: 'Acme', Owner: { Name: 'Fairway Integration' } },
    });
    expect(records[1]?.['Account']).toBeNull();
  });

  it('counts', async () => {
    expect(await connection.query('SELECT COUNT() FROM Opportunity WHERE IsClosed = true')).toMatchObject({
      totalSize: 2,
      records: [],
    });
  });

  it('hands out at most 2,000 rows a page, fewer when asked, and the rest by locator', async () => {
    for (let n = 0; n < 12; n += 1)
      await connection
        .sobject('Contact')
        .create(Array.from({ length: 200 }, (_, row) => ({ LastName: `Person ${n}-${row}` })));
    const first = await connection.query('SELECT Id FROM Contact ORDER BY Id');
    expect([first.totalSize, first.done, first.records.length]).toEqual([2400, false, 2000]);
    const rest = await connection.queryMore(first.nextRecordsUrl ?? '');
    expect([rest.done, rest.records.length]).toEqual([true, 400]);
    const small = await connection.query('SELECT Id FROM Contact', {
      headers: { 'Sforce-Query-Options': 'batchSize=500' },
    });
    expect(small.records.length).toBe(500);
    expect((await refusedLocator()).errorCode).toBe('INVALID_QUERY_LOCATOR');
  });
  const refusedLocator = async (): Promise<{ errorCode: string }> =>
    connection.queryMore('01gQy0999999999AAA-2000').then(
      () => {
        throw new Error('accepted');
      },
      (reason: unknown) => reason as { errorCode: string },
    );
});

describe('refusals', () => {
  it('calls a broken query malformed', async () => {
    for (const soql of [
      'SELECT FROM Account',
      'SELEC Id FROM Account',
      'SELECT Id FROM Account WHERE',
      "SELECT Id FROM Account WHERE Name = 'a' AND Name = 'b' OR Name = 'c'",
    ]) {
      expect((await refused(soql)).errorCode).toBe('MALFORMED_QUERY');
    }
  });

  it('names an unknown field, object or parent and points at it', async () => {
    const field = await refused('SELECT Id, Colour__c FROM Account');
    expect(field).toMatchObject({
      errorCode: 'INVALID_FIELD',
      message: expect.stringContaining("No such column 'Colour__c' on entity 'Account'"),
    });
    expect(field.message).toContain('ERROR at Row:1:Column:12');
    expect(await refused('SELECT Id FROM Invoice__c')).toMatchObject({
      errorCode: 'INVALID_TYPE',
      message: expect.stringContaining("sObject type 'Invoice__c' is not supported"),
    });
    expect((await refused('SELECT Region__r.Name FROM Account')).message).toContain(
      "Didn't understand relationship 'Region__r' in field path",
    );
  });

  it('refuses a literal of the wrong type, and conditions on long text', async () => {
    expect(
      (await refused("SELECT Id FROM Account WHERE SystemModstamp > '2026-01-01T00:00:00Z'")).message,
    ).toContain('must be of type dateTime and should not be enclosed in quotes');
    expect((await refused("SELECT Id FROM Account WHERE Description = 'x'")).message).toContain(
      'can not be filtered in a query call',
    );
  });
});
