import { eraseLabels } from '#src/db/records/erase-store.ts';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saveAccounts, saveOpportunities } from '#src/db/records/account-store.ts';
import { countLabels, labelsOf, openMatchQuestions } from '#src/db/matching/match-label-store.ts';
import { matchLabel } from '#src/db/schema/matching.ts';
import { markRegistrationsDeleted, registrationsByIds } from '#src/db/registrations/registration-store.ts';
import type { MatchAnswer } from '#src/domain/matching/learning/match-quality.ts';
import { isSampled } from '#src/domain/matching/sample.ts';
import { matchCompanies } from '#src/domain/matching/score.ts';
import { evaluateRegistrations } from '#src/operations/registrations/evaluate-registrations.ts';
import { labelMatch } from '#src/operations/matching/label-match.ts';
import { matchQualityReport } from '#src/operations/matching/match-quality.ts';
import { createLoginLink } from '#src/operations/people/login-link.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';
import { seedMatches, type SeededMatches } from '#test/support/match-labels.ts';

let test: TestDeps;
let seeded: SeededMatches;
let olga: string;
let omar: string;
beforeAll(async () => {
  test = await startDeps({ now: '2026-11-18T10:00:00Z' });
  const personOf = async (name: string) =>
    (await createLoginLink(test.deps, { email: `${name}@example.com`, name, role: 'ops' })).person.id;
  [olga, omar] = [await personOf('olga'), await personOf('omar')];
  seeded = await seedMatches(test.deps, { alerts: 30, clear: 30 });
}, 60_000);
afterAll(() => test[Symbol.asyncDispose]());

const say = (
  pair: { readonly registrationId: string; readonly rivalId: string },
  answer: MatchAnswer | null,
  personId = olga,
) => labelMatch(test.deps, { ...pair, answer, personId });
const rows = (registrationId: string) =>
  test.deps.db
    .select()
    .from(matchLabel)
    .where(sql`registration_id = ${registrationId}`);
const audited = async (registrationId: string) =>
  (
    await test.deps.db.execute<{ after: { answer: string | null } }>(
      sql`select after from audit_event where action = 'registration.customer_compared' and subject_id = ${registrationId} order by id`,
    )
  ).map(({ after }) => after.answer);

