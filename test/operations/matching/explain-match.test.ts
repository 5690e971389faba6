import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sql, type SQL } from 'drizzle-orm';
import { explainMatch } from '#src/operations/matching/explain-match.ts';
import { rescoreRegistrations } from '#src/operations/registrations/rescore-registrations.ts';
import { seedConsole } from '#test/support/console-data.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';

let test: TestDeps;
let contested: string;
beforeAll(async () => {
  test = await startDeps({ now: '2026-11-18T10:00:00Z' });
  const { registrationIds } = await seedConsole(test.deps);
  contested = registrationIds.get('DR-2026-0002') ?? '';
}, 60_000);
afterAll(() => test[Symbol.asyncDispose]());

/** Changes what is stored of the first finding, as if another model had said so. */
const storedAs = (path: SQL, value: SQL) =>
  test.deps.db.execute(
    sql`update conflict_case set decision = jsonb_set(decision, ${path}, ${value}) where registration_id = ${contested}`,
  );
const bits = sql`'{findings,0,rival,match,bits}'`;
const verdict = sql`'{findings,0,rival,match,verdict}'`;

describe('a stored decision', () => {
  it('is computed again to the last bit, with the keys that found each rival and what would distinguish them', async () => {
    const explained = await explainMatch(test.deps, contested);
    expect(explained.reproduced).toBe(true);
    expect(explained.modelHash).toMatch(/^[0-9a-f]{64}$/);
    const [rival] = explained.rivals;
    expect(rival?.foundBy.length).toBeGreaterThan(0);
    expect(rival?.cleanIf.join(' ')).toMatch(/^No match if/);
    expect(rival?.replayed.grade).toBe(rival?.stored.grade);
    expect(rival?.stored.evidence.every(({ bits: one }) => Number.isFinite(one))).toBe(true);
  });

  it('that comes out otherwise by a bit is said not to be reproduced', async () => {
    const before = (await explainMatch(test.deps, contested)).rivals[0]?.stored.bits ?? 0;
    await storedAs(bits, sql`${String(before + Number.EPSILON * 64)}::text::jsonb`);
    expect((await explainMatch(test.deps, contested)).reproduced).toBe(false);
    await storedAs(bits, sql`${String(before)}::text::jsonb`);
    expect((await explainMatch(test.deps, contested)).reproduced).toBe(true);
  });

  it('of which the rules would say something else is said not to be reproduced', async () => {
    expect(await explainMatch(test.deps, contested)).toMatchObject({ rulesReproduced: true });
    await storedAs(sql`'{outcome}'`, sql`'"reject"'::jsonb`);
    expect(await explainMatch(test.deps, contested)).toMatchObject({
      rulesReproduced: false,
      reproduced: false,
    });
    await storedAs(sql`'{outcome}'`, sql`'"review"'::jsonb`);
  });

  it('of which nothing is known says so', async () => {
    await expect(explainMatch(test.deps, test.deps.ids())).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('scoring history again', () => {
  const dry = { model: null, apply: null };
  const stored = async () => (await explainMatch(test.deps, contested)).rivals[0]?.stored.verdict;
  let now: string | undefined;
  beforeEach(async () => {
    now = await stored();
  });

  it('names no verdict while nothing has changed', async () => {
    const { cases, open, outcomes, answered } = await rescoreRegistrations(test.deps, dry);
    expect(cases).toBeGreaterThan(0);
    expect([open, outcomes, answered]).toEqual([[], [], []]);
  });

  it('lists in a dry run each verdict that would change, and changes none; applied, it does', async () => {
    await storedAs(verdict, sql`'"different"'::jsonb`);
    const change = { number: 'DR-2026-0002', before: 'different', after: now };
    expect((await rescoreRegistrations(test.deps, dry)).open).toEqual([expect.objectContaining(change)]);
    expect(await stored()).toBe('different');
    expect((await rescoreRegistrations(test.deps, { model: null, apply: { adoptedBy: null } })).open).toEqual(
      [expect.objectContaining(change)],
    );
    expect(await stored()).toBe(now);
  });
});
