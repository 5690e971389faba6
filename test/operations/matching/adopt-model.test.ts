import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from 'drizzle-orm';
import { modelHash } from '#src/db/matching/match-model-store.ts';
import { lockDecisions, registrationsByIds } from '#src/db/registrations/registration-store.ts';
import { defaultModel } from '#src/domain/matching/default-model.ts';
import { matchModelSchema, type MatchModel } from '#src/domain/matching/model.ts';
import { adoptModel, proposeModel } from '#src/operations/matching/adopt-model.ts';
import { explainMatch } from '#src/operations/matching/explain-match.ts';
import { liveModel } from '#src/operations/matching/live-model.ts';
import { rescoreRegistrations } from '#src/operations/registrations/rescore-registrations.ts';
import { createLoginLink } from '#src/operations/people/login-link.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';
import { seedMatches, type SeededMatches } from '#test/support/match-labels.ts';

/** To this one nothing is the same customer, only related. */
const strict: MatchModel = matchModelSchema.parse({
  ...defaultModel,
  version: 'strict',
  thresholds: { same: 90, related: 0 },
});
/** To this one everything is another. */
const blind: MatchModel = matchModelSchema.parse({
  ...defaultModel,
  version: 'blind',
  thresholds: { same: 99, related: 95 },
});

let test: TestDeps;
let seeded: SeededMatches;
let proposer: string;
let adopter: string;
beforeAll(async () => {
  test = await startDeps({ now: '2026-11-18T10:00:00Z' });
  const personOf = async (name: string) =>
    (await createLoginLink(test.deps, { email: `${name}@example.com`, name, role: 'ops' })).person.id;
  [proposer, adopter] = [await personOf('pia'), await personOf('ada')];
  seeded = await seedMatches(test.deps, { alerts: 4, clear: 2, share: 0 });
}, 60_000);
afterAll(() => test[Symbol.asyncDispose]());

const contested = () => seeded.alerts[0]?.registrationId ?? '';
const statusOf = async (id: string) => (await registrationsByIds(test.deps.db, [id]))[0]?.status;
const adopt = (model: MatchModel, personId: string) =>
  adoptModel(test.deps, { modelHash: modelHash(model), personId });

describe('another model', () => {
  it('is looked at first: a dry run lists every verdict it would change, and changes none', async () => {
    const { open, outcomes, applied, modelVersion } = await rescoreRegistrations(test.deps, {
      model: blind,
      apply: null,
    });
    expect({ modelVersion, applied }).toEqual({ modelVersion: 'blind', applied: false });
    expect(open).toHaveLength(4);
    expect(open[0]).toMatchObject({ before: 'same', after: 'none' });
    expect(outcomes).toEqual(
      expect.arrayContaining([expect.objectContaining({ before: 'in_review', after: 'approved' })]),
    );
    expect(await liveModel(test.deps.db)).toBe(defaultModel);
    expect(await statusOf(contested())).toBe('in_review');
  });

  it('decides nothing before somebody has proposed it and somebody else has adopted it', async () => {
    await expect(adopt(strict, adopter)).rejects.toMatchObject({ code: 'not_found' });
    await proposeModel(test.deps, { model: strict, personId: proposer });
    expect(await liveModel(test.deps.db)).toBe(defaultModel);
    await expect(adopt(strict, proposer)).rejects.toMatchObject({ code: 'not_allowed' });
    await expect(
      test.deps.db.execute(sql`update match_adoption set adopted_by = proposed_by, adopted_at = now()`),
    ).rejects.toMatchObject({
      cause: { constraint_name: 'match_adoption_two_people' },
    });
    expect(await liveModel(test.deps.db)).toBe(defaultModel);
  });

  it('decides the open registrations once it is adopted, and each of its decisions is worked out again to the last bit', async () => {
    const before = await explainMatch(test.deps, contested());
    const { open, applied } = await rescoreRegistrations(test.deps, {
      model: strict,
      apply: { adoptedBy: adopter },
    });
    expect(applied).toBe(true);
    expect(open).toHaveLength(4);
    expect((await liveModel(test.deps.db)).version).toBe('strict');
    const after = await explainMatch(test.deps, contested());
    expect(after).toMatchObject({ modelVersion: 'strict', modelHash: modelHash(strict), reproduced: true });
    expect([before.rivals[0]?.stored.verdict, after.rivals[0]?.stored.verdict]).toEqual(['same', 'related']);
  });

  it('is adopted once, and both people are on the audit trail', async () => {
    await expect(adopt(strict, adopter)).rejects.toMatchObject({ code: 'not_found' });
    const rows = await test.deps.db.execute<{ action: string; actor_id: string; before: unknown }>(
      sql`select action, actor_id, before from audit_event where subject_kind = 'match_model' order by id`,
    );
    expect([...rows]).toEqual([
      { action: 'match_model.proposed', actor_id: proposer, before: null },
      { action: 'match_model.adopted', actor_id: adopter, before: null },
    ]);
  });

  it('gives way to the delivered one the same way, and what it decided is still worked out with it', async () => {
    await proposeModel(test.deps, { model: defaultModel, personId: adopter });
    await rescoreRegistrations(test.deps, { model: defaultModel, apply: { adoptedBy: proposer } });
    expect(await liveModel(test.deps.db)).toBe(defaultModel);
    expect(await explainMatch(test.deps, contested())).toMatchObject({
      modelVersion: 'strict',
      reproduced: true,
    });
  });

  it('decides when it was adopted last, also by somebody who had to wait until another was adopted', async () => {
    for (const model of [strict, blind]) await proposeModel(test.deps, { model, personId: proposer });
    let waiting = Promise.resolve();
    await test.deps.db.transaction(async (tx) => {
      await lockDecisions(tx);
      waiting = adopt(strict, adopter);
      await new Promise((resolve) => setTimeout(resolve, 200));
      test.pass(1_000);
      await adoptModel({ ...test.deps, db: tx }, { modelHash: modelHash(blind), personId: adopter });
      test.pass(1_000);
    });
    await waiting;
    expect((await liveModel(test.deps.db)).version).toBe('strict');
  });
});