describe('what a reviewer says of an alert', () => {
  it('is kept with both companies, the model and what it said of them, and decides nothing', async () => {
    const [alert] = seeded.alerts;
    if (!alert) throw new Error('nothing was seeded');
    const statusBefore = (await registrationsByIds(test.deps.db, [alert.registrationId]))[0]?.status;
    await say(alert, 'same');
    const [label] = await rows(alert.registrationId);
    if (!label) throw new Error('nothing was kept');
    expect(label).toMatchObject({
      origin: 'alert',
      verdict: 'same',
      weight: 1,
      answer: 'same',
      answeredBy: olga,
      rivalKind: 'opportunity',
    });
    const again = matchCompanies(label.ours, label.theirs);
    expect([label.bits, label.probability]).toEqual([again.bits, again.probability]);
    expect((await registrationsByIds(test.deps.db, [alert.registrationId]))[0]?.status).toBe(statusBefore);
  });

  it('can be changed by oneself or by somebody else, and undone; each time is on the audit trail', async () => {
    const alert = seeded.alerts[1] ?? { registrationId: '', rivalId: '' };
    await say(alert, 'same');
    await say(alert, 'related', omar);
    expect(await labelsOf(test.deps.db, alert.registrationId)).toMatchObject([
      { answer: 'related', answeredBy: 'omar' },
    ]);
    await say(alert, null);
    expect(await rows(alert.registrationId)).toEqual([]);
    expect(await audited(alert.registrationId)).toEqual(['same', 'related', null]);
  });

  it('is one label when two people say it at the same moment', async () => {
    const alert = seeded.alerts[2] ?? { registrationId: '', rivalId: '' };
    await Promise.all([say(alert, 'same'), say(alert, 'different', omar)]);
    expect(await rows(alert.registrationId)).toHaveLength(1);
    await say(alert, null);
  });

  it('is refused of two that were not compared', async () => {
    const [first, second] = [seeded.alerts[3], seeded.alerts[4]];
    const pair = { registrationId: first?.registrationId ?? '', rivalId: second?.rivalId ?? '' };
    await expect(say(pair, 'same')).rejects.toMatchObject({ code: 'not_found' });
    await expect(say(pair, null)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('the sample of clear registrations', () => {
  it('is approved like any other, and asks about the likeliest company that each was found to differ from', async () => {
    const questions = await openMatchQuestions(test.deps.db, 100);
    expect(questions).toHaveLength(30);
    const accounts = new Map(seeded.clear.map((one) => [one.registrationId, one.accountId]));
    for (const { registrationId, rivalId } of questions) expect(rivalId).toBe(accounts.get(registrationId));
    const registrations = await registrationsByIds(
      test.deps.db,
      seeded.clear.map(({ registrationId }) => registrationId),
    );
    expect(new Set(registrations.map(({ status }) => status))).toEqual(new Set(['approved']));
  });

  it('is a question again when an answer is undone', async () => {
    const { registrationId = '', accountId = '' } = seeded.clear[0] ?? {};
    await say({ registrationId, rivalId: accountId }, 'different');
    expect(await openMatchQuestions(test.deps.db, 100)).toHaveLength(29);
    await say({ registrationId, rivalId: accountId }, null);
    expect(await openMatchQuestions(test.deps.db, 100)).toHaveLength(30);
  });
});

it.each([0, 0.5])(
  'a sample of %d asks about exactly those drawn, each with the weight of those that are not',
  async (share) => {
    await using other = await startDeps({ now: '2026-11-18T10:00:00Z' });
    const { clear } = await seedMatches(other.deps, { alerts: 0, clear: 40, share });
    const asked = await other.deps.db.select().from(matchLabel);
    const drawn = clear.map(({ registrationId }) => registrationId).filter((id) => isSampled(id, share));
    expect(asked.map(({ registrationId }) => registrationId).toSorted()).toEqual(drawn.toSorted());
    expect(asked.every(({ weight, answer }) => weight === 1 / share && answer === null)).toBe(true);
  },
);

it('a registration that waits is asked about once, even when another company comes nearest to it later', async () => {
  await using other = await startDeps({ now: '2026-11-18T10:00:00Z' });
  const { db, ids } = other.deps;
  const { clear } = await seedMatches(other.deps, { alerts: 0, clear: 1 });
  const [first] = await db.select().from(matchLabel);
  await db.execute(sql`update account set territory = 'DE' where name = 'Ninefold Resellers'`);
  await db.execute(sql`update registration set status = 'submitted'`);
  await db.execute(sql`update opportunity set is_closed = true`);
  const nearer = {
    id: ids(),
    name: 'Quartzmoor Ironworks',
    domain: 'quartzmoor-ironworks.example',
    country: 'US',
  };
  await saveAccounts(db, [nearer]);
  await saveOpportunities(db, [{ id: ids(), accountId: nearer.id, name: 'Roll-out' }]);
  await evaluateRegistrations(
    { ...other.deps, config: { ...other.deps.config, matchSampleShare: 1 } },
    async () => {},
  );
  expect((await registrationsByIds(db, [clear[0]?.registrationId ?? '']))[0]?.status).toBe('in_review');
  expect(await db.select().from(matchLabel)).toEqual([first]);
});

it('a registration that names nothing but an earlier purchase counts among the alerts, as what is said of it does', async () => {
  await using other = await startDeps({ now: '2026-11-18T10:00:00Z' });
  const { alerts } = await seedMatches(other.deps, { alerts: 1, clear: 0 });
  const { db } = other.deps;
  await db.execute(sql`update opportunity set is_closed = true, is_won = true, close_date = '2025-01-10'`);
  await db.execute(sql`update registration set status = 'submitted'`);
  await evaluateRegistrations(other.deps, async () => {});
  const [registration] = await registrationsByIds(db, [alerts[0]?.registrationId ?? '']);
  expect(registration).toMatchObject({ status: 'in_review', conflictScore: 0 });
  expect((await matchQualityReport(other.deps)).total).toMatchObject({ alerts: 1, sampledClear: 0 });
});

it('a registration that has gone from the CRM is no longer asked about', async () => {
  const { registrationId = '' } = seeded.clear[29] ?? {};
  const open = async () => [
    (await openMatchQuestions(test.deps.db, 100)).length,
    (await countLabels(test.deps.db)).openQuestions,
  ];
  expect(await open()).toEqual([30, 30]);
  await markRegistrationsDeleted(test.deps.db, [registrationId]);
  expect(await open()).toEqual([29, 29]);
});

describe('the month’s figures', () => {
  it('are shown from twenty answers on: the share of alerts that were right, and what was missed by the weights of the sample', async () => {
    for (const alert of seeded.alerts.slice(0, 19)) await say(alert, 'same');
    for (const { registrationId, accountId } of seeded.clear.slice(0, 24))
      await say({ registrationId, rivalId: accountId }, 'different');
    const [before] = (await matchQualityReport(test.deps)).months;
    expect(before).toMatchObject({
      month: '2026-11',
      alerts: 30,
      answeredAlerts: 19,
      sampledClear: 30,
      answeredClear: 24,
      precision: null,
      recall: null,
    });

    await say(seeded.alerts[19] ?? { registrationId: '', rivalId: '' }, 'different');
    const { registrationId = '', accountId = '' } = seeded.clear[24] ?? {};
    await say({ registrationId, rivalId: accountId }, 'related');
    const [month] = (await matchQualityReport(test.deps)).months;
    expect(month?.precision?.value).toBeCloseTo(19 / 20, 9);
    // One of 25 answered was missed, and 30 were asked.
    expect(month?.missed).toBeCloseTo(30 / 25, 9);
    const found = 30 * (19 / 20);
    expect(month?.recall?.value).toBeCloseTo(found / (found + 30 / 25), 9);
    expect(month?.recall?.low).toBeLessThan(month?.recall?.value ?? 0);
    expect(month?.calibration?.bins.reduce((sum, { answers }) => sum + answers, 0)).toBe(45);
  });

  it('lose what was said of a company that is erased', async () => {
    const { registrationId = '', accountId = '' } = seeded.clear[1] ?? {};
    await test.deps.db.transaction((tx) => eraseLabels(tx, [accountId]));
    expect(await rows(registrationId)).toEqual([]);
  });
});
