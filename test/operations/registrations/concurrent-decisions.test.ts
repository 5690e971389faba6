import { afterAll, beforeAll, expect, it } from 'vitest';
import { sql } from 'drizzle-orm';
import { saveAccounts, saveOpportunities, savePartners } from '#src/db/records/account-store.ts';
import { mergeAccountRows } from '#src/db/sync/merge-store.ts';
import { saveRegistrations } from '#src/db/registrations/registration-store.ts';
import { findRegistration } from '#src/db/registrations/registration-view.ts';
import { evaluateRegistrations } from '#src/operations/registrations/evaluate-registrations.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';

const noProgress = async (): Promise<void> => {};
let test: TestDeps;
/** Another process on the same database. */
let other: TestDeps;
let partners: readonly string[];
beforeAll(async () => {
  test = await startDeps({ now: '2026-10-05T09:00:00Z' });
  other = await startDeps({ now: '2026-10-05T09:00:00Z', databaseUrl: test.databaseUrl });
  partners = await savePartnerAccounts(100);
}, 60_000);
afterAll(async () => {
  await other[Symbol.asyncDispose]();
  await test[Symbol.asyncDispose]();
});

const derived = { core: '', normaliserVersion: 'none' };

async function savePartnerAccounts(count: number): Promise<readonly string[]> {
  const { db, ids } = test.deps;
  const rows = Array.from({ length: count }, (_, n) => ({
    id: ids(),
    name: `Reseller number ${n + 1} of ${'abcdefghij'[n % 10]}`,
    ...derived,
  }));
  await saveAccounts(
    db,
    rows.map((row) => ({ ...row, isPartner: true })),
  );
  const saved = rows.map((row, n) => ({ id: ids(), accountId: row.id, name: row.name, code: `P-${n}` }));
  await savePartners(db, saved);
  return saved.map(({ id }) => id);
}

interface DealInput {
  readonly name: string;
  readonly domain?: string;
  readonly country?: string;
  readonly submittedAt?: string;
}

let numbers = 0;

/** Saves a registration in a separate transaction, as a read does. */
async function register(
  partnerId: string,
  { name, domain, country, submittedAt = '2026-10-05T08:00:00Z' }: DealInput,
): Promise<string> {
  const id = test.deps.ids();
  const row = {
    id,
    number: `DR-${++numbers}`,
    partnerId,
    customerName: name,
    customerDomain: domain ?? null,
    customerCountry: country ?? null,
  };
  await test.deps.db.transaction((tx) =>
    saveRegistrations(tx, [{ ...row, submittedAt: new Date(submittedAt), core: '', deleted: false }]),
  );
  return id;
}

const decide = (
  registrationIds: readonly string[],
  accountIds: readonly string[] = [],
  { deps } = test,
): Promise<void> =>
  evaluateRegistrations(deps, noProgress, { registrationIds, accountIds, opportunityIds: [] });

async function verdictsOf(ids: readonly string[]) {
  const rows = await test.deps.db.execute<{ id: string; status: string; rivals: string[] }>(sql`
    select r.id, r.status, coalesce((select array_agg(f -> 'rival' ->> 'id') from jsonb_array_elements(k.decision -> 'findings') f), '{}') as rivals
    from registration r left join conflict_case k on k.registration_id = r.id
    where r.id in (select value::uuid from jsonb_array_elements_text(${JSON.stringify(ids)}::text::jsonb))`);
  return new Map(rows.map(({ id, status, rivals }) => [id, { status, rivals }]));
}

/**
 * Each partner registers at the same moment, half of them through each process, and waits for its own answer.
 */
async function allAtOnce(registrations: readonly DealInput[]): Promise<readonly string[]> {
  return Promise.all(
    registrations.map(async (registration, n) => {
      const id = await register(partners[n] ?? '', registration);
      await decide([id], [], n % 2 === 0 ? test : other);
      return id;
    }),
  );
}

it('of a hundred partners who register one customer within a second, decided at once, exactly one is approved, and every other sees it', async () => {
  const ids = await allAtOnce(
    partners.map((_, n) => ({
      name: n % 2 === 0 ? 'Quillfeather Dynamics Ltd' : 'Quillfeather Dynamics',
      domain: 'quillfeather.example',
      submittedAt: `2026-10-05T08:00:00.${String(n).padStart(3, '0')}Z`,
    })),
  );
  const verdicts = await verdictsOf(ids);
  const approved = ids.filter((id) => verdicts.get(id)?.status === 'approved');
  expect(approved).toHaveLength(1);
  const others = ids.filter((id) => id !== approved[0]);
  expect(others.map((id) => verdicts.get(id)?.status)).toEqual(others.map(() => 'in_review'));
  for (const id of others) expect(verdicts.get(id)?.rivals).toContain(approved[0]);
}, 120_000);

it('two who write one customer differently at the same moment, with no key in common but a misspelt word, do not both pass', async () => {
  const names = ['Brombeerstrauch Logistik', 'Brombeerstrauhc Logistik'];
  const ids = await allAtOnce(
    names.map((name, n) => ({ name, country: 'DE', submittedAt: `2026-10-05T08:00:0${n}Z` })),
  );
  const statuses = [...(await verdictsOf(ids)).values()].map(({ status }) => status);
  expect(statuses.toSorted()).toEqual(['approved', 'in_review']);
});

