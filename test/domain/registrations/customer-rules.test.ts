import { describe, expect, test } from 'vitest';
import type { PartnerSales } from '#src/domain/registrations/registration.ts';
import { conflictScore } from '#src/domain/registrations/apply-rules.ts';
import {
  brief,
  customer,
  decideWith,
  samePartnerRegistration,
  registration,
} from './registration-builders.ts';

const invoicedBy = (partnerId: string, partnerName: string): readonly PartnerSales[] => [
  { partnerId, partnerName, firstOn: '2025-02-01', lastOn: '2026-01-05' },
];
const byContoso = invoicedBy('p-1', 'Contoso Channel');
const byNorthwind = invoicedBy('p-2', 'Northwind Partners');
const past = {
  submittedAt: '2025-06-01T09:00:00Z',
  status: 'expired',
  protectedUntil: '2025-09-01',
} as const;

describe('new business', () => {
  test('with a company that has bought before needs a review, with the date of the first purchase', () => {
    const decision = decideWith({}, customer());
    expect(brief(decision)).toEqual(['review', 'existing_customer review']);
    expect(decision.findings[0]).toMatchObject({
      message: 'New business with an existing customer (first purchase 2024-03-01).',
      rival: { id: 'a-1' },
    });
    expect(decision.reason).toBe(
      'Existing customer: the partner should state what is new or register a renewal.',
    );
  });

  test.each([
    ['24 months before', '2024-10-05', 24, 'review'],
    ['a day more than 24 months before', '2024-10-04', 24, 'approve'],
    ['within a programme’s look-back of 36 months', '2024-10-04', 36, 'review'],
  ])(
    'with a company whose last purchase was %s (%s, look-back %s): %s',
    (_case, lastOn, lookBackMonths, outcome) => {
      expect(decideWith({ policy: { lookBackMonths } }, customer({ lastOn })).outcome).toBe(outcome);
    },
  );

  test('with a company that the ERP invoiced through another partner needs a review that names the partner', () => {
    const decision = decideWith({ facts: { invoiced: byNorthwind } });
    expect(brief(decision)).toEqual(['review', 'existing_customer review']);
    expect(decision.findings[0]).toMatchObject({
      message:
        'New business with an existing customer (first purchase 2025-02-01, Northwind Partners: last invoiced 2026-01-05).',
      rival: null,
    });
  });

  test('with a customer of the same partner adds a note and is approved', () => {
    expect(brief(decideWith({ facts: { invoiced: byContoso } }, customer()))).toEqual([
      'approve',
      'existing_customer note',
    ]);
    expect(brief(decideWith({}, samePartnerRegistration({ ...past, outcome: 'won' })))).toEqual([
      'approve',
      'existing_customer note',
    ]);
  });

  test.each([
    ['of another family', ['Services'], 'approve'],
    ['of another part of the family', ['Platform / Search'], 'approve'],
    ['of the same family, among others', ['Services', 'Platform / Analytics'], 'review'],
    ['whose family is not known', null, 'review'],
  ])('with a company that bought products %s', (_case, families, outcome) => {
    expect(
      decideWith({ facts: { productFamily: 'Platform / Analytics' } }, customer({ families })).outcome,
    ).toBe(outcome);
  });

  test('adds a note and is approved in a programme with that policy', () => {
    expect(brief(decideWith({ policy: { existingCustomer: 'note' } }, customer()))).toEqual([
      'approve',
      'existing_customer note',
    ]);
  });

  test('ignores a first purchase on or after the day of the registration, because it may be this deal', () => {
    expect(brief(decideWith({}, customer({ since: '2026-10-05' })))).toEqual(['approve']);
  });

  test('ignores an earlier registration without a known sale', () => {
    for (const outcome of [null, 'lost', 'open'] as const)
      expect(brief(decideWith({}, registration({ ...past, outcome })))).toEqual(['approve']);
  });

  test('has no conflict score for an existing customer, because there is no rival', () => {
    expect(conflictScore(decideWith({}, customer()).findings)).toBe(0);
  });
});

describe('a renewal', () => {
  const renewal = { dealType: 'renewal' } as const;

  test('by the partner that was invoiced for the customer is approved', () => {
    expect(brief(decideWith({ facts: { ...renewal, invoiced: byContoso } }, customer()))).toEqual([
      'approve',
    ]);
  });

  test.each(['won', null] as const)(
    'by the partner that registered the customer before (its opportunity: %s) is approved',
    (outcome) => {
      expect(decideWith({ facts: renewal }, samePartnerRegistration({ ...past, outcome })).outcome).toBe(
        'approve',
      );
    },
  );

  test('by another partner than the one who sold before needs a review that names that partner', () => {
    const decision = decideWith({ facts: { ...renewal, invoiced: byNorthwind } });
    expect(brief(decision)).toEqual(['review', 'renewal review']);
    expect(decision.findings[0]?.message).toBe(
      'Renewal for a customer of Northwind Partners (last invoiced 2026-01-05), not of Contoso Channel.',
    );
    expect(decision.reason).toBe('Renewal for a customer of another partner.');
    expect(brief(decideWith({ facts: renewal }, registration({ ...past, outcome: 'won' })))).toEqual([
      'review',
      'renewal review',
    ]);
  });

  test('of a registration that was lost counts as a renewal without a known purchase', () => {
    const decision = decideWith({ facts: renewal }, samePartnerRegistration({ ...past, outcome: 'lost' }));
    expect(decision.findings[0]?.message).toBe('Renewal for a company without a known purchase.');
  });

  test('for a customer without a known sale through the partner needs a review', () => {
    const decision = decideWith({ facts: renewal }, customer());
    expect(brief(decision)).toEqual(['review', 'renewal review']);
    expect(decision.findings[0]).toMatchObject({
      message: 'Renewal for a customer since 2024-03-01, but no sale through Contoso Channel is known.',
      rival: { id: 'a-1' },
    });
  });

  test('for a company that is not a known customer needs a review', () => {
    const decision = decideWith({ facts: renewal });
    expect(brief(decision)).toEqual(['review', 'renewal review']);
    expect(decision.reason).toBe('Renewal for a company that is not a known customer.');
  });
});
