import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { payoutKey, planPayouts, type OpenBalance } from '#src/domain/payouts/batch.ts';

const open = (partnerId: string, amountMinor: bigint, changes: Partial<OpenBalance> = {}): OpenBalance => ({
  partnerId,
  payee: partnerId.toUpperCase(),
  currency: 'USD',
  period: '2026-10',
  amountMinor,
  lineCount: 1,
  ...changes,
});

describe('a payout', () => {
  test('sums all open balances of a partner and currency in one item', () => {
    const { items, carried } = planPayouts([
      open('p-1', -300n, { period: '2026-09' }),
      open('p-1', 1000n, { lineCount: 4 }),
      open('p-1', 50n, { currency: 'EUR' }),
    ]);
    expect(items).toEqual([
      { key: '2026-10-P-1-EUR', ...open('p-1', 50n, { currency: 'EUR' }) },
      { key: '2026-10-P-1-USD', ...open('p-1', 700n, { lineCount: 5 }) },
    ]);
    expect(carried).toEqual([]);
  });

  test('is always positive; other sums are carried forward', () => {
    const { items, carried } = planPayouts([open('p-1', 0n), open('p-2', -5n), open('p-3', 1n)]);
    expect(items.map(({ partnerId }) => partnerId)).toEqual(['p-3']);
    expect(carried).toEqual([open('p-1', 0n), open('p-2', -5n)]);
  });

  test('is carried forward below the minimum and paid at the minimum', () => {
    const { items, carried } = planPayouts([open('p-1', 999n), open('p-2', 1000n)], 1000n);
    expect([items.map((item) => item.partnerId), carried.map((balance) => balance.partnerId)]).toEqual([
      ['p-2'],
      ['p-1'],
    ]);
    expect(planPayouts([open('p-1', 0n)], -10n).items).toEqual([]);
  });

  test('has a different key for every period, partner and currency', () => {
    const keys = [
      payoutKey('2026-10', 'p-1', 'USD'),
      payoutKey('2026-11', 'p-1', 'USD'),
      payoutKey('2026-10', 'p-2', 'USD'),
      payoutKey('2026-10', 'p-1', 'EUR'),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('includes every cent and line, for any order of balances', () => {
    const balances = fc.array(
      fc.record({
        partnerId: fc.constantFrom('p-1', 'p-2', 'p-3'),
        currency: fc.constantFrom('USD', 'EUR'),
        period: fc.constantFrom('2026-08', '2026-09', '2026-10'),
        amountMinor: fc.bigInt({ min: -10_000n, max: 10_000n }),
        lineCount: fc.nat(9),
      }),
    );
    fc.assert(
      fc.property(balances, fc.bigInt({ min: 1n, max: 5000n }), (earned, minimum) => {
        const all = earned.map((balance) => ({ ...balance, payee: balance.partnerId }));
        const plan = planPayouts(all, minimum);
        const planned = [...plan.items, ...plan.carried];
        expect(planned.reduce((sum, { amountMinor }) => sum + amountMinor, 0n)).toBe(
          all.reduce((sum, { amountMinor }) => sum + amountMinor, 0n),
        );
        expect(planned.reduce((sum, { lineCount }) => sum + lineCount, 0)).toBe(
          all.reduce((sum, { lineCount }) => sum + lineCount, 0),
        );
        expect(planPayouts(all.toReversed(), minimum)).toEqual(plan);
      }),
    );
  });
});

describe('a plan of payouts', () => {
  test('is empty without balances', () => {
    expect(planPayouts([])).toEqual({ items: [], carried: [] });
  });

  test('pays one minor unit, and carries nothing and less than nothing', () => {
    const balances = [open('p-1', 1n), open('p-2', 0n), open('p-3', -1n)];
    const { items, carried } = planPayouts(balances);
    expect([items.map((item) => item.amountMinor), carried.map((one) => one.amountMinor)]).toEqual([
      [1n],
      [0n, -1n],
    ]);
    expect(planPayouts(balances, 0n)).toEqual({ items, carried });
  });

  test('is made under the latest period of all balances, also of those that are carried', () => {
    const { items, carried } = planPayouts(
      [
        open('p-2', 100n, { period: '2026-08' }),
        open('p-1', 5n, { period: '2026-11' }),
        open('p-3', 100n, { period: '2026-09' }),
      ],
      10n,
    );
    expect(items.map(({ key, period }) => [key, period])).toEqual([
      ['2026-11-P-2-USD', '2026-11'],
      ['2026-11-P-3-USD', '2026-11'],
    ]);
    expect(carried).toEqual([open('p-1', 5n, { period: '2026-11' })]);
  });

  test('names an item by period, partner and currency', () => {
    expect(payoutKey('2026-10', 'P-0007', 'USD')).toBe('2026-10-P-0007-USD');
  });
});
