import { expect, test } from 'vitest';
import { playHistory } from './random-history.ts';

test('a currency in which a period moved nothing in the end is left out of its accounts', () => {
  const lines = [{ netMinor: 10_000, qty: 1, product: 'sw' }];
  const { reports } = playHistory(
    { components: [{ method: { type: 'percent', percent: '10' } }], settings: {} },
    [
      { type: 'invoice', id: 'I1', partner: 'P1', lines, on: '2026-01-05', date: '2026-01-05' },
      // The calculation posts what the credit memo of the same month then takes back.
      { type: 'run', on: '2026-01-06' },
      {
        type: 'credit',
        id: 'K1',
        of: 'I1',
        partner: 'P1',
        netMinor: 10_000,
        on: '2026-01-20',
        date: '2026-01-20',
      },
      { type: 'run', on: '2026-01-21' },
      { type: 'close', period: '2026-01', on: '2026-02-03' },
    ],
  );
  expect(reports.map(({ accounts }) => accounts)).toEqual([{}]);
});
