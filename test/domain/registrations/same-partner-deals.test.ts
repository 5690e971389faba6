import { describe, expect, test } from 'vitest';
import type { CompanyMatch } from '#src/domain/matching/company.ts';
import { normaliseCompany } from '#src/domain/matching/normalise.ts';
import { matchCompanies } from '#src/domain/matching/score.ts';
import { defaultProgram } from '#src/domain/program/default-program.ts';
import { applyRulesOfEngagement, conflictSummary } from '#src/domain/registrations/apply-rules.ts';
import type { RegistrationRival } from '#src/domain/registrations/precedence.ts';
import type { DealTerms } from '#src/domain/registrations/registration.ts';
import {
  brief,
  baseRegistration,
  decide,
  decideWith,
  matches,
  samePartnerRegistration,
  today,
} from './registration-builders.ts';

/** The match of the registration's customer with another. */
const inPlace = (name: string, domain: string, country: string): CompanyMatch =>
  matchCompanies(
    normaliseCompany({ name: 'Acme GmbH', domain: 'acme.com', country: 'DE' }),
    normaliseCompany({ name, domain, country }),
  );
const hotel = (city: string) =>
  normaliseCompany({ name: 'Hotel Seeblick', domain: 'seeblick.example', country: 'DE', city });

describe('a second registration of one deal by one partner', () => {
  test('with the same terms is a duplicate: it is rejected and names the first, which remains valid', () => {
    const decision = decide(samePartnerRegistration());
    expect(brief(decision)).toEqual(['reject', 'same_partner_duplicate block']);
    expect(decision.reason).toBe(
      'Duplicate of DR-2026-0007 by the same partner (submitted 2026-10-02, same domain). DR-2026-0007 has the same terms and remains valid.',
    );
  });

  test('with new terms is an update: it is rejected and says what differs and where to change it, without the contact’s address', () => {
    const terms = { amount: '60000.00 USD', expectedClose: '2027-01-15', contactEmail: 'bob@acme.com' };
    const decision = decideWith({ facts: { terms } }, samePartnerRegistration());
    expect(brief(decision)).toEqual(['reject', 'same_partner_update block']);
    expect(decision.reason).toBe(
      'Update of DR-2026-0007 by the same partner (submitted 2026-10-02, same domain): amount 60000.00 USD instead of 50000.00 USD; ' +
        'expected close 2027-01-15 instead of 2026-12-01; another contact. ' +
        'Change DR-2026-0007 instead; it keeps its submission date and its protection.',
    );
  });

  test.each([
    ['leaves out terms of the first', { amount: null, expectedClose: null, contactEmail: null }],
    ['writes the contact in upper case', { ...baseRegistration.terms, contactEmail: 'ADA@acme.com' }],
  ])('that only %s is a duplicate', (_case, terms) => {
    expect(brief(decideWith({ facts: { terms } }, samePartnerRegistration()))).toEqual([
      'reject',
      'same_partner_duplicate block',
    ]);
  });

  test('that adds terms the first leaves out is an update', () => {
    const decision = decide(
      samePartnerRegistration({ terms: { amount: null, expectedClose: null, contactEmail: null } }),
    );
    expect(brief(decision)).toEqual(['reject', 'same_partner_update block']);
    expect(decision.reason).toContain('amount 50000.00 USD instead of none');
  });

  test.each(['won', 'lost'] as const)(
    'after the first was %s is neither duplicate nor update: a person decides whether it is a new deal',
    (outcome) => {
      for (const terms of [baseRegistration.terms, { ...baseRegistration.terms, amount: '60000.00 USD' }]) {
        const decision = decideWith({ facts: { terms } }, samePartnerRegistration({ outcome }));
        expect(brief(decision)).toEqual(['review', 'same_partner_duplicate review']);
        expect(decision.reason).toContain(
          'Possibly a new deal: DR-2026-0007 by the same partner is already closed',
        );
      }
    },
  );

  test('does not affect the first', () => {
    expect(brief(decide(samePartnerRegistration({ submittedAt: '2026-10-05T09:00:00.001Z' })))).toEqual([
      'approve',
    ]);
  });

  test('at the same instant is rejected if its id is the larger one', () => {
    expect(
      decide(samePartnerRegistration({ submittedAt: '2026-10-05T11:00:00+02:00', id: 'r-4' })).outcome,
    ).toBe('reject');
    expect(
      decide(samePartnerRegistration({ submittedAt: '2026-10-05T11:00:00+02:00', id: 'r-6' })).outcome,
    ).toBe('approve');
  });

  test.each(['rejected', 'expired', 'withdrawn'] as const)(
    'is not a second one if the other was %s',
    (status) => {
      expect(decide(samePartnerRegistration({ status })).outcome).toBe('approve');
    },
  );

  test('may spell the product family differently', () => {
    expect(brief(decide(samePartnerRegistration({ productFamily: ' platform ' })))).toEqual([
      'reject',
      'same_partner_duplicate block',
    ]);
  });

  test('may leave out the product family if the first does', () => {
    expect(
      brief(decideWith({ facts: { productFamily: null } }, samePartnerRegistration({ productFamily: null }))),
    ).toEqual(['reject', 'same_partner_duplicate block']);
  });
});

