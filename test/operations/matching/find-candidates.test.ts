import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saveAccounts } from '#src/db/records/account-store.ts';
import type { CandidateLimits } from '#src/db/matching/match-store.ts';
import { normaliseCompany } from '#src/domain/matching/normalise.ts';
import { findMatches } from '#src/operations/matching/find-candidates.ts';
import { refreshProfiles } from '#src/operations/matching/refresh-profiles.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';

/** So low that what happens to a word of a million companies happens to one of twenty. */
const limits: CandidateLimits = { perKey: 30, rows: 20 };

let test: TestDeps;
beforeAll(async () => {
  test = await startDeps();
  const named = (name: string, country: string | null) => ({ id: test.deps.ids(), name, country });
  const many = (count: number, word: string) =>
    Array.from({ length: count }, (_, n) => named(`${word} x${n}${word}`, 'US'));
  await saveAccounts(test.deps.db, [
    ...[
      ...many(50, 'Jupiter'),
      ...many(30, 'Mines'),
      named('Jupiter Mines', 'NL'),
      named('Mines of Jupiter', null),
      named('Jupiter Mines', 'DE'),
    ],
    ...[...many(25, 'China'), ...many(11, 'Chinal'), ...many(11, 'Tianrui'), named('China Tianrui', 'SE')],
  ]);
  await refreshProfiles(test.deps.db);
}, 60_000);
afterAll(() => test[Symbol.asyncDispose]());

const found = async (name: string, country: string | null) =>
  (await findMatches(test.deps.db, normaliseCompany({ name, country }), limits)).map(
    ({ company, foundBy }) => ({
      found: `${company.core}, ${company.country}`,
      by: foundBy,
    }),
  );

it('a word that too many companies have finds those of the same country and those of none, also through a slip of the hand', async () => {
  const matches = await found('Jupietr Mines', 'NL');
  expect(matches.map((one) => one.found).toSorted()).toEqual(['jupiter mines, NL', 'mines of jupiter, null']);
  expect(matches[0]?.by.toSorted()).toEqual(['slip:jupier|NL', 'snd:jptr|NL', 'snd:mns|NL', 'tok:mines|NL']);
});

it('where the company that is looked for has no country, a word that too many have finds no company', async () => {
  expect(await found('Jupietr Mines', null)).toEqual([]);
});

it('a word is taken for a slip of another only where the other is the more usual one, however few have the rarer', async () => {
  expect(await found('China Tianriu', null)).toEqual([{ found: 'china tianrui, SE', by: ['slip:tianri'] }]);
});

it('an account that moves to another country is found there, and its keys move with it', async () => {
  const id = test.deps.ids();
  await saveAccounts(test.deps.db, [{ id, name: 'Mines Jupiter', country: 'FR' }]);
  await refreshProfiles(test.deps.db);
  expect(await found('Jupietr Mines', 'IT')).not.toContainEqual(
    expect.objectContaining({ found: 'mines jupiter, FR' }),
  );
  await saveAccounts(test.deps.db, [{ id, name: 'Mines Jupiter', country: 'IT' }]);
  await refreshProfiles(test.deps.db);
  expect(await found('Jupietr Mines', 'IT')).toContainEqual(
    expect.objectContaining({ found: 'mines jupiter, IT' }),
  );
  const [row] = await test.deps.db.execute<{ strays: number }>(sql`
    select count(*)::int as strays from match_key k join match_profile p on p.id = k.profile_id where k.country <> p.country or k.key <> all (p.keys)`);
  expect(row?.strays).toBe(0);
});

describe('a domain that several companies have', () => {
  const domains = { few: 'prairie-hosting.com', many: 'valley-mail.net', group: 'meridian-group.com' };
  const words = (count: number) =>
    Array.from({ length: count }, (_, n) => `${'bcdfghjklmnpqrstvwxz'[n]}o${'bcdfghjklmnpqrstvwxz'[n]}uri`);
  beforeAll(async () => {
    const at = (domain: string, names: readonly string[]) =>
      names.map((name) => ({ id: test.deps.ids(), name, country: 'US', domain }));
    await saveAccounts(test.deps.db, [
      ...at(domains.few, words(3)),
      ...at(
        domains.many,
        words(20).map((word) => `${word}ta`),
      ),
      ...at(domains.group, ['Meridian', 'Meridian Nordics', 'Meridian Steel', 'Meridain Holding']),
    ]);
    await refreshProfiles(test.deps.db);
  });

  const levels = async (name: string, domain: string) =>
    (await findMatches(test.deps.db, normaliseCompany({ name, domain, country: 'US' })))
      .filter(({ company }) => company.domain === domain)
      .map(({ match }) => [match.evidence.find(({ field }) => field === 'domain')?.level, match.verdict]);

  it('is weaker evidence the more differently named companies of the account base have it', async () => {
    expect(await levels('Ostrander Bakery', domains.few)).toEqual([
      ['close', 'related'],
      ['close', 'related'],
      ['close', 'related'],
    ]);
    expect(await levels('Ostrander Bakery', domains.many)).toEqual([]);
  });

  it('still finds the company whose name agrees', async () => {
    expect(await levels('Boburita', domains.many)).toEqual([['missing', 'same']]);
  });

  it('is full evidence when all its companies have one name, and never enough without any agreement of names', async () => {
    const group = await levels('Ostrander Bakery', domains.group);
    expect(group).toHaveLength(4);
    expect(new Set(group.map(([level]) => level))).toEqual(new Set(['exact']));
    expect(new Set(group.map(([, verdict]) => verdict))).toEqual(new Set(['related']));
  });
});
