import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRegistrations, type RegistrationsFixture } from './registrations-fixture.ts';

/** Deals of our own sales team next to a partner's registration: open, won, lost, or linked to it. */
let world: RegistrationsFixture;
beforeAll(async () => {
  world = await startRegistrations();
}, 60_000);
afterAll(() => world[Symbol.asyncDispose]());

const won = { isClosed: true, isWon: true, stage: 'Closed Won' };
const lost = { isClosed: true, isWon: false, stage: 'Closed Lost' };

/** A registration that waits because our own sales team has an open deal with its customer. */
async function waiting(customer: string) {
  const accountId = await world.account(customer);
  const dealId = await world.deal(accountId, { name: 'Plant rollout' });
  const registrationId = await world.register(await world.partner(), customer);
  expect(await world.decide(registrationId)).toMatchObject({
    status: 'in_review',
    findings: ['direct_opportunity review'],
  });
  return { accountId, dealId, registrationId };
}

describe('a registration that waits for a deal of our own', () => {
  it('stays with a person when we win it', async () => {
    const { accountId, dealId, registrationId } = await waiting('Lindenhof Druckerei');
    await world.deal(accountId, { id: dealId, name: 'Plant rollout', ...won, closeDate: '2026-10-06' });
    await world.changed({ opportunityIds: [dealId] });
    const { status, findings, reviewer, partner } = await world.read(registrationId);
    expect([status, findings]).toEqual(['in_review', ['direct_opportunity review']]);
    expect(reviewer).toBe(
      'Same customer as our won opportunity "Plant rollout" at Lindenhof Druckerei (Closed Won, opened 2026-09-01, won 2026-10-06, same name).',
    );
    expect(partner).toContain('Same customer as a closed opportunity of our sales team (same name).');
    expect(partner).not.toMatch(/Plant rollout|2026|Closed Won/);
  });

  it('stays with a person when we win it with a close date that somebody forgot to change', async () => {
    const { accountId, dealId, registrationId } = await waiting('Eschenweg Keramik');
    await world.deal(accountId, { id: dealId, ...won, closeDate: '2026-09-30' });
    await world.changed({ opportunityIds: [dealId] });
    const { status, findings, reviewer } = await world.read(registrationId);
    expect([status, findings.toSorted()]).toEqual([
      'in_review',
      ['direct_opportunity review', 'existing_customer review'],
    ]);
    expect(reviewer).toContain('won 2026-10-05');
  });

  it('is approved when we lose it, with a note that says so', async () => {
    const { accountId, dealId, registrationId } = await waiting('Ahorntal Brauerei');
    await world.deal(accountId, { id: dealId, name: 'Plant rollout', ...lost, closeDate: '2026-10-05' });
    await world.changed({ opportunityIds: [dealId] });
    const { status, findings, reviewer, partner } = await world.read(registrationId);
    expect([status, findings]).toEqual(['approved', ['direct_opportunity note']]);
    expect(reviewer).toContain('our lost opportunity "Plant rollout"');
    expect(partner).toContain('No blocking conflict.');
    expect(partner).toContain('Same customer as a closed opportunity of our sales team (same name).');
  });

  it('is approved without a note when the deal is deleted', async () => {
    const { accountId, dealId, registrationId } = await waiting('Ulmenhorst Verlag');
    await world.deal(accountId, { id: dealId, deleted: true });
    await world.changed({ opportunityIds: [dealId] });
    expect(await world.read(registrationId)).toMatchObject({ status: 'approved', findings: [] });
  });
});

it('a deal that we won on the day of the registration sends it to a person, one that we lost before does nothing', async () => {
  const [winner, loser] = [
    await world.account('Kastanien Immobilien'),
    await world.account('Buchenau Fassaden'),
  ];
  await world.deal(winner, { ...won, closeDate: '2026-10-05' });
  await world.deal(loser, { ...lost, closeDate: '2026-10-04' });
  const first = await world.register(await world.partner(), 'Kastanien Immobilien');
  const second = await world.register(await world.partner(), 'Buchenau Fassaden');
  expect(await world.decide(first)).toMatchObject({
    status: 'in_review',
    findings: ['direct_opportunity review'],
  });
  expect(await world.decide(second)).toMatchObject({ status: 'approved', findings: [] });
});

