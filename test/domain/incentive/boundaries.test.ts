import { describe, expect, test } from 'vitest';
import { assessmentKey, calculateAccruals } from '#src/domain/incentive/calculate.ts';
import type { InvoiceFact } from '#src/domain/invoice.ts';
import type { TierAssessment } from '#src/domain/program/assess-tier.ts';
import { defaultProgram } from '#src/domain/program/default-program.ts';
import type { PartnerMerges } from '#src/domain/program/merged-partners.ts';
import type { Program } from '#src/domain/program/program.ts';

/** p-1 is Gold (10 %), p-2 Silver (7.5 %), p-3 Registered (5 %), from December 2025 to December 2026. */
const tiers = { 'p-1': 'Gold', 'p-2': 'Silver', 'p-3': 'Registered' };
const months = ['2025-12', ...Array.from({ length: 12 }, (_, n) => `2026-${String(n + 1).padStart(2, '0')}`)];
const assessments = new Map<string, TierAssessment>(
  Object.entries(tiers).flatMap(([partnerId, tier]) =>
    months.map((month): [string, TierAssessment] => [
      assessmentKey(partnerId, month),
      {
        partnerId,
        tier,
        effectiveFrom: `${month}-01`,
        trailingRevenueMinor: 0n,
        currency: 'USD',
        explanation: '',
      },
    ]),
  ),
);
const document = (number: string, changes: Partial<InvoiceFact> = {}): InvoiceFact => ({
  id: `d-${number}`,
  number,
  kind: 'invoice',
  partnerId: 'p-1',
  currency: 'USD',
  amountMinor: 100_000n,
  issuedOn: '2026-03-10',
  paidOn: '2026-04-09',
  ...changes,
});
const memo = (number: string, appliesTo: string | null, changes: Partial<InvoiceFact> = {}): InvoiceFact =>
  document(number, { kind: 'credit_memo', paidOn: null, appliesTo, ...changes });
const earned = (
  documents: readonly InvoiceFact[],
  merges: PartnerMerges = new Map(),
  program: Program = defaultProgram,
) =>
  calculateAccruals(() => ({ program, version: 1 }), documents, assessments, merges).map((one) => [
    one.documentId,
    one.component,
    one.amountMinor,
    one.trace.tier,
  ]);

describe('the day a programme starts', () => {
  test('earns, and the day before does not', () => {
    const documents = [document('a', { issuedOn: '2026-01-01' }), document('b', { issuedOn: '2025-12-31' })];
    expect(earned(documents)).toEqual([['d-a', 'commission', 10_000n, 'Gold']]);
  });

  test('counts for a credit memo as the day of the invoice it corrects', () => {
    const before = document('a', { issuedOn: '2025-12-31' });
    expect(earned([before, memo('b', 'a')])).toEqual([]);
  });
});

describe('a credit memo', () => {
  test('finds its invoice under the credited partner, when its own seller has none of that number', () => {
    // Sold by p-2 before it was merged into p-1; the memo names p-1 and says that p-3 sold.
    const invoice = document('a', { soldBy: 'p-2', partnerId: 'p-1' });
    const credit = memo('b', 'a', { partnerId: 'p-1', soldBy: 'p-3', issuedOn: '2026-09-01' });
    expect(earned([invoice, credit])).toEqual([
      ['d-a', 'commission', 7_500n, 'Silver'],
      ['d-b', 'commission', -7_500n, 'Silver'],
    ]);
  });

  test('prefers the invoice of its seller to one that was only credited to the same partner', () => {
    const credited = document('a', { id: 'd-1', soldBy: 'p-3', partnerId: 'p-2' });
    const sold = document('a', { id: 'd-2', partnerId: 'p-2' });
    for (const invoices of [
      [credited, sold],
      [sold, credited],
    ])
      expect(earned([...invoices, memo('b', 'a', { partnerId: 'p-2' })])).toContainEqual([
        'd-b',
        'commission',
        -7_500n,
        'Silver',
      ]);
  });

  test.each<[string, Partial<InvoiceFact>]>([
    ['in another currency', { currency: 'EUR' }],
    ['of another partner', { partnerId: 'p-2' }],
    ['with another number', { number: 'z' }],
    ['that is a credit memo itself', { kind: 'credit_memo', appliesTo: null }],
  ])('is separate from an invoice %s', (_case, changes) => {
    const invoice = document('a', { ...changes, id: 'd-other', issuedOn: '2026-02-01', paidOn: null });
    const alone = earned([invoice, memo('b', 'a')]).filter(([id]) => id === 'd-b');
    expect(alone).toEqual([['d-b', 'commission', -10_000n, 'Gold']]);
  });

  test('that names nothing is separate, and so is one with an empty name', () => {
    for (const appliesTo of [null, ''])
      expect(earned([document('', { paidOn: null }), memo('b', appliesTo)])).toEqual([
        ['d-b', 'commission', -10_000n, 'Gold'],
      ]);
  });

  test('reverses at the tier the seller had as itself, after it was merged', () => {
    const merges = new Map([['p-3', { into: 'p-1', period: '2026-05' }]]);
    const sale = document('a', { soldBy: 'p-3', issuedOn: '2026-05-31' });
    const after = document('b', { soldBy: 'p-3', issuedOn: '2026-06-01' });
    expect(earned([sale, after, memo('c', 'a', { issuedOn: '2026-08-01' })], merges)).toEqual([
      ['d-a', 'commission', 5_000n, 'Registered'],
      ['d-b', 'commission', 10_000n, 'Gold'],
      ['d-c', 'commission', -5_000n, 'Registered'],
    ]);
  });
});

describe('the list of what is earned', () => {
  test('is sorted by document, then by component', () => {
    const [component] = defaultProgram.components;
    if (!component) throw new Error('The default programme has a component.');
    const program = { ...defaultProgram, components: [{ ...component, code: 'spiff' }, component] };
    expect(earned([document('b'), document('a')], new Map(), program).map((row) => row.slice(0, 2))).toEqual([
      ['d-a', 'commission'],
      ['d-a', 'spiff'],
      ['d-b', 'commission'],
      ['d-b', 'spiff'],
    ]);
  });

  test('refuses a tier without a rate, and says what to do', () => {
    const bronze = new Map([...assessments].map(([key, one]) => [key, { ...one, tier: 'Bronze' }]));
    expect(() =>
      calculateAccruals(() => ({ program: defaultProgram, version: 1 }), [document('a')], bronze),
    ).toThrow(
      expect.objectContaining({
        code: 'internal',
        message: 'Commission has no rate for the tier Bronze. Assess tiers again.',
      }),
    );
  });

  test('finds assessments by partner and month', () => {
    expect(assessmentKey('p-1', '2026-03')).toBe('p-1|2026-03');
  });
});
