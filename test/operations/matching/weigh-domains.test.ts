import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { storedCase } from '#src/db/matching/match-case-store.ts';
import { profilesOf } from '#src/db/matching/match-profile-store.ts';
import { saveAccounts } from '#src/db/records/account-store.ts';
import { explainMatch } from '#src/operations/matching/explain-match.ts';
import { refreshProfiles } from '#src/operations/matching/refresh-profiles.ts';
import { withSharedDomains } from '#src/operations/matching/weigh-domains.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';
import { seedMatches } from '#test/support/match-labels.ts';

const domain = 'quartzmoor-steel.example';

let test: TestDeps;
let registrationId: string;
beforeAll(async () => {
  test = await startDeps();
  const names = ['Bodega Ruiz', 'Nakatomi', 'Vandelay', 'Tyrell', 'Sirius Cybernetics', 'Wernham Hogg'];
  await saveAccounts(test.deps.db, accountsAt(names));
  const { alerts } = await seedMatches(test.deps, { alerts: 1, clear: 0 });
  registrationId = alerts[0]?.registrationId ?? '';
}, 60_000);
afterAll(() => test[Symbol.asyncDispose]());

function accountsAt(names: readonly string[]) {
  return names.map((name) => ({ id: test.deps.ids(), name, country: 'US', domain }));
}

it('a registration with the domain of seven differently named companies is judged by its name, with little from the domain', async () => {
  const stored = await storedCase(test.deps.db, registrationId);
  expect(stored?.facts?.company.sharedDomains).toEqual({ [domain]: 7 });
  const rivals = stored?.decision.findings.flatMap(({ rival }) => (rival ? [rival] : [])) ?? [];
  expect(rivals.length).toBeGreaterThan(0);
  for (const { match } of rivals)
    expect(match.evidence.find(({ field }) => field === 'domain')).toMatchObject({
      left: domain,
      right: domain,
      level: 'weak',
    });
});

it('its decision is repeated exactly after more companies have the domain', async () => {
  await saveAccounts(test.deps.db, accountsAt(['Globex', 'Initech', 'Hooli', 'Umbrella']));
  await refreshProfiles(test.deps.db);
  expect(await explainMatch(test.deps, registrationId)).toMatchObject({ reproduced: true });
});

it('registrations of one partner do not make a domain look shared, however many names they have', async () => {
  const other = await startDeps();
  const { clear } = await seedMatches(other.deps, { alerts: 0, clear: 25, share: 0 });
  await other.deps.db.execute(sql`update registration set customer_domain = 'saffron-mills.example'`);
  await refreshProfiles(other.deps.db);
  const profiles = await profilesOf(
    other.deps.db,
    clear.map((one) => one.registrationId),
  );
  expect(new Set([...profiles.values()].map(({ domain }) => domain))).toEqual(
    new Set(['saffron-mills.example']),
  );
  const weighed = await withSharedDomains(other.deps.db, [...profiles.values()]);
  expect(weighed.filter(({ sharedDomains }) => sharedDomains !== undefined)).toEqual([]);
  await other[Symbol.asyncDispose]();
});
