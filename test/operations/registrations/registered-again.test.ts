import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reviewRegistration } from '#src/operations/registrations/review-registration.ts';
import { startRegistrations, type RegistrationsFixture } from './registrations-fixture.ts';

/** A partner registers a deal, and registers it or a similar one again. */
let world: RegistrationsFixture;
beforeAll(async () => {
  world = await startRegistrations();
}, 60_000);
afterAll(() => world[Symbol.asyncDispose]());

type Changes = Parameters<RegistrationsFixture['register']>[2];

const money = { amountMinor: 100_000_00n, currency: 'USD', expectedClose: '2026-12-01' };
const again = { submittedAt: new Date('2026-10-05T08:30:00Z') };

/** The decision on the second of two registrations of one partner. */
async function second(
  [name, changes]: readonly [string, Changes],
  [otherName, otherChanges]: readonly [string, Changes],
) {
  const partner = await world.partner();
  const first = await world.register(partner, name, { ...money, ...changes });
  expect(await world.decide(first)).toMatchObject({ status: 'approved' });
  return world.decide(await world.register(partner, otherName, { ...money, ...again, ...otherChanges }));
}

describe('a second registration by one partner', () => {
  it('with the same name, country and terms is rejected as a duplicate, with other terms as an update', async () => {
    const de = { customerCountry: 'DE' };
    expect(await second(['Robinienhain Werke', de], ['Robinienhain Werke GmbH', de])).toMatchObject({
      status: 'rejected',
      findings: ['same_partner_duplicate block'],
      partner: expect.stringMatching(/^Duplicate of DR-\d+ by the same partner/),
    });
    expect(
      await second(['Holunder Saft', de], ['Holunder Saft', { ...de, amountMinor: 120_000_00n }]),
    ).toMatchObject({ status: 'rejected', findings: ['same_partner_update block'] });
  });

  const chain = { customerDomain: 'sternhotels.example', customerCountry: 'DE' };
  const state = { customerDomain: 'bayern-agencies.example', customerCountry: 'DE' };
  const mail = { contactEmail: 'it@klinikverbund-nord.example', customerCountry: 'DE' };
  const at = { customerDomain: 'fichtengrund.example' };
  it.each<[string, readonly [string, Changes], readonly [string, Changes], RegExp]>([
    [
      'for another hotel of a chain with one website',
      ['Sternhotel Hamburg', chain],
      ['Sternhotel Dresden', chain],
      /the names of the customers differ/,
    ],
    [
      'for another agency of a state with one domain',
      ['Landesamt Vermessung', state],
      ['Landesamt Umwelt', state],
      /the names of the customers differ/,
    ],
    [
      'for another hospital with the same mail domain',
      ['Marien Hospital', mail],
      ['Josefs Klinikum', mail],
      /the names of the customers differ/,
    ],
    [
      'for a second project with another amount and date',
      ['Fichtengrund Werke', { ...at, customerCountry: 'DE' }],
      [
        'Fichtengrund Werke',
        { ...at, customerCountry: 'DE', amountMinor: 260_000_00n, expectedClose: '2027-06-30' },
      ],
      /amount 260000\.00 USD instead of 100000\.00 USD; expected close 2027-06-30 instead of 2026-12-01/,
    ],
    [
      'in another country',
      ['Kiefernweg Logistik', { customerDomain: 'kiefernweg.example', customerCountry: 'DE' }],
      ['Kiefernweg Logistik', { customerDomain: 'kiefernweg.example', customerCountry: 'AT' }],
      /the countries of the customers differ/,
    ],
    [
      'in a country that is not given',
      ['Tannenhof Keramik', { customerCountry: 'DE' }],
      ['Tannenhof Keramik', {}],
      /the customer's country is not known/,
    ],
  ])('%s is never rejected without a person', async (_case, one, other, reason) => {
    const { status, findings, partner, reviewer } = await second(one, other);
    expect([status, findings]).toEqual(['in_review', ['same_partner_duplicate review']]);
    expect(partner).toMatch(reason);
    expect(reviewer).toMatch(/^Possibly a duplicate of DR-\d+ by the same partner/);
  });
});

describe('after a person rejected a registration', () => {
  const reason = 'House account of our sales team.';

  async function rejected(customer: string) {
    const partner = await world.partner();
    // A deal of our own makes the registration wait.
    const accountId = await world.account(customer);
    const dealId = await world.deal(accountId);
    const first = await world.register(partner, customer, money);
    expect(await world.decide(first)).toMatchObject({ status: 'in_review' });
    const personId = await world.person('Olga');
    await reviewRegistration(world.deps, { registrationId: first, decision: 'reject', reason, personId });
    await world.deal(accountId, { id: dealId, deleted: true });
    return { partner, first };
  }

  it.each<[string, string, string, Changes]>([
    ['the same', 'Erlenbach Medien', 'Erlenbach Medien', {}],
    [
      'one with another amount and spelling',
      'Lerchenfeld Verlag',
      'LERCHENFELD Verlag GmbH',
      { amountMinor: 140_000_00n },
    ],
  ])(
    '%s registration goes to a reviewer, who reads who rejected it, when and why',
    async (_case, first, name, changes) => {
      const { partner } = await rejected(first);
      const later = await world.register(partner, name, { ...money, ...again, ...changes });
      const { status, findings, reviewer, partner: text } = await world.decide(later);
      expect([status, findings]).toEqual(['in_review', ['same_partner_rejected review']]);
      expect(reviewer).toMatch(
        /^Similar to DR-\d+ by the same partner, which Olga rejected on 2026-10-05: "House account of our sales team\." \(/i,
      );
      expect(text).toMatch(/Similar to DR-\d+ by the same partner, which was rejected after a review \(/);
      expect(text).not.toMatch(/olga|House account/i);
    },
  );

  it('a registration of another customer, and one that the rules rejected, quote nothing', async () => {
    const { partner } = await rejected('Holzweg Sanitär');
    const other = await world.register(partner, 'Mondlicht Reisen', { ...money, ...again });
    expect(await world.decide(other)).toMatchObject({ status: 'approved', findings: [] });
    const de = { ...money, customerCountry: 'DE' };
    const valid = await world.register(partner, 'Sonnenhof Bau', de);
    await world.decide(valid);
    expect(
      await world.decide(await world.register(partner, 'Sonnenhof Bau', { ...de, ...again })),
    ).toMatchObject({
      status: 'rejected',
      findings: ['same_partner_duplicate block'],
    });
  });
});

describe('a customer that bought', () => {
  const ended = { isClosed: true, isWon: true };
  it.each([
    ['within the look-back of 24 months', '2024-10-05', 'in_review'],
    ['before it', '2024-10-04', 'approved'],
  ])('%s (%s) is %s', async (_case, closeDate, status) => {
    const customer = `Quellwasser ${closeDate}`;
    await world.deal(await world.account(customer), { ...ended, closeDate });
    expect(await world.decide(await world.register(await world.partner(), customer))).toMatchObject({
      status,
    });
  });
});
