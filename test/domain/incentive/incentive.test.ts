import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { calculateAccruals, assessmentKey } from '#src/domain/incentive/calculate.ts';
import type { DesiredAccrual } from '#src/domain/incentive/accrual.ts';
import type { InvoiceFact } from '#src/domain/invoice.ts';
import type { TierAssessment } from '#src/domain/program/assess-tier.ts';
import { deltaPostings, journalOf, type Delta, type PostedAccrual } from '#src/domain/ledger/post.ts';
import { periodsBetween } from '#src/domain/period.ts';
import { defaultProgram } from '#src/domain/program/default-program.ts';

const months = periodsBetween('2026-01', '2026-12');
const partners = ['p-1', 'p-2'];

/** Partner p-1 is Gold until June and Silver after it; p-2 is Registered all year. */
const assessments = new Map<string, TierAssessment>(
  partners.flatMap((partnerId) =>
    months.map((month): [string, TierAssessment] => {
      const tier = partnerId === 'p-2' ? 'Registered' : month <= '2026-06' ? 'Gold' : 'Silver';
      return [
        assessmentKey(partnerId, month),
        {
          partnerId,
          tier,
          effectiveFrom: `${month}-01`,
          trailingRevenueMinor: 0n,
          currency: 'USD',
          explanation: '',
        },
      ];
    }),
  ),
);

function document(number: string, changes: Partial<InvoiceFact> = {}): InvoiceFact {
  return {
    id: `d-${number}`,
    number,
    kind: 'invoice',
    partnerId: 'p-1',
    currency: 'USD',
    amountMinor: 100_000n,
    issuedOn: '2026-03-10',
    paidOn: '2026-04-09',
    ...changes,
  };
}

const calculate = (...documents: InvoiceFact[]): DesiredAccrual[] =>
  calculateAccruals(() => ({ program: defaultProgram, version: 3 }), documents, assessments);
const amounts = (accruals: readonly DesiredAccrual[]): [string, bigint][] =>
  accruals.map(({ documentId, amountMinor }) => [documentId, amountMinor]);

/** The posted amounts after these deltas. */
function post(
  before: ReadonlyMap<string, PostedAccrual>,
  deltas: readonly Delta[],
): Map<string, PostedAccrual> {
  const after = new Map(before);
  for (const { documentId, partnerId, component, currency, deltaMinor } of deltas) {
    const key = [documentId, partnerId, component, currency].join(' ');
    after.set(key, {
      documentId,
      partnerId,
      component,
      currency,
      amountMinor: (after.get(key)?.amountMinor ?? 0n) + deltaMinor,
    });
  }
  return after;
}

/** The balance per document and partner, without zeros. */
function balances(all: readonly PostedAccrual[]): ReadonlyMap<string, bigint> {
  const nonZero = all.filter(({ amountMinor }) => amountMinor !== 0n);
  return new Map(
    nonZero.map(({ documentId, partnerId, amountMinor }) => [`${documentId} ${partnerId}`, amountMinor]),
  );
}

const documents = fc.uniqueArray(
  fc
    .record({
      number: fc.integer({ min: 1, max: 40 }).map((n) => `INV-${n}`),
      kind: fc.constantFrom('invoice' as const, 'credit_memo' as const),
      partnerId: fc.constantFrom(...partners),
      currency: fc.constantFrom('USD', 'JPY'),
      amountMinor: fc.bigInt({ min: 1n, max: 10n ** 12n }),
      issuedOn: fc.constantFrom('2025-12-31', '2026-01-01', '2026-06-30', '2026-07-01', '2027-01-01'),
      paidOn: fc.constantFrom(null, '2026-08-01'),
      appliesTo: fc.constantFrom(null, 'INV-1', 'INV-2'),
    })
    .map(({ number, ...changes }) => document(number, changes)),
  { selector: ({ id }) => id },
);

