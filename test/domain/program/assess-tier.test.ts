import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { InvoiceFact } from '#src/domain/invoice.ts';
import { parseMinor } from '#src/domain/money.ts';
import { defaultProgram } from '#src/domain/program/default-program.ts';
import { assessAll, assessTier } from '#src/domain/program/assess-tier.ts';

function invoice(amount: string, issuedOn: string, changes: Partial<InvoiceFact> = {}): InvoiceFact {
  const number = `${changes.kind ?? 'invoice'}-${amount}-${issuedOn}`;
  return {
    id: number,
    number,
    kind: 'invoice',
    partnerId: 'p-1',
    currency: 'USD',
    amountMinor: parseMinor(amount, 'USD'),
    issuedOn,
    paidOn: null,
    ...changes,
  };
}

const assess = (...invoices: InvoiceFact[]) => assessTier(defaultProgram, 'p-1', invoices, '2026-11');

describe('a partner’s tier', () => {
  test('is the lowest without revenue', () => {
    expect(assess()).toEqual({
      partnerId: 'p-1',
      tier: 'Registered',
      effectiveFrom: '2026-11-01',
      trailingRevenueMinor: 0n,
      currency: 'USD',
      explanation: 'Registered: 0.00 USD in the twelve months to 2026-10-31; 100,000.00 more for Silver.',
    });
  });

  test('comes with its revenue and what the next tier needs', () => {
    expect(assess(invoice('612300', '2026-10-31'))).toMatchObject({
      tier: 'Gold',
      explanation: 'Gold: 612,300.00 USD in the twelve months to 2026-10-31; 1,387,700.00 more for Platinum.',
    });
    expect(assess(invoice('2100000', '2026-01-31')).explanation).toBe(
      'Platinum: 2,100,000.00 USD in the twelve months to 2026-10-31; the highest tier.',
    );
  });

  test('is reached at equality and missed by a cent', () => {
    expect(assess(invoice('100000.00', '2026-05-05')).tier).toBe('Silver');
    expect(assess(invoice('99999.99', '2026-05-05')).tier).toBe('Registered');
  });

  test('counts exactly the twelve months before its month', () => {
    const counted = ['2025-10-31', '2025-11-01', '2026-10-31', '2026-11-01'].map(
      (day) => assess(invoice('1', day)).trailingRevenueMinor,
    );
    expect(counted).toEqual([0n, 100n, 100n, 0n]);
  });

  test('subtracts credit memos and is the lowest even with negative revenue', () => {
    expect(
      assess(invoice('600000', '2026-02-01'), invoice('150000', '2026-03-01', { kind: 'credit_memo' }))
        .trailingRevenueMinor,
    ).toBe(450_000_00n);
    expect(assess(invoice('10', '2026-02-01', { kind: 'credit_memo' })).tier).toBe('Registered');
  });

  test('counts unpaid invoices, but not other partners’ or other currencies', () => {
    expect(
      assess(
        invoice('7', '2026-02-01'),
        invoice('8', '2026-02-01', { partnerId: 'p-2' }),
        invoice('9', '2026-02-01', { currency: 'EUR' }),
      ).trailingRevenueMinor,
    ).toBe(700n);
  });
});

describe('a partner that was merged', () => {
  const merges = new Map([
    ['p-2', { into: 'p-1', period: '2026-03' }],
    ['p-1', { into: 'p-3', period: '2026-05' }],
  ]);
  const sold = ['p-1', 'p-2', 'p-3'].map((soldBy, index) =>
    invoice(String(10 ** index), '2026-01-10', { number: soldBy, soldBy, partnerId: 'p-3' }),
  );
  const periods = ['2026-03', '2026-04', '2026-05', '2026-06'];

  test('has its own tier up to the month of its merge and counts for the other partner from the next month', () => {
    const assessments = assessAll(defaultProgram, sold, periods, ['p-1', 'p-2', 'p-3'], merges);
    const revenue = assessments.map((one) => [
      one.partnerId,
      one.effectiveFrom.slice(0, 7),
      one.trailingRevenueMinor,
    ]);
    expect(revenue).toEqual([
      ['p-1', '2026-03', 1_00n],
      ['p-1', '2026-04', 11_00n],
      ['p-1', '2026-05', 11_00n],
      ['p-2', '2026-03', 10_00n],
      ['p-3', '2026-03', 100_00n],
      ['p-3', '2026-04', 100_00n],
      ['p-3', '2026-05', 100_00n],
      ['p-3', '2026-06', 111_00n],
    ]);
  });
});

describe('assessing all partners', () => {
  const invoices = fc.array(
    fc.record({
      amount: fc.integer({ min: 1, max: 2_000_000 }).map(String),
      day: fc.constantFrom(
        '2025-10-31',
        '2025-12-01',
        '2026-03-15',
        '2026-08-31',
        '2026-10-31',
        '2026-11-01',
      ),
      partnerId: fc.constantFrom('p-1', 'p-2', 'p-3'),
      kind: fc.constantFrom('invoice' as const, 'credit_memo' as const),
      currency: fc.constantFrom('USD', 'EUR'),
    }),
  );
  const periods = ['2026-01', '2026-11', '2027-06'];
  const partnerIds = ['p-1', 'p-2', 'p-4'];

  test('gives the same as assessing each one, for any order of invoices', () => {
    fc.assert(
      fc.property(invoices, (drawn) => {
        const all = drawn.map(({ amount, day, ...changes }) => invoice(amount, day, changes));
        const oneByOne = partnerIds.flatMap((partnerId) =>
          periods.map((period) => assessTier(defaultProgram, partnerId, all, period)),
        );
        expect(assessAll(defaultProgram, all, periods, partnerIds)).toEqual(oneByOne);
        expect(assessAll(defaultProgram, all.toReversed(), periods, partnerIds)).toEqual(oneByOne);
      }),
    );
  });
});
