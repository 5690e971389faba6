import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { remainingMs } from '#src/operations/jobs/progress.ts';
import { pullConnection } from '#src/operations/pull/pull-connection.ts';
import {
  firstRow,
  sampleAccount,
  sampleOpportunity,
  startSalesforceFixture,
  type SalesforceFixture,
} from './reading-fixture.ts';

describe('the first read of a connection', () => {
  let fixture: SalesforceFixture;
  const reports: { readonly label: string; readonly done: number; readonly total: number | null }[] = [];

  beforeAll(async () => {
    const accounts = Array.from({ length: 2_500 }, (_, n) => sampleAccount(`Company ${n}`));
    fixture = await startSalesforceFixture({
      accounts: [...accounts, sampleAccount('Somewhere', { country: null, countryName: 'Atlantis' })],
      opportunities: accounts.slice(0, 600).map((account, n) => sampleOpportunity(`Deal ${n}`, account.key)),
      registrations: [],
    });
    const runId = fixture.deps.ids();
    await fixture.deps.db.execute(
      sql`insert into run (id, trigger, stage, started_at) values (${runId}, 'person', 'pull', now())`,
    );
    await pullConnection(
      fixture.deps,
      { runId, connectionId: fixture.connection.id },
      async (progress) => void reports.push(progress),
    );
  }, 60_000);
  afterAll(() => fixture[Symbol.asyncDispose]());

  const count = async (query: ReturnType<typeof sql>) =>
    (await firstRow<{ count: number }>(fixture.deps.db, query))?.count;

  it('places records as they come, what they point at first, and records no change of any', async () => {
    expect(
      await count(sql`select count(*)::int as count from opportunity where account_id is not null`),
    ).toBe(600);
    expect(await count(sql`select count(*)::int as count from account`)).toBe(2_500);
    expect(await count(sql`select count(*)::int as count from remote_change`)).toBe(0);
  });

  it('leaves to the mapping what there is something to say about', async () => {
    const unplaced = sql`select count(*)::int as count from remote_record where mapped_hash is distinct from hash`;
    expect(await count(unplaced)).toBe(1);
    await fixture.map();
    expect(await count(sql`select count(*)::int as count from account where name = 'Somewhere'`)).toBe(1);
    expect(await count(sql`select count(*)::int as count from problem where message like 'country%'`)).toBe(
      1,
    );
    expect(await count(unplaced)).toBe(0);
  });

  it('says how far it is, of how many', () => {
    const accounts = reports.filter(({ label }) => label.startsWith('Reading Account '));
    expect(accounts.map(({ done, total }) => [done, total])).toEqual([
      [2_000, 2_501],
      [2_501, 2_501],
    ]);
  });

  it('estimates what is left by the pace so far, once there is one', () => {
    const startedAt = new Date('2026-11-22T02:00:00Z');
    const now = new Date('2026-11-22T02:01:00Z');
    expect(remainingMs({ done: 1_000, total: 5_000, startedAt }, now)).toBe(240_000);
    expect(remainingMs({ done: 6_000, total: 5_000, startedAt }, now)).toBe(0);
    expect(remainingMs({ done: 0, total: 5_000, startedAt }, now)).toBeNull();
    expect(remainingMs({ done: 10, total: null, startedAt }, now)).toBeNull();
    expect(remainingMs({ done: 10, total: 10, startedAt: null }, now)).toBeNull();
  });
});