describe('accruals', () => {
  test('a paid invoice earns the rate of the tier in its month of issue, with a trace to check it by hand', () => {
    expect(calculate(document('A'))).toEqual([
      {
        documentId: 'd-A',
        partnerId: 'p-1',
        component: 'commission',
        currency: 'USD',
        amountMinor: 10_000n,
        trace: {
          document: 'A',
          basisMinor: 100_000n,
          tier: 'Gold',
          tierAsOf: '2026-03-01',
          rate: [10n, 100n],
          programVersion: 3,
        },
      },
    ]);
    expect(amounts(calculate(document('A', { issuedOn: '2026-06-30', paidOn: '2026-12-01' })))).toEqual([
      ['d-A', 10_000n],
    ]);
    expect(amounts(calculate(document('A', { issuedOn: '2026-07-01', paidOn: '2026-12-01' })))).toEqual([
      ['d-A', 7_500n],
    ]);
  });

  test('uses the programme of the month of issue, also for a credit memo of a later month', () => {
    const lower = {
      ...defaultProgram,
      components: defaultProgram.components.map((one) => ({
        ...one,
        rates: { ...one.rates, Gold: [9n, 100n] as const, Silver: [1n, 100n] as const },
      })),
    };
    const programOf = (period: string) =>
      period < '2026-04' ? { program: defaultProgram, version: 3 } : { program: lower, version: 4 };
    const documents = [
      document('A', { issuedOn: '2026-03-31', paidOn: '2026-12-01' }),
      document('B', { issuedOn: '2026-04-01', paidOn: '2026-12-01' }),
      document('C', { kind: 'credit_memo', issuedOn: '2026-05-02', paidOn: null, appliesTo: 'A' }),
    ];
    const accruals = calculateAccruals(programOf, documents, assessments);
    expect(accruals.map(({ amountMinor, trace }) => [amountMinor, trace.programVersion])).toEqual([
      [10_000n, 3],
      [9_000n, 4],
      [-10_000n, 3],
    ]);
  });

  test('a tier without a rate in the programme is an error', () => {
    const renamed = new Map(
      [...assessments].map(([key, assessment]) => [key, { ...assessment, tier: 'Bronze' }]),
    );
    expect(() =>
      calculateAccruals(() => ({ program: defaultProgram, version: 3 }), [document('A')], renamed),
    ).toThrow('Commission has no rate for the tier Bronze');
  });

  test.each<[string, Partial<InvoiceFact>]>([
    ['is unpaid', { paidOn: null }],
    ['was issued before the programme', { issuedOn: '2025-12-31' }],
    ['is dated in a month without an assessment', { issuedOn: '2027-01-01' }],
  ])('an invoice that %s earns nothing', (_case, changes) => {
    expect(calculate(document('A', changes))).toEqual([]);
  });

  test('a credit memo for a known invoice uses that invoice’s rate', () => {
    const credit = document('C', {
      kind: 'credit_memo',
      issuedOn: '2026-09-01',
      paidOn: null,
      amountMinor: 40_000n,
      appliesTo: 'A',
    });
    expect(amounts(calculate(document('A'), credit))).toEqual([
      ['d-A', 10_000n],
      ['d-C', -4_000n],
    ]);
    expect(calculate(document('A', { paidOn: null }), credit)).toEqual([]);
  });

  test('a credit memo without a known invoice uses the rate of its month of issue', () => {
    const credit = document('C', {
      kind: 'credit_memo',
      issuedOn: '2026-09-01',
      paidOn: null,
      amountMinor: 40_000n,
    });
    expect(amounts(calculate(document('A'), credit))).toEqual([
      ['d-A', 10_000n],
      ['d-C', -3_000n],
    ]);
    expect(amounts(calculate({ ...credit, appliesTo: 'unknown' }))).toEqual([['d-C', -3_000n]]);
  });

  test('an invoice and its full credit memo cancel each other, even if the tier changed', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 15n }),
        fc.constantFrom(...months),
        fc.constantFrom(...months),
        fc.constantFrom(...partners),
        (amountMinor, issued, credited, partnerId) => {
          const invoice = document('A', { amountMinor, partnerId, issuedOn: `${issued}-15` });
          const credit = document('C', {
            amountMinor,
            partnerId,
            kind: 'credit_memo',
            issuedOn: `${credited}-20`,
            paidOn: null,
            appliesTo: 'A',
          });
          expect(calculate(invoice, credit).reduce((sum, one) => sum + one.amountMinor, 0n)).toBe(0n);
        },
      ),
    );
  });

  test('sales from before a merge are credited and reversed at the seller’s own rate', () => {
    const merges = new Map([['p-1', { into: 'p-2', period: '2026-08' }]]);
    const before = document('1', { partnerId: 'p-2', soldBy: 'p-1' });
    const memo = document('2', {
      kind: 'credit_memo',
      partnerId: 'p-2',
      issuedOn: '2026-10-01',
      appliesTo: '1',
    });
    const after = document('3', { partnerId: 'p-2', soldBy: 'p-1', issuedOn: '2026-09-10' });
    const accruals = calculateAccruals(
      () => ({ program: defaultProgram, version: 3 }),
      [before, memo, after],
      assessments,
      merges,
    );
    expect(accruals.map(({ partnerId, amountMinor, trace }) => [partnerId, amountMinor, trace.tier])).toEqual(
      [
        ['p-2', 10_000n, 'Gold'],
        ['p-2', -10_000n, 'Gold'],
        ['p-2', 5_000n, 'Registered'],
      ],
    );
  });

  test('a credit memo belongs to the invoice of its seller, even if a merged partner has an invoice with the same number', () => {
    const merges = new Map([['p-1', { into: 'p-2', period: '2026-08' }]]);
    const golden = document('1', { id: 'd-a', partnerId: 'p-2', soldBy: 'p-1' });
    const plain = document('1', { id: 'd-b', partnerId: 'p-2' });
    const memos = [golden, plain].map((one) =>
      document('2', { ...one, id: `${one.id}-memo`, kind: 'credit_memo', appliesTo: '1' }),
    );
    const accruals = calculateAccruals(
      () => ({ program: defaultProgram, version: 3 }),
      [golden, plain, ...memos],
      assessments,
      merges,
    );
    expect(amounts(accruals)).toEqual([
      ['d-a', 10_000n],
      ['d-a-memo', -10_000n],
      ['d-b', 5_000n],
      ['d-b-memo', -5_000n],
    ]);
  });

  test('the order of the documents does not matter', () => {
    fc.assert(
      fc.property(
        documents.chain((all) =>
          fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
        ),
        ([all, shuffled]) => {
          expect(calculate(...shuffled)).toEqual(calculate(...all));
        },
      ),
    );
  });
});

