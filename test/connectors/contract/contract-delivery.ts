import { expect, it } from 'vitest';
import type { Payout, PayoutBatchContent } from '#connectors/contract/erp.ts';
import type { ErpReady } from './contract-state.ts';

const payout = (n: number): Payout => ({
  key: `2026-10:P-000${n}:USD`,
  period: '2026-10',
  partnerCode: `P-000${n}`,
  partnerName: `Partner ${n}`,
  currency: 'USD',
  amountMinor: 123_450n + BigInt(n),
  lineCount: 3,
});
const batchOf = (payouts: readonly Payout[], draft = false): PayoutBatchContent => ({
  key: '2026-10-USD',
  draft,
  payouts,
});
const payable = ({ key, partnerCode, currency, amountMinor }: Payout) => ({
  key,
  partnerCode,
  currency,
  amountMinor,
});

export function testDelivery(ready: () => ErpReady): void {
  const payables = async () =>
    [...(await ready().subject.payable())].toSorted((a, b) => (a.key < b.key ? -1 : 1));

  it('makes no payout of a draft payable', async () => {
    await ready().connector.deliverPayouts(batchOf([payout(1), payout(2)], true));
    expect(await payables()).toEqual([]);
  });

  it('refuses a payout it cannot pay, with the reason and the fix', async () => {
    const { connector, subject } = ready();
    const [outcome] = await connector.deliverPayouts(batchOf([subject.refused.payout]));
    expect(outcome).toMatchObject({
      key: subject.refused.payout.key,
      ok: false,
      failure: {
        code: subject.refused.code,
        message: expect.stringMatching(/\w/),
        fix: expect.stringMatching(/\w/),
      },
    });
    expect(await payables()).toEqual([]);
  });

  it('delivers every payout with its exact amount, and answers once for each', async () => {
    const outcomes = await ready().connector.deliverPayouts(batchOf([payout(2), payout(1)]));
    expect(outcomes).toHaveLength(2);
    expect(new Map(outcomes.map(({ key, ok }) => [key, ok]))).toEqual(
      new Map([
        [payout(1).key, true],
        [payout(2).key, true],
      ]),
    );
    expect(await payables()).toEqual([payable(payout(1)), payable(payout(2))]);
  });

  it('makes nothing payable twice when a batch is delivered again', async () => {
    const outcomes = await ready().connector.deliverPayouts(batchOf([payout(1), payout(2)]));
    expect(outcomes.every(({ ok }) => ok)).toBe(true);
    expect(await payables()).toEqual([payable(payout(1)), payable(payout(2))]);
  });
}
