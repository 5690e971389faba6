import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { confirmTypedDate } from '#src/operations/registrations/confirm-typed-date.ts';
import { addPerson } from '#test/support/people/people.ts';
import { partnerNames, startCrmRegistrations, type CrmRegistrations } from './crm-registrations.ts';

const dayMs = 86_400_000;
const daysAgo = (days: number): string => new Date(Date.now() - days * dayMs).toISOString();
const dayText = (instant: string): string => instant.slice(0, 10);

let crm: CrmRegistrations;
/** Moves the vendor's clock, so that the second of two registrations is created a second later. */
let laterMs = 0;
beforeAll(async () => {
  crm = await startCrmRegistrations(() => new Date(Date.now() + laterMs));
}, 60_000);
afterAll(() => crm[Symbol.asyncDispose]());

async function registerBoth(customer: string, typed: string): Promise<readonly [string, string]> {
  const first = await crm.register(customer);
  laterMs += 1_000;
  const second = await crm.register(customer, { submitted_at: typed }, partnerNames[1]);
  await crm.follow(first, second);
  return [first, second];
}

describe('precedence', () => {
  it('counts from the creation of the record, not from an earlier date that a partner typed', async () => {
    const typed = daysAgo(90);
    const [first, second] = await registerBoth('Granit Hafenbau', typed);
    expect((await crm.read(first)).status).toBe('approved');
    const { status, crm: shown, reviewer } = await crm.read(second);
    expect(status).toBe('in_review');
    expect(reviewer).toEqual([
      expect.stringMatching(
        /^earlier_registration review: Same customer as DR-2026-9\d+ by Northwind Partners/,
      ),
      `typed_date note: The typed date of submission, ${dayText(typed)}, is 90 days before the registration arrived. Precedence counts from ${dayText(new Date().toISOString())}.`,
    ]);
    expect(shown).toMatchObject({
      status: 'in_review',
      reason: expect.stringContaining('Same customer as an earlier registration of another partner'),
      conflict_summary: expect.stringContaining('The typed date of submission'),
    });
    expect(shown['reason']).not.toContain('Northwind');
  });

  it('is not mentioned where the typed date differs by less than a day', async () => {
    const only = await crm.register('Quarzit Fassaden', { submitted_at: daysAgo(0.9) });
    await crm.follow(only);
    expect(await crm.read(only)).toMatchObject({ status: 'approved', reviewer: [] });
  });

  it('counts from the creation where the typed date is in the future, which is a problem of that record', async () => {
    const only = await crm.register('Schiefer Dachbau', { submitted_at: daysAgo(-40) });
    await crm.follow(only);
    expect(await crm.read(only)).toMatchObject({ status: 'approved', reviewer: [] });
    const problems = await crm.fixture.deps.db.execute<{ message: string; fix: string }>(
      sql`select message, fix from problem where ref = ${only} and status = 'open'`,
    );
    expect([...problems]).toEqual([
      {
        message: expect.stringMatching(
          /^submittedAt: .* is in the future\. The registration DR-2026-9\d+ was placed/,
        ),
        fix: 'Correct the date of submission on the record.',
      },
    ]);
    await crm.edit(only, { submitted_at: daysAgo(0) });
    await crm.follow(only);
    const open = await crm.fixture.deps.db.execute(
      sql`select from problem where ref = ${only} and status = 'open'`,
    );
    expect(open).toHaveLength(0);
  });

  it('counts from a typed date once an ops admin has confirmed it with the evidence, also when another date is typed later', async () => {
    const { deps } = crm.fixture;
    const typed = daysAgo(30);
    const [, second] = await registerBoth('Basaltfelsen Reederei', typed);
    const third = await crm.register('Basaltfelsen Reederei', {}, partnerNames[2]);
    await crm.follow(third);
    const id = await crm.idOf(second);
    const { id: personId } = await addPerson(deps, { name: 'Odile', role: 'ops' });
    const confirm = { registrationId: id, personId };
    await expect(confirmTypedDate(deps, { ...confirm, reason: ' ' })).rejects.toThrow('Enter the evidence');
    await confirmTypedDate(deps, { ...confirm, reason: 'Imported from the old portal, row 812.' });
    await crm.edit(second, { submitted_at: daysAgo(1) });
    await crm.follow(second, third);
    expect((await crm.read(second)).reviewer).toEqual([
      expect.stringMatching(/^later_registration review: .* \(already approved/),
      expect.stringMatching(/^later_registration note: /),
      expect.stringMatching(/^typed_date note: /),
    ]);
    expect((await crm.read(third)).reviewer).toHaveLength(2);
    const entries = await deps.db.execute<{ reason: string; after: unknown }>(
      sql`select reason, after from audit_event where action = 'registration.date_confirmed' and subject_id = ${id}`,
    );
    expect([...entries]).toEqual([
      { reason: 'Imported from the old portal, row 812.', after: { precedenceAt: typed } },
    ]);
    await expect(confirmTypedDate(deps, { ...confirm, reason: 'Again.' })).rejects.toThrow('is not earlier');
  });
});
