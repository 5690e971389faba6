import { describe, expect, it } from 'vitest';
import { inFileOrder } from '#connectors/files/file-order.ts';

describe('the order of files', () => {
  it.each([
    [['invoices-9.csv', 'invoices-10.csv']],
    [['us-2026-10-05.csv', 'de-2026-11-05.csv']],
    [['b-20261005.csv', 'a-20261105-0300.csv', 'a-20261105-1200.csv']],
    [['b-2026-09.csv', 'a-2026-10.csv', 'a-2026-10-02.csv']],
    [['2026-11-9.csv', '2026-11-10.csv']],
    [['invoices.csv', 'invoices-2026-01-01.csv']],
    [['a.csv', 'B.csv', 'c.csv']],
    [['order-120261005-1.csv', 'order-120261005-2.csv']],
  ])('%j', (names) => {
    expect(names.toReversed().toSorted(inFileOrder)).toEqual(names);
  });
});
