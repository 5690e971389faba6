import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { jobsWaiting } from '#test/support/queries.ts';
import { registrationsByIds } from '#src/db/registrations/registration-store.ts';
import { reviewRegistration, type ReviewInput } from '#src/operations/registrations/review-registration.ts';
import { evaluateRegistrations } from '#src/operations/registrations/evaluate-registrations.ts';
import { createLoginLink } from '#src/operations/people/login-link.ts';
import { seedConsole } from '#test/support/console-data.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';

describe('a person’s decision on a queued registration', () => {
  let test: TestDeps;
  let registrationId: string;
  let personId: string;

  beforeEach(async () => {
    test = await startDeps({ now: '2026-11-18T10:00:00Z' });
    const { registrationIds } = await seedConsole(test.deps);
    registrationId = registrationIds.get('DR-2026-0002') ?? '';
    personId = (await createLoginLink(test.deps, { email: 'olga@example.com', role: 'ops' })).person.id;
  });
  afterEach(() => test[Symbol.asyncDispose]());

  const decide = (decision: ReviewInput['decision'], reason = '') =>
    reviewRegistration(test.deps, { registrationId, decision, reason, personId });
  const status = async () => (await registrationsByIds(test.deps.db, [registrationId]))[0]?.status;

  it('protects an approved deal for the programme’s window from today', async () => {
    expect(await decide('approve')).toEqual({ status: 'approved', protectedUntil: '2027-02-16' });
  });

  it('needs a reason to reject, because the partner reads it', async () => {
    await expect(decide('reject', '  ')).rejects.toMatchObject({
      code: 'bad_request',
      message: expect.stringMatching(/reason/),
    });
    expect(await status()).toBe('in_review');
    await decide('reject', 'The customer works with another partner.');
    expect(await status()).toBe('rejected');
  });

  it('is taken once when two people decide at the same moment', async () => {
    const outcomes = await Promise.allSettled([decide('approve'), decide('reject', 'No.')]);
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
  });

  it('can be undone, and the rules then leave the registration to people', async () => {
    await decide('approve');
    await decide('reopen');
    await evaluateRegistrations(test.deps, async () => {});
    expect(await status()).toBe('in_review');
  });

  it('adds the job that writes to the CRM in the same transaction', async () => {
    const before = await jobsWaiting(test.deps.db, 'write-back');
    await decide('approve');
    await expect(decide('approve')).rejects.toMatchObject({ code: 'conflict' });
    expect(await jobsWaiting(test.deps.db, 'write-back')).toBe(before + 1);
  });
});