it('partners who register one customer at the same instant tie: a person decides each of them', async () => {
  const ids: string[] = [];
  for (const partnerId of partners.slice(0, 3))
    ids.push(await register(partnerId, { name: 'Morgenfrost Eiswerke', domain: 'morgenfrost.example' }));
  await decide(ids);
  const verdicts = await verdictsOf(ids);
  for (const id of ids) {
    expect(verdicts.get(id)?.status).toBe('in_review');
    expect(verdicts.get(id)?.rivals.toSorted()).toEqual(ids.filter((other) => other !== id).toSorted());
    const found = await findRegistration(test.deps.db, id);
    expect(found?.registration.reason).toContain('a registration of another partner from the same instant');
    expect(found?.conflictCase?.decision.findings[0]?.message).toMatch(/^Tie: .* by Reseller number/);
  }
});

async function dealAt(
  name: string,
  more: { readonly domain?: string; readonly aliases?: string } = {},
): Promise<string> {
  const { db, ids } = test.deps;
  const id = ids();
  await saveAccounts(db, [{ id, name, domain: null, aliases: null, ...derived, ...more }]);
  await saveOpportunities(db, [{ id: ids(), accountId: id, name: `Deal at ${name}`, isClosed: false }]);
  return id;
}

const statusOf = async (id: string): Promise<string | undefined> => (await verdictsOf([id])).get(id)?.status;

it('a registration that waits for a person is decided again when the account that held it up turns out to be another company', async () => {
  const account = await dealAt('Tannenzapfen Maschinenbau', { domain: 'tannenzapfen.example' });
  const registration = await register(partners[0] ?? '', {
    name: 'Tannenzapfen Maschinenbau',
    domain: 'tannenzapfen.example',
  });
  await decide([registration]);
  expect(await statusOf(registration)).toBe('in_review');
  await saveAccounts(test.deps.db, [
    { id: account, name: 'Wolkenbruch Reederei', domain: 'wolkenbruch.example', ...derived },
  ]);
  await decide([], [account]);
  expect(await statusOf(registration)).toBe('approved');
});

it('an account is found by a name it gains, and where it is merged into another the survivor is, by its names and its website', async () => {
  const account = await dealAt('Ziegenpeter Holding', { domain: 'ziegenpeter.example' });
  const survivor = await dealAt('Kuckucksheim Verwaltung');
  const known = { name: 'Ziegenpeter Holding', domain: 'ziegenpeter.example' };
  await saveAccounts(test.deps.db, [
    { id: account, ...known, aliases: 'Morgenrot Seilbahnen; Abendrot', ...derived },
  ]);
  const registration = await register(partners[1] ?? '', { name: 'Morgenrot Seilbahnen GmbH' });
  await decide([registration]);
  expect(await statusOf(registration)).toBe('in_review');
  await test.deps.db.transaction((tx) =>
    mergeAccountRows(tx, [{ mergedId: account, survivorId: survivor }], test.deps.clock()),
  );
  await decide([], [account, survivor]);
  expect(await statusOf(registration)).toBe('in_review');
  const registrations = [
    await register(partners[2] ?? '', { name: 'Ziegenpeter Holding AG' }),
    await register(partners[3] ?? '', { name: 'Ziegenpeter', domain: 'ziegenpeter.example' }),
    await register(partners[4] ?? '', { name: 'Kuckucksheim Verwaltung' }),
  ];
  await decide(registrations);
  expect(await Promise.all(registrations.map(statusOf))).toEqual(['in_review', 'in_review', 'in_review']);
});

it('a registration that waits for a person is decided again when an account gains the name by a merge', async () => {
  const [account, survivor] = [await dealAt('Schneeball Optik'), await dealAt('Lawinen Optik')];
  const registration = await register(partners[1] ?? '', {
    name: 'Schneeball Optik',
    domain: 'schneeball.example',
  });
  await decide([registration]);
  expect((await verdictsOf([registration])).get(registration)?.rivals).toHaveLength(1);
  await test.deps.db.transaction((tx) =>
    mergeAccountRows(tx, [{ mergedId: account, survivorId: survivor }], test.deps.clock()),
  );
  await saveAccounts(test.deps.db, [{ id: survivor, name: 'Lawinen Optik', aliases: null, ...derived }]);
  await decide([], [survivor]);
  expect((await verdictsOf([registration])).get(registration)?.rivals).toHaveLength(2);
});

it('what is compared of a deleted record goes in the same transaction, keys and all', async () => {
  const { db } = test.deps;
  const account = await dealAt('Haselnuss Fernwärme');
  await decide([], [account]);
  const profileCounts = async () => {
    const [row] = await db.execute<{ profiles: number; keys: number }>(sql`
      select (select count(*)::int from match_profile where subject_id = ${account}) as profiles,
             (select count(*)::int from match_key where profile_id not in (select id from match_profile)) as keys`);
    return row;
  };
  expect(await profileCounts()).toEqual({ profiles: 1, keys: 0 });
  await saveAccounts(db, [{ id: account, name: 'Erased', deleted: true, ...derived }]);
  expect(await profileCounts()).toEqual({ profiles: 0, keys: 0 });
});
