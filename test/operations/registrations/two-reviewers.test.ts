import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reviewRegistration, type ReviewInput } from '#src/operations/registrations/review-registration.ts';
import { startRegistrations, type RegistrationsFixture } from './registrations-fixture.ts';

/** Two people with the pages of two rivals before them. */
let world: RegistrationsFixture;
let olga: string;
let piet: string;
beforeAll(async () => {
  world = await startRegistrations();
  [olga, piet] = [await world.person('Olga'), await world.person('Piet')];
}, 60_000);
afterAll(() => world[Symbol.asyncDispose]());

/** Two registrations for one customer by two partners at one instant, so that both wait. */
async function rivals(customer: string): Promise<readonly [string, string]> {
  const ids = [
    await world.register(await world.partner(), customer),
    await world.register(await world.partner(), customer),
  ] as const;
  await world.changed({ registrationIds: ids });
  for (const id of ids) expect((await world.read(id)).status).toBe('in_review');
  return ids;
}

type Page = Awaited<ReturnType<RegistrationsFixture['page']>>;
const decide = (
  personId: string,
  registrationId: string,
  shown: Page,
  decision: ReviewInput['decision'] = 'approve',
  reason = '',
) => reviewRegistration(world.deps, { registrationId, decision, reason, personId, shown });

describe('two people who read the pages of two rivals', () => {
  it('do not both approve: the second is refused with what the first decided', async () => {
    const [first, second] = await rivals('Quillfeather Dynamics');
    const pages = [await world.page(first), await world.page(second)] as const;
    expect(await decide(olga, first, pages[0])).toMatchObject({ status: 'approved' });
    const refused = await decide(piet, second, pages[1]).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(
        /^This has changed since you opened it\. .*DR-\d+ by Reseller \d+: approved, decided by olga.* on 2026-10-05, protected until 2027-01-03/i,
      ),
    });
    expect((await world.read(second)).status).toBe('in_review');
    const { reviewer, partner } = await world.read(second);
    expect(reviewer).toContain('already approved');
    expect(partner).not.toMatch(/DR-|Reseller|olga/i);
    // A person who decides on the page as it is now knows about the first decision.
    expect(await decide(piet, second, await world.page(second))).toMatchObject({ status: 'approved' });
  });

  it('do not both approve at the same moment', async () => {
    const [first, second] = await rivals('Brombeerstrauch Logistik');
    const pages = [await world.page(first), await world.page(second)] as const;
    const outcomes = await Promise.allSettled([
      decide(olga, first, pages[0]),
      decide(piet, second, pages[1]),
    ]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it('read it when the first one reopens an approval or rejects', async () => {
    const [first, second] = await rivals('Tannenzapfen Maschinenbau');
    await decide(olga, first, await world.page(first));
    const page = await world.page(second);
    await decide(olga, first, await world.page(first), 'reopen');
    await expect(decide(piet, second, page, 'reject', 'Another partner has it.')).rejects.toMatchObject({
      code: 'conflict',
    });
    const before = await world.page(second);
    await decide(olga, first, await world.page(first), 'reject', 'Not our customer.');
    // Nothing else holds the second one up, so the rules approve it at once.
    expect((await world.read(second)).status).toBe('approved');
    await expect(decide(piet, second, before)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('read about a rival that a person approved after the other registration was reopened', async () => {
    const first = await world.register(await world.partner(), 'Schneeball Optik');
    expect(await world.decide(first)).toMatchObject({ status: 'approved' });
    await decide(olga, first, await world.page(first), 'reopen');
    const page = await world.page(first);
    const later = await world.register(await world.partner(), 'Schneeball Optik', {
      submittedAt: new Date('2026-10-05T08:30:00Z'),
    });
    expect(await world.decide(later)).toMatchObject({ status: 'in_review' });
    await decide(piet, later, await world.page(later));
    await expect(decide(olga, first, page)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('already approved'),
    });
    expect(await world.read(first)).toMatchObject({
      status: 'in_review',
      findings: ['later_registration review'],
    });
  });

  it('read it when a deal of our own that blocks one is won', async () => {
    const accountId = await world.account('Morgenrot Seilbahnen');
    const dealId = await world.deal(accountId);
    const registration = await world.register(await world.partner(), 'Morgenrot Seilbahnen');
    await world.decide(registration);
    const page = await world.page(registration);
    await world.deal(accountId, { id: dealId, isClosed: true, isWon: true, stage: 'Closed Won' });
    await expect(decide(olga, registration, page)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('Rollout: Closed Won (before: Rollout: Proposal)'),
    });
  });
});