describe('a second registration that may be another project or another customer', () => {
  const terms = (changes: Partial<DealTerms>) => ({ ...baseRegistration.terms, ...changes });

  test.each<[string, Partial<DealTerms>, string]>([
    ['25 % more', { amount: '62500.00 USD' }, 'reject'],
    ['a cent more than that', { amount: '62500.01 USD' }, 'review'],
    ['25 % less', { amount: '37500.00 USD' }, 'reject'],
    ['a cent less than that', { amount: '37499.99 USD' }, 'review'],
    ['another currency', { amount: '50000.00 EUR' }, 'review'],
    ['no amount', { amount: null }, 'reject'],
    ['an expected close 60 days later', { expectedClose: '2027-01-30' }, 'reject'],
    ['an expected close 61 days later', { expectedClose: '2027-01-31' }, 'review'],
    ['an expected close 61 days earlier', { expectedClose: '2026-10-01' }, 'review'],
    ['no expected close', { expectedClose: null }, 'reject'],
  ])('with %s', (_case, changes, outcome) => {
    expect(decideWith({ facts: { terms: terms(changes) } }, samePartnerRegistration()).outcome).toBe(outcome);
  });

  test('is left to a person with the reasons', () => {
    const changed = terms({ amount: '90000.00 USD', expectedClose: '2027-06-30' });
    const decision = decideWith({ facts: { terms: changed } }, samePartnerRegistration());
    expect(brief(decision)).toEqual(['review', 'same_partner_duplicate review']);
    expect(decision.reason).toMatch(
      /^Possibly a duplicate of DR-2026-0007 by the same partner: amount 90000.00 USD instead of 50000.00 USD; expected close 2027-06-30 instead of 2026-12-01 \(/,
    );
  });

  test('has the limits of the programme', () => {
    const policy = { otherProjectAmountPercent: 0, otherProjectCloseDays: 0 };
    for (const changes of [{ amount: '50000.01 USD' }, { expectedClose: '2026-12-02' }])
      expect(
        decideWith({ policy, facts: { terms: terms(changes) } }, samePartnerRegistration()).outcome,
      ).toBe('review');
    expect(decideWith({ policy }, samePartnerRegistration()).outcome).toBe('reject');
  });

  test.each<[string, CompanyMatch, string]>([
    [
      'the website is the same, but not the name',
      inPlace('Acme Robotics', 'acme.com', 'DE'),
      'the names of the customers differ',
    ],
    ['the country of one is not known', matches.sameByName, "the customer's country is not known"],
    [
      'the country is another',
      inPlace('Acme GmbH', 'acme.com', 'FR'),
      'the countries of the customers differ',
    ],
    [
      'the city is another',
      matchCompanies(hotel('Hamburg'), hotel('Munich')),
      'the addresses of the customers differ',
    ],
  ])('is left to a person if %s', (_case, match, reason) => {
    expect(match.verdict).toBe('same');
    const decision = decide(samePartnerRegistration({ match }));
    expect(brief(decision)).toEqual(['review', 'same_partner_duplicate review']);
    expect(decision.reason).toContain(reason);
  });

  test('was rejected by the first version of the rules', () => {
    const rival = samePartnerRegistration({ match: matches.sameByDomain });
    expect(applyRulesOfEngagement(baseRegistration, [rival], defaultProgram, today, 1).outcome).toBe(
      'reject',
    );
  });
});

describe('a registration after a person rejected the same deal', () => {
  const rejection = { by: 'Olga Ops', on: '2026-10-03', reason: 'House account of our sales team.' };
  const rejected = (changes: Partial<RegistrationRival> = {}) =>
    samePartnerRegistration({ status: 'rejected', rejection, ...changes });

  test('is left to a person, who reads who rejected it, when and why; the partner reads that it was rejected', () => {
    const decision = decide(rejected());
    expect(brief(decision)).toEqual(['review', 'same_partner_rejected review']);
    expect(decision.findings[0]?.message).toMatch(
      /^Similar to DR-2026-0007 by the same partner, which Olga Ops rejected on 2026-10-03: "House account of our sales team\." \(/,
    );
    expect(decision.reason).toMatch(
      /^Similar to DR-2026-0007 by the same partner, which was rejected after a review \(/,
    );
    expect(decision.reason).not.toMatch(/Olga|House account/);
  });

  test.each<[string, Partial<RegistrationRival>, string]>([
    ['of a related company', { match: matches.related }, 'review'],
    ['with another amount', { terms: { ...baseRegistration.terms, amount: '1.00 USD' } }, 'review'],
    ['without a product family', { productFamily: null }, 'review'],
    ['of another company', { match: matches.different }, 'approve'],
    ['for another product', { productFamily: 'Services' }, 'approve'],
    ['for a part of the product', { productFamily: 'Platform / Search' }, 'review'],
    ['of another deal type', { dealType: 'renewal' }, 'approve'],
    ['of another partner', { partnerId: 'p-2' }, 'approve'],
    ['that was submitted later', { submittedAt: '2026-10-05T09:00:01Z' }, 'approve'],
    ['that the rules rejected', { rejection: null }, 'approve'],
    ['that was approved since', { status: 'expired' }, 'approve'],
    ['of 24 months ago', { rejection: { ...rejection, on: '2024-10-05' } }, 'review'],
    ['of more than 24 months ago', { rejection: { ...rejection, on: '2024-10-04' } }, 'approve'],
  ])('%s', (_case, changes, outcome) => {
    expect(decide(rejected(changes)).outcome).toBe(outcome);
  });
});

describe('another deal of a partner with the same customer', () => {
  test.each<[string, Partial<RegistrationRival>]>([
    ['a renewal', { dealType: 'renewal', status: 'approved', protectedUntil: '2026-12-31' }],
    ['a second product', { productFamily: 'Analytics', status: 'approved', protectedUntil: '2026-12-31' }],
  ])('%s next to a protected deal adds a note and is approved', (_case, changes) => {
    const decision = decide(samePartnerRegistration(changes));
    expect(brief(decision)).toEqual(['approve', 'same_partner_duplicate note']);
    expect(conflictSummary(decision.findings)).toBe(
      'Different deal from DR-2026-0007 by the same partner for this customer (submitted 2026-10-02, same domain).',
    );
  });

  test.each([
    ['only one of the two has a family', null, 'only one of the two has'],
    ['one family is part of the other', 'Platform / Search', 'part of the other'],
  ])('needs a review if %s', (_case, productFamily, reason) => {
    const decision = decide(samePartnerRegistration({ productFamily }));
    expect(brief(decision)).toEqual(['review', 'same_partner_duplicate review']);
    expect(decision.reason).toMatch(/^Possibly a duplicate of DR-2026-0007 by the same partner/);
    expect(decision.reason).toContain(reason);
  });

  test('a related company counts as another customer', () => {
    expect(brief(decide(samePartnerRegistration({ match: matches.related })))).toEqual(['approve']);
  });
});
