/**
 * `SEED=…` plays other histories, and `HISTORIES=…` another number of them. The seed is fixed, so that a change that
 * has nothing to do with incentives never meets a history that was not played before.
 */
import { describe, expect, test } from 'vitest';
import { runIncentiveHistory } from '#src/cli/cases/incentive-history-case.ts';
import { playInMemory } from '../play-in-memory.ts';
import type { HistoryCase, HistoryEvent } from './format.ts';
import { secondOutcome } from './play.ts';
import { randomHistory } from './random-history.ts';

const seed = Number(process.env['SEED'] ?? 1);
const histories = Number(process.env['HISTORIES'] ?? 1000);

/** The differences of the product from the second opinion. */
async function differences(history: HistoryCase): Promise<readonly string[]> {
  return (await runIncentiveHistory({ ...history, expected: secondOutcome(history) }, playInMemory))
    .differences;
}

/** Leaves out events as long as the two still disagree, so that few are left to read. */
async function shortened(history: HistoryCase): Promise<HistoryCase> {
  for (let place = history.events.length - 1; place >= 0; place -= 1) {
    const shorter = { ...history, events: history.events.filter((_, index) => index !== place) };
    if ((await differences(shorter)).length > 0) return shortened(shorter);
  }
  return history;
}

test(
  `the product agrees with a second opinion on ${histories} random histories`,
  { timeout: 900_000 },
  async () => {
    for (let run = 0; run < histories; run += 1) {
      const history = randomHistory(seed + run);
      if ((await differences(history)).length === 0) continue;
      const short = await shortened(history);
      throw new Error(
        `SEED=${seed + run} HISTORIES=1: ${(await differences(short)).join('; ')}\n${JSON.stringify(short)}`,
      );
    }
  },
);

const program = (component: object) => ({
  currency: 'USD',
  firstPeriod: '2026-01',
  versions: [
    {
      effective: '2026-01-01',
      components: [{ code: 'comm', method: { type: 'percent' as const, percent: '10' }, ...component }],
    },
  ],
});
const invoice = { on: '2026-01-10', type: 'invoice', id: 'I1', partner: 'P1', netMinor: 1000 };
const close = (period: string) => ({ on: '2026-12-31', type: 'close', period });
const history = (component: object, events: readonly HistoryEvent[]) => ({
  id: 'found',
  title: 'a rule that the second opinion found',
  program: program(component),
  events,
});

describe('rules that random histories found broken', () => {
  test('an adjustment below zero in a window without sales is not a negative provision', async () => {
    const adjust = {
      on: '2026-01-31',
      type: 'adjust',
      component: 'comm',
      partner: 'P1',
      period: '2026-01',
      amountMinor: -30,
    };
    const found = history({ window: 'year', settle: 'year', provision: { expectedPercent: '5' } }, [
      adjust,
      close('2026-01'),
    ]);
    // Provided is the larger one of the earned −30 and 5 % of nothing.
    expect(secondOutcome(found).periods[0]).toMatchObject({
      provided: [],
      accounts: { USD: { provision: -30, accrued: 30 } },
    });
    expect(await differences(found)).toEqual([]);
  });

  test('a sale that was paid, credited in full too late and refunded keeps what was released', async () => {
    const payment = { on: '2026-01-20', type: 'payment', id: 'Z1', doc: 'I1', amountMinor: 1000 };
    const credit = { on: '2026-03-20', type: 'credit', id: 'K1', of: 'I1', netMinor: 1000 };
    const refund = { on: '2026-03-21', type: 'payment', id: 'Z2', doc: 'I1', amountMinor: -1000 };
    const found = history({ release: 'payment', clawbackDays: 30 }, [
      invoice,
      payment,
      close('2026-01'),
      close('2026-02'),
      credit,
      refund,
      close('2026-03'),
    ]);
    expect(secondOutcome(found).periods.map(({ earned }) => earned.length)).toEqual([1, 0, 0]);
    expect(await differences(found)).toEqual([]);
  });

  test('a dispute holds its line also after a merge has pooled its bucket', async () => {
    const disputed = history({ window: 'year' }, [
      invoice,
      close('2026-01'),
      { on: '2026-02-03', type: 'dispute_open', id: 'D1', partner: 'P1', component: 'comm', doc: 'I1' },
      { on: '2026-02-04', type: 'merge', from: 'P1', into: 'P2', windows: 'pool' },
      { on: '2026-02-05', type: 'payout', id: 'B1' },
    ]);
    expect(secondOutcome(disputed).payouts).toEqual([{ id: 'B1', items: [], carried: [] }]);
    expect(await differences(disputed)).toEqual([]);
  });

  test('a reissue that has its new booking date uses the exchange rate of that date', async () => {
    const sale = { ...invoice, currency: 'EUR' };
    const rate = { type: 'fx', pair: 'EUR/USD', from: '2025-01-01' };
    const plain = history({ payIn: 'program' }, [
      { ...rate, on: '2026-01-01', rate: '1' },
      sale,
      close('2026-01'),
      { ...rate, on: '2026-02-01', rate: '2' },
      { ...sale, on: '2026-02-10', id: 'I1r', replaces: 'I1' },
      close('2026-02'),
    ]);
    const reissued = { ...plain, program: { ...plain.program, settings: { reissueDate: 'own' as const } } };
    // 10 % of 1,000 at rate 1 in January; gone in February, when 10 % of 1,000 at rate 2 is earned.
    expect(secondOutcome(reissued).periods[1]).toMatchObject({ accounts: { USD: { expense: 100 } } });
    expect(await differences(reissued)).toEqual([]);
  });

  test('a bucket that a merge has pooled is settled in its channel before it is calculated again', async () => {
    const merged = history({ window: 'year', channel: 'credit_memo' }, [
      invoice,
      close('2026-01'),
      { on: '2026-02-04', type: 'merge', from: 'P1', into: 'P2', windows: 'pool' },
      { on: '2026-02-05', type: 'payout', id: 'B1' },
    ]);
    const items = [{ payee: 'P2', currency: 'USD', channel: 'credit_memo', amountMinor: 100 }];
    expect(secondOutcome(merged).payouts).toEqual([{ id: 'B1', items, carried: [] }]);
    expect(await differences(merged)).toEqual([]);
  });
});