describe('a linked opportunity', () => {
  const after = { openedAt: new Date('2026-10-05T08:00:00.500Z') };

  it('that was opened for the registration is the registered deal, for its partner and for others', async () => {
    const accountId = await world.account('Platanenhof Hotels');
    const opportunityId = await world.deal(accountId, after);
    const registration = await world.register(await world.partner(), 'Platanenhof Hotels', { opportunityId });
    expect(await world.decide(registration)).toMatchObject({ status: 'approved', findings: [] });
    const other = await world.register(await world.partner(), 'Platanenhof Hotels', {
      submittedAt: new Date('2026-10-05T08:30:00Z'),
    });
    expect((await world.decide(other)).findings).toEqual(['earlier_registration review']);
  });

  it('that our sales team opened before is evidence for a person, and no partner is spared it', async () => {
    const accountId = await world.account('Weidenbach Textil');
    const opportunityId = await world.deal(accountId, { name: 'Loom renewal' });
    const linked = await world.register(await world.partner(), 'Weidenbach Textil', { opportunityId });
    const { status, findings, reviewer, partner } = await world.decide(linked);
    expect([status, findings]).toEqual(['in_review', ['linked_opportunity review']]);
    expect(reviewer).toBe(
      'Linked to our opportunity "Loom renewal" at Weidenbach Textil (Proposal, opened 2026-09-01, before this registration).',
    );
    expect(partner).toContain('The linked opportunity needs a check (opened before the registration).');
    expect(partner).not.toMatch(/Loom|2026/);
    const other = await world.register(await world.partner(), 'Weidenbach Textil', {
      submittedAt: new Date('2026-10-05T08:30:00Z'),
    });
    expect((await world.decide(other)).findings.toSorted()).toEqual([
      'direct_opportunity review',
      'earlier_registration review',
    ]);
  });

  it('at another company is evidence for a person, and still blocks a registration of that company', async () => {
    const accountId = await world.account('Zedernholz Neubau');
    const opportunityId = await world.deal(accountId, after);
    const linked = await world.register(await world.partner(), 'Birkenhain Optik', { opportunityId });
    const { status, reviewer, partner } = await world.decide(linked);
    expect(status).toBe('in_review');
    expect(reviewer).toContain('at Zedernholz Neubau (Proposal, opened 2026-10-05, another company)');
    expect(partner).toContain('The linked opportunity needs a check (another company).');
    expect(partner).not.toContain('Zedernholz');
    const other = await world.register(await world.partner(), 'Zedernholz Neubau', {
      submittedAt: new Date('2026-10-05T08:30:00Z'),
    });
    expect(await world.decide(other)).toMatchObject({
      status: 'in_review',
      findings: ['direct_opportunity review'],
    });
  });

  it('that is already won sends the registration to a person, one that is lost adds a note', async () => {
    const accountId = await world.account('Haselnuss Brennerei');
    const closed = { ...after, closeDate: '2026-10-05' };
    const [first, second] = [
      await world.deal(accountId, { ...closed, ...won }),
      await world.deal(accountId, { ...closed, ...lost, productFamily: 'Sensors' }),
    ];
    const linkedTo = async (opportunityId: string, productFamily: string) =>
      world.decide(
        await world.register(await world.partner(), 'Haselnuss Brennerei', { opportunityId, productFamily }),
      );
    expect(await linkedTo(first, 'Pumps')).toMatchObject({
      status: 'in_review',
      // The lost deal for another product is a note.
      findings: ['linked_opportunity review', 'direct_opportunity note'],
      partner: expect.stringContaining('The linked opportunity needs a check (already closed).'),
    });
    const lostOne = await linkedTo(second, 'Sensors');
    expect(lostOne.findings).toContain('linked_opportunity note');
    expect(lostOne.reviewer).toContain('already lost');
  });
});
