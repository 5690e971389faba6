import type { Payout } from '#connectors/contract/erp.ts';
import { ConnectorError } from '#connectors/contract/failures.ts';
import { payoutColumns, payoutFile } from '#connectors/files/payout-file.ts';
import { describe, expect, it } from 'vitest';

const payout: Payout = {
  key: 'PO-2026-10-7',
  period: '2026-10',
  partnerCode: 'ACME',
  partnerName: 'Acme GmbH',
  currency: 'EUR',
  amountMinor: 123_450n,
  lineCount: 2,
};
const fileOf = (...payouts: readonly Partial<Payout>[]) =>
  payoutFile({ key: '2026-10.1', draft: false, payouts: payouts.map((given) => ({ ...payout, ...given })) });
const cellsOf = (given: Partial<Payout>) => fileOf(given).text.split('\r\n')[1]?.split(',');

function refusalOf(given: Partial<Payout>, key = '2026-10.1') {
  try {
    payoutFile({ key, draft: false, payouts: [{ ...payout, ...given }] });
  } catch (error) {
    if (error instanceof ConnectorError) return error.failure;
    throw error;
  }
  return null;
}

describe('a payout file', () => {
  it('has a row of column names and a row for each payout, each ended as in Windows', () => {
    expect(fileOf({})).toEqual({
      name: 'payouts-2026-10.1.csv',
      mediaType: 'text/csv; charset=utf-8',
      text:
        'payout_key,batch,period,partner_code,partner_name,currency,amount,line_count\r\n' +
        'PO-2026-10-7,2026-10.1,2026-10,ACME,Acme GmbH,EUR,1234.50,2\r\n',
    });
    expect(payoutColumns).toHaveLength(8);
  });

  it('says of a draft that it is one, in its name and in each row', () => {
    const draft = payoutFile({ key: '2026-10.1', draft: true, payouts: [payout] });
    expect(draft.name).toBe('payouts-2026-10.1.draft.csv');
    expect(draft.text.split('\r\n')[1]).toContain(',2026-10.1.draft,');
  });

  it('is sorted by key in any order of the payouts', () => {
    const keys = ['B', 'a', 'A', 'C', 'B2', 'B'];
    const rows = fileOf(...keys.map((key) => ({ key })))
      .text.trim()
      .split('\r\n');
    expect(rows.slice(1).map((row) => row.split(',')[0])).toEqual(['A', 'B', 'B', 'B2', 'C', 'a']);
  });

  it('keeps the given order of payouts with the same key', () => {
    const rows = fileOf({ lineCount: 1 }, { lineCount: 2 }, { lineCount: 3 }).text.trim().split('\r\n');
    expect(rows.slice(1).map((row) => row.split(',').at(-1))).toEqual(['1', '2', '3']);
  });

  it('without a payout has only the column names', () => {
    expect(fileOf().text).toBe(`${payoutColumns.join(',')}\r\n`);
  });

  it.each<[Partial<Payout>, string]>([
    [{ amountMinor: -500n }, '-5.00'],
    [{ amountMinor: 0n }, '0.00'],
    [{ amountMinor: 500n, currency: 'JPY' }, '500'],
    [{ amountMinor: 500n, currency: 'KWD' }, '0.500'],
  ])('writes the amount of %o as the number %s', (given, amount) => {
    expect(cellsOf(given)?.[6]).toBe(amount);
  });

  it.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@x', "'@x"],
    ['＝1', "'＝1"],
    ['＋1', "'＋1"],
    ['－1', "'－1"],
    ['＠x', "'＠x"],
    ['A=1', 'A=1'],
    ['A\tB', 'A B'],
    ['A\r\n\r\nB', 'A B'],
    ['Müller & Söhne', 'Müller & Söhne'],
  ])('writes the partner name %j as %s, which no spreadsheet runs', (partnerName, cell) => {
    expect(cellsOf({ partnerName })?.[4]).toBe(cell);
    expect(cellsOf({ partnerCode: partnerName })?.[3]).toBe(cell);
  });

  it('quotes a name with a comma or a quotation mark', () => {
    expect(fileOf({ partnerName: 'A, "B"' }).text).toContain(',"A, ""B""",EUR,');
  });

  it.each<[Partial<Payout>, string, string]>([
    [{ period: '2026-1' }, 'period is not a month such as 2026-10', 'period'],
    [{ period: '2026-10-01' }, 'period is not a month such as 2026-10', 'period'],
    [{ period: 'x2026-10' }, 'period is not a month such as 2026-10', 'period'],
    [{ partnerCode: ' ' }, 'partner_code is empty', 'partner_code'],
    [{ partnerName: '' }, 'partner_name is empty', 'partner_name'],
    [{ lineCount: -1 }, 'line_count is not a whole number', 'line_count'],
    [{ lineCount: 1.5 }, 'line_count is not a whole number', 'line_count'],
    [
      { partnerCode: '', lineCount: -1 },
      'partner_code is empty; line_count is not a whole number',
      'partner_code, line_count',
    ],
  ])('is refused for %o', (given, what, fields) => {
    expect(refusalOf(given)).toEqual({
      class: 'validation',
      code: 'payout_row_invalid',
      message: `PO-2026-10-7: ${what}.`,
      fix: `Correct ${fields}; docs/erp/payout-files.md describes each column.`,
      fields: fields.split(', '),
    });
  });

  it.each([
    ['2026-10.1', false],
    ['a'.repeat(80), false],
    ['a'.repeat(81), true],
    ['', true],
    ['../2026-10', true],
    ['.hidden', true],
    ['a/b', true],
    ['a b', true],
  ])('of the batch %j is refused: %j', (key, refused) => {
    expect(refusalOf({}, key) !== null).toBe(refused);
    if (refused) expect(refusalOf({}, key)?.message).toBe('PO-2026-10-7: batch is not a plain file name.');
  });

  it('is refused for a currency that has no known number of places', () => {
    expect(refusalOf({ currency: 'EURO' })).toMatchObject({
      class: 'validation',
      code: 'payout_amount_invalid',
      fix: 'Correct the amount or its currency.',
      fields: ['amount', 'currency'],
    });
    expect(refusalOf({ currency: 'EURO' })?.message).toMatch(/^PO-2026-10-7: \S/);
  });
});
