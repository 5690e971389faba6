import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveConflict } from '#src/operations/edits/resolve-conflict.ts';
import {
  startTwoWayWorld,
  type CrmRegistration,
  type CrmKind,
  type TwoWayWorld,
} from '#test/operations/two-way-fixture.ts';

let world: TwoWayWorld;
beforeAll(async () => {
  world = await startTwoWayWorld();
}, 60_000);
afterAll(() => world[Symbol.asyncDispose]());

/** A registration whose amount is 7,000 in the CRM and 9,000 in Fairway, and the question about it. */
async function disagreement(
  crm: CrmKind,
): Promise<{ readonly registration: CrmRegistration; readonly resolutionId: string }> {
  const registration = await world.unusedRegistration(crm);
  await world.editInCrm(crm, registration, { amount: 7000 });
  await world.editHere(registration, { amount: '9000' });
  await world.sync();
  const [question] = await world.resolutions(registration);
  expect(question).toMatchObject({ field: 'amount', theirs: '7000', ours: '9000.00', winner: null });
  return { registration, resolutionId: question?.id ?? '' };
}
const amountInCrm = async (crm: CrmKind, registration: CrmRegistration) =>
  Number((await world.inCrm(crm, registration, ['amount']))['amount']);
const answer = (resolutionId: string, winner: 'crm' | 'fairway') =>
  resolveConflict(world.deps, { resolutionId, winner, personId: world.personId });

describe.each(['salesforce', 'hubspot'] as const)(
  'a question about a field of a registration in %s',
  { timeout: 60_000 },
  (crm) => {
    it('answered for the CRM: ours takes its value, and the amount is not written', async () => {
      const { registration, resolutionId } = await disagreement(crm);
      await answer(resolutionId, 'crm');
      expect(await world.here(registration)).toMatchObject({ amount: 7000 });
      // The other amount reopens the approved registration; its answer is all that is written.
      await world.sync();
      expect((await world.sync())[crm]).toBe(0);
      expect(await amountInCrm(crm, registration)).toBe(7000);
      expect(await world.resolutions(registration)).toMatchObject([{ winner: 'crm' }]);
    });

    it('answered for Fairway: the CRM gets our value, once, and a second answer comes too late', async () => {
      const { registration, resolutionId } = await disagreement(crm);
      await answer(resolutionId, 'fairway');
      await expect(answer(resolutionId, 'crm')).rejects.toMatchObject({ code: 'conflict' });
      await world.sync();
      expect(await amountInCrm(crm, registration)).toBe(9000);
      expect((await world.sync())[crm]).toBe(0);
      expect(await world.here(registration)).toMatchObject({ amount: 9000 });
      expect(await world.resolutions(registration)).toMatchObject([{ winner: 'fairway' }]);
    });

    it('shows what both sides say now while it waits, and does not keep the other fields from being written', async () => {
      const { registration } = await disagreement(crm);
      await world.editInCrm(crm, registration, { amount: 7500 });
      await world.editHere(registration, { customerName: 'Written all the same' });
      await world.sync();
      await world.sync();
      expect(await world.resolutions(registration)).toMatchObject([
        { theirs: '7500', ours: '9000.00', winner: null },
      ]);
      expect(await world.inCrm(crm, registration, ['customerName'])).toEqual({
        customerName: 'Written all the same',
      });
      expect(await amountInCrm(crm, registration)).toBe(7500);
      await expect(world.editHere(registration, { amount: '1' })).rejects.toMatchObject({
        code: 'conflict',
        detail: { field: 'amount' },
      });
    });

    it('closes by itself once the CRM says what Fairway says', async () => {
      const { registration } = await disagreement(crm);
      await world.editInCrm(crm, registration, { amount: 9000 });
      expect((await world.sync())[crm]).toBe(0);
      expect(await world.resolutions(registration)).toMatchObject([{ winner: 'crm' }]);
      expect(await world.here(registration)).toMatchObject({ amount: 9000 });
    });
  },
);

it('an answer is on the audit trail with the field, whose value counts and who says so; the values are in the resolution alone', async () => {
  const [row] = await world.deps.db.execute(sql`
    select actor_id, before, after, reason from audit_event where action = 'registration.conflict_answered' order by id limit 1`);
  expect(row).toEqual({
    actor_id: world.personId,
    before: null,
    after: { fields: ['amount'] },
    reason: 'The CRM’s value counts.',
  });
});
