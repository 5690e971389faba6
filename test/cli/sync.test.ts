import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { seedConsole, type ConsoleData } from '#test/support/console-data.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';
import { auditTrail, jobsWaiting } from '#test/support/queries.ts';
import { runCommand } from '#test/cli/run-command.ts';
import { seedSync, type SyncData } from '#test/support/sync-data.ts';

let service: TestDeps;
let data: ConsoleData;
let sync: SyncData;
const printed: string[] = [];
beforeAll(async () => {
  service = await startDeps();
  data = await seedConsole(service.deps);
  sync = await seedSync(service.deps, data);
  for (const [name, value] of Object.entries(service.env)) vi.stubEnv(name, value);
  vi.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line));
});
afterEach(() => printed.splice(0));
afterAll(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await service[Symbol.asyncDispose]();
});

const output = async (
  positionals: readonly string[],
  values: Readonly<Record<string, string | boolean>> = {},
): Promise<string> => {
  await runCommand(['sync', ...positionals], values);
  return printed.join('\n');
};

describe('sync status', () => {
  test('is a line a connection, with the words the vendor and the pause have under it', async () => {
    const text = await output(['status']);
    expect(text).toMatch(/^CONNECTION +STATE +READ +TO FETCH/);
    expect(text).toMatch(/\nSalesforce +healthy +reading +3 +0 +1 +24 +2 +1,240 of 100,000\n/);
    expect(text).toMatch(/\nHubSpot EMEA +paused +not yet .* 225,400 of 240,000 allotted\n/);
    expect(text).toContain('reading Contact: 12,400 of 48,000, about 9 min to go');
    expect(text).toContain(
      'refused 23 writes to Account: insufficient access rights on object id (INSUFFICIENT_ACCESS_OR_READONLY)',
    );
    expect(text).toMatch(/paused until 2\d{3}-.*240,000 calls/);
  });

  test('ends with 1 while somebody is needed: a write was refused, a person is asked, or a sign-in is refused; a used-up limit mends itself', async () => {
    expect(await runCommand(['sync', 'status'], { connection: 'Salesforce' })).toBe(1);
    await service.deps.db.execute(
      sql`update connection set status = 'active', failure = null where name = 'HubSpot EMEA'`,
    );
    expect(await runCommand(['sync', 'status'], { connection: 'HubSpot EMEA' })).toBe(0);
    const failure = {
      class: 'auth',
      code: 'INVALID_TOKEN',
      message: 'The token was revoked.',
      fix: 'Connect again.',
    };
    await service.deps.db.execute(
      sql`update connection set status = 'failing', failure = ${JSON.stringify(failure)}::text::jsonb where name = 'HubSpot EMEA'`,
    );
    expect(await runCommand(['sync', 'status'], { connection: 'HubSpot EMEA' })).toBe(1);
    expect(printed.at(-1)).toMatch(/HubSpot EMEA +paused[^]*INVALID_TOKEN: The token was revoked/);
  });

  test('as JSON has the same in numbers, of one connection where one is named', async () => {
    const states = JSON.parse(await output(['status'], { json: true, connection: 'salesforce' }));
    expect(states).toMatchObject([
      {
        name: 'Salesforce',
        state: 'healthy',
        backlog: { hints: { count: 3 } },
        budget: [{ window: 'day', used: 1240, usedByFairway: 910 }],
      },
    ]);
  });
});

describe('sync explain', () => {
  test('shows a record’s timeline, the oldest first, by its id in the CRM, its number or our id', async () => {
    const text = await output(['explain', 'a015f000000AAA']);
    const story = [
      'registration DR-2026-0001',
      'problem: expectedClose: “soon” is not a date (not_a_date)',
      'came: Salesforce changed it (a015f000000AAA), heard at once',
      'Amount__c: 84000 → 86500',
      'both changed amount: Salesforce won, because the rule is that Salesforce wins (mapping version 2)',
      'before 84000.00, Salesforce 86500.00, Fairway 85000.00',
      'sent to Salesforce (mapping version 1)',
      'Status__c = approved',
      'came: Salesforce shows what Fairway wrote (a015f000000AAA), read by a run',
    ];
    const places = story.map((part) => text.indexOf(part));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    printed.splice(0);
    expect(await output(['explain', 'DR-2026-0001'])).toBe(text);
    printed.splice(0);
    expect(await output(['explain', data.registrationIds.get('DR-2026-0001') ?? ''])).toBe(text);
  });

  test('says that a person is asked where one is', async () => {
    expect(await output(['explain', sync.opportunityExtId])).toContain(
      'both changed closeDate: a person is asked',
    );
  });

  test('of an unknown record says so', async () => {
    await expect(output(['explain', '0065f00000NOTHING'])).rejects.toThrow(
      'No record is named “0065f00000NOTHING”',
    );
  });
});

describe('sync replay', () => {
  test('sends again what one cause held up', async () => {
    expect(
      await output(['replay'], { connection: 'Salesforce', code: 'INSUFFICIENT_ACCESS_OR_READONLY' }),
    ).toBe('Salesforce: 23 writes are queued again.');
    expect(await jobsWaiting(service.deps.db, 'replay')).toBe(1);
  });
});

describe('sync reconcile', () => {
  test('puts a comparison out for each kind, once', async () => {
    expect(await output(['reconcile'], { connection: 'Salesforce' })).toContain(
      'Salesforce: comparison queued.',
    );
    printed.splice(0);
    expect(await output(['reconcile'], { connection: 'Salesforce' })).toContain(
      'Salesforce: a comparison is already in progress.',
    );
    expect(await jobsWaiting(service.deps.db, 'reconcile')).toBe(5);
  });

  test('confirms deletions in one named connection only, and the audit trail says so', async () => {
    await expect(output(['reconcile'], { agree: true })).rejects.toThrow('--connection');
    await output(['reconcile'], { agree: true, connection: 'HubSpot EMEA', kind: 'account' });
    expect(await auditTrail(service.deps.db, 'HubSpot EMEA')).toMatchObject([
      {
        action: 'connection.deletions_confirmed',
        actor: null,
        after: { kinds: 'account' },
        reason: 'command line',
      },
    ]);
  });
});

describe('a mistake at the command line', () => {
  test.each([
    [
      ['status'],
      { connection: 'Netsuite' },
      'There is no connection “Netsuite”. Existing connections: Salesforce, HubSpot EMEA.',
    ],
    [['restart'], {}, "unknown command 'restart'"],

    [['explain'], {}, "missing required argument 'record'"],
    [['status'], { agree: true }, "unknown option '--agree'"],
    [
      ['reconcile'],
      { kind: 'invoice' },
      '--kind invoice is not one of account, contact, product, opportunity, opportunity_line, lead, registration',
    ],
  ])('is named with what there is: %o %o', async (positionals, values, message) => {
    await expect(output(positionals, values)).rejects.toThrow(message);
  });
});
