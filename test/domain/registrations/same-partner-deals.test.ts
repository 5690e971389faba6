import { describe, expect, test } from 'vitest';
import { conflictSummary } from '#src/domain/registrations/apply-rules.ts';
import type { RegistrationRival } from '#src/domain/registrations/precedence.ts';
import { brief, claim, decide, decideWith, matches, own } from './registration-builders.ts';

describe('a second registration of one deal by one partner', () => {
  test('that says the same is a duplicate: it is rejected and names the first, which stands', () => {
    const decision = decide(own());
    expect(brief(decision)).toEqual(['reject', 'own_duplicate block']);
    expect(decision.reason).toBe(
      'Duplicate of DR-2026-0007 by the same partner (submitted 2026-10-02, domain identical). DR-2026-0007 stands, and says the same.',
    );
  });

  test('that says something new is an update: it is rejected, says what differs, without anybody’s address, and where to change it', () => {
    const terms = { amount: '60000.00 USD', expectedClose: '2027-01-15', contactEmail: 'bob@acme.com' };
    const decision = decideWith({ claim: { terms } }, own());
    expect(brief(decision)).toEqual(['reject', 'own_update block']);
    expect(decision.reason).toBe(
      'Update of DR-2026-0007 by the same partner (submitted 2026-10-02, domain identical): amount 60000.00 USD instead of 50000.00 USD; ' +
        'expected close 2027-01-15 instead of 2026-12-01; another contact. ' +
        'Change DR-2026-0007 instead: it keeps its place and its protection.',
    );
  });

  test.each([
    ['leaves out what the first says', { amount: null, expectedClose: null, contactEmail: null }],
    ['writes the contact in capitals', { ...claim.terms, contactEmail: 'ADA@acme.com' }],
  ])('that only %s says nothing new', (_case, terms) => {
    expect(brief(decideWith({ claim: { terms } }, own()))).toEqual(['reject', 'own_duplicate block']);
  });

  test('that adds what the first leaves out is an update', () => {
    const decision = decide(own({ terms: { amount: null, expectedClose: null, contactEmail: null } }));
    expect(brief(decision)).toEqual(['reject', 'own_update block']);
    expect(decision.reason).toContain('amount 50000.00 USD instead of none');
  });

  test.each(['won', 'lost'] as const)(
    'after the first was %s is no duplicate or update of it: a person says whether it is another deal',
    (outcome) => {
      for (const terms of [claim.terms, { ...claim.terms, amount: '60000.00 USD' }]) {
        const decision = decideWith({ claim: { terms } }, own({ outcome }));
        expect(brief(decision)).toEqual(['review', 'own_duplicate review']);
        expect(decision.reason).toContain(
          'Possibly another deal than DR-2026-0007 by the same partner, which is closed',
        );
      }
    },
  );

  test('does not touch the first', () => {
    expect(brief(decide(own({ submittedAt: '2026-10-05T09:00:00.001Z' })))).toEqual(['approve']);
  });

  test('of two in one instant, the one with the smaller id stands', () => {
    expect(decide(own({ submittedAt: '2026-10-05T11:00:00+02:00', id: 'r-4' })).outcome).toBe('reject');
    expect(decide(own({ submittedAt: '2026-10-05T11:00:00+02:00', id: 'r-6' })).outcome).toBe('approve');
  });

  test.each(['rejected', 'expired', 'withdrawn'] as const)(
    'is a first one where the other was %s',
    (status) => {
      expect(decide(own({ status })).outcome).toBe('approve');
    },
  );

  test('may write the product family in another way', () => {
    expect(brief(decide(own({ productFamily: ' platform ' })))).toEqual(['reject', 'own_duplicate block']);
  });

  test('may name no product family where the first names none', () => {
    expect(brief(decideWith({ claim: { productFamily: null } }, own({ productFamily: null })))).toEqual([
      'reject',
      'own_duplicate block',
    ]);
  });
});

describe('another deal of a partner with its own customer', () => {
  test.each<[string, Partial<RegistrationRival>]>([
    ['a renewal', { dealType: 'renewal', status: 'approved', protectedUntil: '2026-12-31' }],
    ['a second product', { productFamily: 'Analytics', status: 'approved', protectedUntil: '2026-12-31' }],
  ])('%s beside a protected deal is told and not held up', (_case, changes) => {
    const decision = decide(own(changes));
    expect(brief(decision)).toEqual(['approve', 'own_duplicate note']);
    expect(conflictSummary(decision.findings)).toBe(
      'Another deal than DR-2026-0007 by the same partner with this customer (submitted 2026-10-02, domain identical).',
    );
  });

  test.each([
    ['only one of the two names a family', null, 'only one of the two names'],
    ['one family is part of the other', 'Platform / Search', 'part of the other'],
  ])('needs a person to say so where %s', (_case, productFamily, why) => {
    const decision = decide(own({ productFamily }));
    expect(brief(decision)).toEqual(['review', 'own_duplicate review']);
    expect(decision.reason).toMatch(/^Possibly a duplicate of DR-2026-0007 by the same partner/);
    expect(decision.reason).toContain(why);
  });

  test('a related company is another customer', () => {
    expect(brief(decide(own({ match: matches.related })))).toEqual(['approve']);
  });
});
