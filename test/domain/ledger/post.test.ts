import { describe, expect, test } from 'vitest';
import type { DesiredAccrual } from '#src/domain/incentive/accrual.ts';
import { deltaPostings, journalOf, ledgerAccounts, type PostedAccrual } from '#src/domain/ledger/post.ts';

const trace = {
  document: 'A',
  basisMinor: 1n,
  tier: 'Gold',
  tierAsOf: '2026-01-01',
  rate: [1n, 10n],
  programVersion: 1,
} as const;
const one = { documentId: 'd-1', partnerId: 'p-1', component: 'commission', currency: 'USD' };
const desired = (amountMinor: bigint, changes: Partial<DesiredAccrual> = {}): DesiredAccrual => ({
  ...one,
  amountMinor,
  trace,
  ...changes,
});
const posted = (...amounts: (bigint | PostedAccrual)[]): ReadonlyMap<string, PostedAccrual> =>
  new Map(
    amounts.map((amount, at) => [
      `posting ${at}`,
      typeof amount === 'bigint' ? { ...one, amountMinor: amount } : amount,
    ]),
  );

describe('what is to be posted for a document', () => {
  test.each<[string, bigint, readonly bigint[], bigint | null, string]>([
    ['a first credit', 100n, [], 100n, 'accrual'],
    ['a first debit', -100n, [], -100n, 'clawback'],
    ['more than was posted', 150n, [100n], 50n, 'adjustment'],
    ['less than was posted', 70n, [100n], -30n, 'adjustment'],
    ['a debit after a credit', -100n, [100n], -200n, 'adjustment'],
    ['a credit after postings that cancel each other', 100n, [50n, -50n], 100n, 'accrual'],
    ['a debit after postings that cancel each other', -100n, [50n, -50n], -100n, 'clawback'],
    ['what was posted in two parts', 100n, [60n, 40n], null, ''],
    ['nothing', 0n, [], null, ''],
  ])('%s', (_case, amount, before, deltaMinor, reason) => {
    const expected = deltaMinor === null ? [] : [{ ...one, deltaMinor, reason, trace }];
    expect(deltaPostings([desired(amount)], posted(...before))).toEqual(expected);
  });

  test('a document that no longer earns anything is reversed completely', () => {
    expect(deltaPostings([], posted(60n, 40n))).toEqual([
      { ...one, deltaMinor: -100n, reason: 'adjustment', trace: null },
    ]);
  });

  test.each(['documentId', 'partnerId', 'component', 'currency'] as const)(
    'another %s is another posting',
    (field) => {
      const other = { ...one, [field]: 'EUR', amountMinor: 100n };
      expect(
        deltaPostings([desired(100n)], posted(other)).map(({ deltaMinor, [field]: value }) => [
          value,
          deltaMinor,
        ]),
      ).toEqual(
        [
          [one[field], 100n],
          ['EUR', -100n],
        ].toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
      );
    },
  );

  test('postings are sorted by document, component, currency and partner', () => {
    const all = [
      desired(1n, { documentId: 'd-2' }),
      desired(2n, { partnerId: 'p-2' }),
      desired(3n, { currency: 'EUR' }),
      desired(4n, { component: 'a' }),
      desired(5n),
    ];
    expect(deltaPostings(all, new Map()).map(({ deltaMinor }) => deltaMinor)).toEqual([4n, 3n, 5n, 2n, 1n]);
  });
});

test('an entry debits what it costs us and credits the partner, and the ledger has these accounts', () => {
  expect(journalOf({ deltaMinor: -7n })).toEqual([
    { account: 'expense', amountMinor: -7n },
    { account: 'accrued', amountMinor: 7n },
  ]);
  expect(ledgerAccounts).toEqual([
    'expense',
    'accrued',
    'held',
    'payable',
    'in_transit',
    'paid',
    'receivable_from_partner',
    'rounding',
  ]);
});
