import { describe, expect, test } from 'vitest';
import { runIncentiveHistory } from '#src/cli/cases/incentive-history-case.ts';
import { playInMemory } from './play-in-memory.ts';
import { runIncentiveRule } from '#src/cli/cases/incentive-rule-case.ts';

const program = (component: object, settings: object = {}) => ({
  currency: 'USD',
  firstPeriod: '2026-01',
  versions: [{ effective: '2026-01-01', components: [{ code: 'comm', ...component }] }],
  settings,
});
const percent = { method: { type: 'percent', percent: '10' } };
const invoice = { on: '2026-01-10', type: 'invoice', id: 'I1', partner: 'P1', netMinor: 100_000 };
const close = (period: string) => ({ on: '2026-12-31', type: 'close', period });
const plain = {
  id: 'H1',
  title: 'a paid commission',
  program: program(percent),
  events: [invoice, close('2026-01')],
  expected: {
    periods: [
      {
        period: '2026-01',
        earned: [{ payee: 'P1', component: 'comm', currency: 'USD', deltaMinor: 10_000, totalMinor: 10_000 }],
        balances: [{ payee: 'P1', currency: 'USD', channel: 'payout', payable: 10_000 }],
        accounts: { USD: { expense: 10_000, payable: -10_000 } },
      },
    ],
    payouts: [],
    refused: [],
  },
};

describe('worked histories of incentives', () => {
  test('a history that gives what it expects passes', async () => {
    expect((await runIncentiveHistory(plain, playInMemory)).differences).toEqual([]);
  });

  test('a history that expects another cent fails and names where', async () => {
    const [period] = plain.expected.periods;
    const expected = { ...plain.expected, periods: [{ ...period, accounts: { USD: { expense: 9_999 } } }] };
    expect((await runIncentiveHistory({ ...plain, expected }, playInMemory)).differences).toEqual([
      'periods.0.accounts.USD.expense is 10000, expected 9999',
      'periods.0.accounts.USD.payable is -10000, expected nothing',
    ]);
  });

  test('a refused event that the case does not expect fails', async () => {
    const events = [close('2026-03'), invoice, close('2026-01')];
    expect((await runIncentiveHistory({ ...plain, events }, playInMemory)).differences).toEqual([
      'refused.0 is 0, expected nothing',
    ]);
  });

  test('a history with an unknown event fails and names it', async () => {
    const events = [{ on: '2026-01-01', type: 'lottery' }];
    expect((await runIncentiveHistory({ ...plain, events }, playInMemory)).differences).toEqual([
      expect.stringContaining('lottery'),
    ]);
  });

  test('two partners that were one by the booking date have one line', async () => {
    const shares = [
      { partner: 'P1', percent: '33' },
      { partner: 'P2', percent: '67' },
    ];
    const history = {
      ...plain,
      events: [
        { on: '2026-01-05', type: 'merge', from: 'P2', into: 'P1' },
        { ...invoice, shares },
        close('2026-01'),
      ],
      checkLines: ['2026-01'],
      expected: {
        ...plain.expected,
        lines: {
          '2026-01': [
            {
              component: 'comm',
              partner: 'P1',
              currency: 'USD',
              window: '2026-01',
              lines: [['I1', 1, 10_000]],
            },
          ],
        },
      },
    };
    expect((await runIncentiveHistory(history, playInMemory)).differences).toEqual([]);
  });
});

describe('published single calculations', () => {
  const rule = { type: 'alloc_floor_then_first', ratios: ['1/3', '1/3', '1/3'] };

  test('a remainder goes to the first shares', () => {
    const expected = { shares: [34, 33, 33] };
    expect(
      runIncentiveRule({ id: 'A', title: '', rule, inputs: { amount: 100 }, expected }).differences,
    ).toEqual([]);
  });

  test('a calculation that expects another amount fails', () => {
    const expected = { shares: [33, 34, 33] };
    expect(
      runIncentiveRule({ id: 'A', title: '', rule, inputs: { amount: 100 }, expected }).differences,
    ).toEqual(['shares.0 is 34, expected 33', 'shares.1 is 33, expected 34']);
  });

  test('a calculation of an unknown type fails', () => {
    const unknown = { id: 'A', title: '', rule: { type: 'dice' }, inputs: {}, expected: {} };
    expect(runIncentiveRule(unknown).differences).toEqual(['no rule has the type dice']);
  });
});