describe('postings', () => {
  test('a second run posts nothing', () => {
    fc.assert(
      fc.property(documents, (all) => {
        const desired = calculate(...all);
        const ledger = post(new Map(), deltaPostings(desired, new Map()));
        expect(deltaPostings(desired, ledger)).toEqual([]);
      }),
    );
  });

  test('for any earlier postings, the ledger ends with the desired amounts', () => {
    fc.assert(
      fc.property(documents, documents, (before, after) => {
        const first = post(new Map(), deltaPostings(calculate(...before), new Map()));
        const desired = calculate(...after);
        const ledger = post(first, deltaPostings(desired, first));
        expect(balances([...ledger.values()])).toEqual(balances(desired));
      }),
    );
  });

  test('every entry balances', () => {
    fc.assert(
      fc.property(documents, (all) => {
        for (const delta of deltaPostings(calculate(...all), new Map())) {
          expect(journalOf(delta).reduce((sum, { amountMinor }) => sum + amountMinor, 0n)).toBe(0n);
        }
      }),
    );
  });

  test('a commission debits expense and credits accrued', () => {
    expect(journalOf({ deltaMinor: 500n })).toEqual([
      { account: 'expense', amountMinor: 500n },
      { account: 'accrued', amountMinor: -500n },
    ]);
  });

  test('a delta is an accrual, a clawback or an adjustment', () => {
    const credit = document('C', { kind: 'credit_memo' });
    const first = deltaPostings(calculate(document('A'), document('B'), credit), new Map());
    expect(first.map(({ documentId, reason, deltaMinor }) => [documentId, reason, deltaMinor])).toEqual([
      ['d-A', 'accrual', 10_000n],
      ['d-B', 'accrual', 10_000n],
      ['d-C', 'clawback', -10_000n],
    ]);
    const second = deltaPostings(
      calculate(document('A', { amountMinor: 50_000n }), credit),
      post(new Map(), first),
    );
    expect(second).toMatchObject([
      { documentId: 'd-A', reason: 'adjustment', deltaMinor: -5_000n, trace: { basisMinor: 50_000n } },
      { documentId: 'd-B', reason: 'adjustment', deltaMinor: -10_000n, trace: null },
    ]);
  });

  test('a document that moved to another partner is reversed for the old and credited to the new one', () => {
    const ledger = post(new Map(), deltaPostings(calculate(document('A')), new Map()));
    const moved = deltaPostings(calculate(document('A', { partnerId: 'p-2' })), ledger);
    expect(moved.map(({ partnerId, deltaMinor }) => [partnerId, deltaMinor])).toEqual([
      ['p-1', -10_000n],
      ['p-2', 5_000n],
    ]);
  });
});
