import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openProblems } from '#test/support/queries.ts';
import { startService, type Service } from '#test/support/service.ts';

/** The integration user sees only what the permission set that Fairway deploys shows it. */
let service: Service;
beforeAll(async () => {
  service = await startService({ profile: 'minimum-access' });
}, 180_000);
afterAll(() => service[Symbol.asyncDispose]());

it('a minimum-access user has everything that a run needs', { timeout: 180_000 }, async () => {
  const { summary } = await service.runJob();
  expect(summary.attention).toEqual([]);
  expect(summary.complete).toBe(true);
  expect(summary.written['salesforce']).toBeGreaterThan(50);
  const [{ partners, cities, amounts } = {}] = await service.deps.db.execute<{
    partners: number;
    cities: number;
    amounts: number;
  }>(sql`
    select count(*) filter (where a.is_partner)::int as partners, count(a.city)::int as cities,
           (select count(amount_minor)::int from opportunity) as amounts
      from account a join link l on l.record_id = a.id join connection c on c.id = l.connection_id where c.kind = 'salesforce'`);
  expect(partners).toBeGreaterThan(5);
  expect(cities).toBeGreaterThan(100);
  expect(amounts).toBeGreaterThan(100);
  const hidden = (await openProblems(service.deps.db)).filter(({ code }) => code === 'field_hidden');
  expect(hidden).toEqual([]);
});
