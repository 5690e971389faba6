import { readAmount } from '#connectors/files/cells/amount.ts';
import { describe, expect, it } from 'vitest';
import { Folders, header, row } from './folders.ts';

const first = row({ invoice_number: 'INV-A' });
const last = row({ invoice_number: 'INV-Z' });

describe('one bad row costs that row and nothing else', () => {
  it.each([
    ['an empty number', row({ invoice_number: '' }), 'value_missing'],
    ['an empty partner code', row({ partner_code: ' ' }), 'value_missing'],
    ['an unknown kind', row({ kind: 'order' }), 'kind_unknown'],
    ['an unknown currency', row({ currency: 'US$' }), 'currency_unknown'],
    ['no amount', row({ amount: '' }), 'amount_unreadable'],
    ['an amount in words', row({ amount: 'ten' }), 'amount_unreadable'],
    ['a negative amount', row({ amount: '-5.00' }), 'amount_negative'],
    ['a fraction of a cent', row({ amount: '12.3456' }), 'amount_too_precise'],
    ['a date of another country', row({ issued_on: '05.10.2026' }), 'date_unreadable'],
    ['a day that does not exist', row({ issued_on: '2026-02-30' }), 'date_unreadable'],
    ['an unreadable day of payment', row({ paid_on: 'yes' }), 'date_unreadable'],
    ['a cell too few', row().replace(/,[^,]*$/, ''), 'column_count'],
    ['a cell too many', `${row()},more`, 'column_count'],
    ['an unquoted separator in a name', row({ customer_name: 'Acme, Inc' }), 'column_count'],
    ['a NUL', row({ customer_name: 'Ac\u0000me' }), 'character_unreadable'],
    ['a control character', row({ invoice_number: 'INV-\u001b1' }), 'character_unreadable'],
    ['a quote that never closes', row({ customer_name: '"Acme' }), 'row_unreadable'],
  ])('%s', async (_, bad, code) => {
    using folders = new Folders();
    folders.drop('a.csv', [first, bad, last]);
    const [page] = await folders.pull();
    expect(page?.records.map((record) => record.extId)).toEqual(['INV-A', 'INV-Z']);
    expect(page?.problems).toMatchObject([
      { ref: 'a.csv:3', failure: { class: 'validation', code, fix: expect.stringMatching(/\w+/) } },
    ]);
  });

  it('an amount that reads in two ways is refused, unless the other rows of its column decide', async () => {
    using folders = new Folders();
    const ambiguous = row({ amount: '"1,234"' });
    folders.drop('a.csv', [ambiguous, row({ invoice_number: 'INV-A', amount: '7' })]);
    const [page] = await folders.pull();
    expect(page?.records.map((record) => record.extId)).toEqual(['INV-A']);
    expect(page?.problems).toMatchObject([{ ref: 'a.csv:2', failure: { code: 'amount_unreadable' } }]);
    folders.drop('a.csv', [ambiguous, first]);
    const [decided] = await folders.pull();
    expect(decided?.records).toMatchObject([{ fields: { amount: '1234.00' } }, { extId: 'INV-A' }]);
    expect(decided).not.toHaveProperty('problems');
    // Where the other rows disagree, nothing is decided.
    folders.drop('a.csv', [ambiguous, first, row({ invoice_number: 'INV-B', amount: '"10,50"' })]);
    expect((await folders.pull())[0]?.problems).toMatchObject([{ ref: 'a.csv:2' }]);
  });

  it('a stray quote does not hide the rows up to the next quote', async () => {
    using folders = new Folders();
    folders.drop('a.csv', [
      row({ customer_name: '"Acme', invoice_number: 'BAD' }),
      first,
      row({ customer_name: '"Foo, Inc"', invoice_number: 'INV-M' }),
      last,
    ]);
    const [page] = await folders.pull();
    expect(page?.records.map((record) => record.extId)).toEqual(['INV-A', 'INV-M', 'INV-Z']);
    expect(page?.problems).toMatchObject([{ ref: 'a.csv:2' }]);
  });

  it('a quote inside an unquoted name is a quote', async () => {
    using folders = new Folders();
    folders.drop('a.csv', [row({ customer_name: 'Acme 5" Disks' }), last]);
    const [page] = await folders.pull();
    expect(page).not.toHaveProperty('problems');
    expect(page?.records).toMatchObject([{ fields: { customer_name: 'Acme 5" Disks' } }, { extId: 'INV-Z' }]);
  });

  it('reports the right line after cells that span lines, across the blocks of a file', async () => {
    using folders = new Folders();
    const twoLines = Array.from({ length: 1500 }, (_, n) =>
      row({ invoice_number: `INV-${n}`, customer_name: '"Acme\nCorp"' }),
    );
    folders.drop('a.csv', [...twoLines, row({ kind: 'order' }), last]);
    const pages = await folders.pull();
    expect(pages.flatMap((page) => page.records)).toHaveLength(1501);
    expect(pages[0]?.problems).toMatchObject([{ ref: 'a.csv:3002' }]);
  });
});

describe('a bad file costs that file and nothing else', () => {
  it.each([
    ['lacks a column', header.replace(',amount', ''), 'column_missing', /does not have amount\./],
    ['is empty', '', 'file_empty', /no header/],
    [
      'is not text',
      Buffer.from([0xff, 0xfe, 0x00, 0x22, 0x0a, 0x00]),
      'column_missing',
      /does not have invoice_number/,
    ],
  ])('one that %s', async (_, content, code, message) => {
    using folders = new Folders();
    folders.dropText('a.csv', content);
    folders.drop('b.csv', [first]);
    const [page] = await folders.pull();
    expect(page?.records.map((record) => record.extId)).toEqual(['INV-A']);
    expect(page?.problems).toMatchObject([
      { ref: 'a.csv:1', failure: { code, message: expect.stringMatching(message) } },
    ]);
  });

  it('one with only bad rows is reported with its first thousand rows', async () => {
    using folders = new Folders();
    folders.drop(
      'a.csv',
      Array.from({ length: 1200 }, () => row({ amount: 'x' })),
    );
    const [page] = await folders.pull();
    expect(page?.problems).toHaveLength(1001);
    expect(page?.problems?.at(-1)).toMatchObject({
      ref: 'a.csv',
      failure: { message: '200 more rows of this file could not be read.' },
    });
  });
});

describe('amounts', () => {
  it.each([
    ['1234.5', '1234.50'],
    ['1234,50', '1234.50'],
    ['1,234.50', '1234.50'],
    ['1.234,50', '1234.50'],
    ["1'234'567.80", '1234567.80'],
    ['1 234,50', '1234.50'],
    ['1,234,567', '1234567.00'],
    ['1234.500', '1234.50'],
    ['0', '0.00'],
  ])('%s is %s', (text, amount) => {
    expect(readAmount(text, 2)).toEqual({ ok: true, amount });
  });

  it.each([
    '1,234',
    '1.234',
    '12.345',
    '1,23,456.00',
    '1,234,56',
    '1.234.50',
    '12 USD',
    '$12',
    '1e5',
    '٣',
    '9'.repeat(16),
  ])('%s is refused', (text) => {
    expect(readAmount(text, 2)).toMatchObject({ ok: false, fix: expect.stringMatching(/\w/) });
  });

  it('have the decimals of their currency', () => {
    expect(readAmount('1.234', 3)).toEqual({ ok: true, amount: '1.234' });
    expect(readAmount('1234', 0)).toEqual({ ok: true, amount: '1234' });
    expect(readAmount('1234.5', 0)).toMatchObject({ ok: false, code: 'amount_too_precise' });
  });
});
