import { describe, expect, test } from 'vitest';
import type { PartnerSales } from '#src/domain/registrations/registration.ts';
import { conflictScore } from '#src/domain/registrations/apply-rules.ts';
import { brief, customer, decideWith, own, registration } from './registration-builders.ts';

const invoicedBy = (partnerId: string, partnerName: string): readonly PartnerSales[] => [
  { partnerId, partnerName, firstOn: '2025-02-01', lastOn: '2026-01-05' },
];
const byUs = invoicedBy('p-1', 'Contoso Channel');
const byNorthwind = invoicedBy('p-2', 'Northwind Partners');
const past = {
  submittedAt: '2025-06-01T09:00:00Z',
  status: 'expired',
  protectedUntil: '2025-09-01',
} as const;

describe('new business', () => {
  test('with a company that has bought before needs a person, who reads since when', () => {
    const decision = decideWith({}, customer());
    expect(brief(decision)).toEqual(['review', 'existing_customer review']);
    expect(decision.findings[0]).toMatchObject({
      says: 'New business with a customer since 2024-03-01.',
      rival: { id: 'a-1' },
    });
    expect(decision.reason).toBe(
      'The company is a customer already: say what is new about this deal, or register a renewal.',
    );
  });

  test('with a company the ERP has invoiced through another partner needs a person, who reads which', () => {
    const decision = decideWith({ claim: { invoiced: byNorthwind } });
    expect(brief(decision)).toEqual(['review', 'existing_customer review']);
    expect(decision.findings[0]).toMatchObject({
      says: 'New business with a customer since 2025-02-01 (Northwind Partners: last invoiced 2026-01-05).',
      rival: null,
    });
  });

  test('with the partner’s own customer is told and not held up', () => {
    expect(brief(decideWith({ claim: { invoiced: byUs } }, customer()))).toEqual([
      'approve',
      'existing_customer note',
    ]);
    expect(brief(decideWith({}, own({ ...past, outcome: 'won' })))).toEqual([
      'approve',
      'existing_customer note',
    ]);
  });

  test.each([
    ['of another family', ['Services'], 'approve'],
    ['of another part of the family', ['Platform / Search'], 'approve'],
    ['of the same family, among others', ['Services', 'Platform / Analytics'], 'review'],
    ['nobody knows the family of', null, 'review'],
  ])('with a company that bought products %s', (_case, families, outcome) => {
    expect(
      decideWith({ claim: { productFamily: 'Platform / Analytics' } }, customer({ families })).outcome,
    ).toBe(outcome);
  });

  test('is told and not held up in a programme that wants it so', () => {
    expect(brief(decideWith({ policy: { existingCustomer: 'note' } }, customer()))).toEqual([
      'approve',
      'existing_customer note',
    ]);
  });

  test('is new when the company first bought on the day of the claim or after it: that may be this very deal', () => {
    expect(brief(decideWith({}, customer({ since: '2026-10-05' })))).toEqual(['approve']);
  });

  test('is new to a company whose earlier registration led to no sale anybody knows of', () => {
    for (const outcome of [null, 'lost', 'open'] as const)
      expect(brief(decideWith({}, registration({ ...past, outcome })))).toEqual(['approve']);
  });

  test('scores no conflict with its own customer: nobody competes', () => {
    expect(conflictScore(decideWith({}, customer()).findings)).toBe(0);
  });
});

describe('a renewal', () => {
  const renewal = { dealType: 'renewal' } as const;

  test('by the partner that was invoiced for the customer is approved', () => {
    expect(brief(decideWith({ claim: { ...renewal, invoiced: byUs } }, customer()))).toEqual(['approve']);
  });

  test.each(['won', null] as const)(
    'by the partner that registered the customer before (its opportunity: %s) is approved',
    (outcome) => {
      expect(decideWith({ claim: renewal }, own({ ...past, outcome })).outcome).toBe('approve');
    },
  );

  test('by another partner than the one the customer came through needs a person, who reads which that was', () => {
    const decision = decideWith({ claim: { ...renewal, invoiced: byNorthwind } });
    expect(brief(decision)).toEqual(['review', 'renewal review']);
    expect(decision.findings[0]?.says).toBe(
      'Renewal for a customer that came through Northwind Partners (last invoiced 2026-01-05), and not through Contoso Channel.',
    );
    expect(decision.reason).toBe('A renewal for a customer that came through another partner.');
    expect(brief(decideWith({ claim: renewal }, registration({ ...past, outcome: 'won' })))).toEqual([
      'review',
      'renewal review',
    ]);
  });

  test('of a registration that was lost is none', () => {
    const decision = decideWith({ claim: renewal }, own({ ...past, outcome: 'lost' }));
    expect(decision.findings[0]?.says).toBe('Renewal for a company that is not known to have bought before.');
  });

  test('for a customer that nothing shows to have come through the partner needs a person', () => {
    const decision = decideWith({ claim: renewal }, customer());
    expect(brief(decision)).toEqual(['review', 'renewal review']);
    expect(decision.findings[0]).toMatchObject({
      says: 'Renewal for a customer since 2024-03-01; nothing shows that it came through Contoso Channel.',
      rival: { id: 'a-1' },
    });
  });

  test('for a company that is not known to be a customer needs a person', () => {
    const decision = decideWith({ claim: renewal });
    expect(brief(decision)).toEqual(['review', 'renewal review']);
    expect(decision.reason).toBe('A renewal for a company that is not known to be a customer.');
  });
});
