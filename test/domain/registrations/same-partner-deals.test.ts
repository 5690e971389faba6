import { describe, expect, test } from 'vitest';
import { conflictSummary } from '#src/domain/registrations/apply-rules.ts';
import type { RegistrationRival } from '#src/domain/registrations/precedence.ts';
import {
  brief,
  baseRegistration,
  decide,
  decideWith,
  matches,
  samePartnerRegistration,
} from './registration-builders.ts';

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
