import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { currencyDigits, readAmount } from '#connectors/files/amount.ts';
import { readCsvRows } from '#connectors/files/csv-rows.ts';
import {
  invoiceColumns,
  readHeader,
  readInvoice,
  type InvoiceColumn,
} from '#connectors/files/invoice-row.ts';

describe('an amount', () => {
  test.each<[string, number, string]>([
    ['1234.5', 2, '1234.50'],
    ['1234,5', 2, '1234.50'],
    [' 7 ', 2, '7.00'],
    ['007', 2, '7.00'],
    ['0', 2, '0.00'],
    ['00', 0, '0'],
    ['12.00', 0, '12'],
    ['1234.340', 2, '1234.34'],
    ['1.234', 3, '1.234'],
    ['0.234', 3, '0.234'],
    ['0,234', 3, '0.234'],
    ['1,234.50', 2, '1234.50'],
    ['1.234,50', 2, '1234.50'],
    ['1 234,50', 2, '1234.50'],
    ['1\u00a0234.5', 2, '1234.50'],
    ['1\u202f234', 2, '1234.00'],
    ["1'234'567.8", 2, '1234567.80'],
    ['1’234.5', 2, '1234.50'],
    ['1,234,567', 2, '1234567.00'],
    ['1.234.567', 0, '1234567'],
    ['1234.567', 3, '1234.567'],
    ['999999999999999', 2, '999999999999999.00'],
  ])('written %j with %i decimals is %s', (text, digits, amount) => {
    expect(readAmount(text, digits)).toEqual({ ok: true, amount });
  });

  const negative = 'Write the amount without a sign and set kind to credit_memo.';
  const twoWays = 'Write the amount without thousands separators and with its decimals, such as 1234.00.';
  const digitsOnly = 'Write digits with a decimal point, such as 1234.50.';
  test.each<[string, number, string, string, string]>([
    ['-5', 2, 'amount_negative', '"-5" is negative.', negative],
    ['−5', 2, 'amount_negative', '"−5" is negative.', negative],
    ['(5)', 2, 'amount_negative', '"(5)" is negative.', negative],
    ['5-', 2, 'amount_negative', '"5-" is negative.', negative],
    ['1,234', 2, 'amount_unreadable', '"1,234" can be read in two ways.', twoWays],
    ['1.234', 2, 'amount_unreadable', '"1.234" can be read in two ways.', twoWays],
    ['999.234', 0, 'amount_unreadable', '"999.234" can be read in two ways.', twoWays],
    ['1,234', 3, 'amount_unreadable', '"1,234" can be read in two ways.', twoWays],
    ['1,234,567,8', 2, 'amount_unreadable', '"1,234,567,8" is not an amount.', digitsOnly],
    ['1,234.567.8', 2, 'amount_unreadable', '"1,234.567.8" is not an amount.', digitsOnly],
    ['1e3', 2, 'amount_unreadable', '"1e3" is not an amount.', digitsOnly],
    ['', 2, 'amount_unreadable', '"" is not an amount.', digitsOnly],
    ['5.', 2, 'amount_unreadable', '"5." is not an amount.', digitsOnly],
    ['12.345', 2, 'amount_unreadable', '"12.345" can be read in two ways.', twoWays],
    [
      '0.345',
      2,
      'amount_too_precise',
      '"0.345" has more decimals than its currency.',
      'Round the amount to 2 decimals.',
    ],
    [
      '5.5',
      0,
      'amount_too_precise',
      '"5.5" has more decimals than its currency.',
      'Round the amount to 0 decimals.',
    ],
    [
      '1234567890123456',
      2,
      'amount_too_large',
      'The amount "1234567890123456" is too large.',
      'Write at most 15 digits before the decimal point.',
    ],
    [
      '123456789012345',
      3,
      'amount_too_large',
      'The amount "123456789012345" is too large.',
      'Write at most 14 digits before the decimal point.',
    ],
  ])('written %j with %i decimals is refused as %s', (text, digits, code, message, fix) => {
    expect(readAmount(text, digits)).toEqual({ ok: false, code, message, fix });
  });

  test.each([
    ['USD', 2],
    ['JPY', 0],
    ['KWD', 3],
    ['usd', null],
    ['XXQ', null],
    ['', null],
  ])('in %j has %j decimals', (currency, digits) => {
    expect(currencyDigits(currency)).toBe(digits);
  });
});

describe('the header of an invoice file', () => {
  test('may have its columns in any order, letter case and spelling of gaps, and others between them', () => {
    const cells = [
      ' Amount',
      'notes',
      'Invoice Number',
      'KIND',
      'partner-code',
      'customer  name',
      'currency',
      'issued_on',
      'paid on',
      'applies-to',
    ];
    expect(readHeader(cells)).toEqual({
      ok: true,
      layout: {
        width: 10,
        at: {
          invoice_number: 2,
          kind: 3,
          partner_code: 4,
          customer_name: 5,
          currency: 6,
          amount: 0,
          issued_on: 7,
          paid_on: 8,
          applies_to: 9,
        },
      },
    });
  });

  test('names every column that it lacks, and the whole header to export', () => {
    expect(readHeader(invoiceColumns.filter((column) => column !== 'kind' && column !== 'paid_on'))).toEqual({
      ok: false,
      problem: {
        code: 'column_missing',
        message: 'The header does not have kind, paid_on.',
        fix: 'Export the file as UTF-8 with the header invoice_number,kind,partner_code,customer_name,currency,amount,issued_on,paid_on,applies_to.',
        fields: ['kind', 'paid_on'],
      },
    });
  });
});

describe('a row of an invoice file', () => {
  const header = readHeader(invoiceColumns);
  if (!header.ok) throw new Error('The columns make a header.');
  const { layout } = header;
  const good: Readonly<Record<InvoiceColumn, string>> = {
    invoice_number: ' INV-1 ',
    kind: 'Invoice',
    partner_code: 'P-7',
    customer_name: 'Acme',
    currency: 'usd',
    amount: '1234,5',
    issued_on: '2026-03-10',
    paid_on: '',
    applies_to: ' ',
  };
  const read = (changes: Partial<Record<InvoiceColumn, string>> = {}) =>
    readInvoice(
      invoiceColumns.map((column) => ({ ...good, ...changes })[column]),
      layout,
    );

  test('is read with its texts trimmed, its codes in one case and its empty cells as null', () => {
    expect(read()).toEqual({
      ok: true,
      number: 'INV-1',
      fields: {
        invoice_number: 'INV-1',
        kind: 'invoice',
        partner_code: 'P-7',
        customer_name: 'Acme',
        currency: 'USD',
        amount: '1234.50',
        issued_on: '2026-03-10',
        paid_on: null,
        applies_to: null,
      },
    });
    expect(read({ kind: 'CREDIT_MEMO', paid_on: '2026-04-01', applies_to: 'INV-0' })).toMatchObject({
      fields: { kind: 'credit_memo', paid_on: '2026-04-01', applies_to: 'INV-0' },
    });
  });

  test.each<[Partial<Record<InvoiceColumn, string>>, string, string, string, (readonly string[])?]>([
    [
      { invoice_number: ' ' },
      'value_missing',
      'The row has no invoice_number.',
      'Fill in invoice_number.',
      ['invoice_number'],
    ],
    [
      { partner_code: '' },
      'value_missing',
      'The row has no partner_code.',
      'Fill in partner_code.',
      ['partner_code'],
    ],
    [
      { kind: 'Refund' },
      'kind_unknown',
      '"Refund" is not a kind of document.',
      'Set kind to invoice or credit_memo.',
      ['kind'],
    ],
    [
      { currency: 'Euro' },
      'currency_unknown',
      '"Euro" is not a currency.',
      'Set currency to an ISO 4217 code such as USD.',
      ['currency'],
    ],
    [
      { amount: '-5' },
      'amount_negative',
      '"-5" is negative.',
      'Write the amount without a sign and set kind to credit_memo.',
      ['amount'],
    ],
    [
      { issued_on: '' },
      'date_unreadable',
      '"" is not a date.',
      'Write issued_on as YYYY-MM-DD.',
      ['issued_on'],
    ],
    [
      { issued_on: '2026-02-30' },
      'date_unreadable',
      '"2026-02-30" is not a date.',
      'Write issued_on as YYYY-MM-DD.',
      ['issued_on'],
    ],
    [
      { paid_on: '01/02/2026' },
      'date_unreadable',
      '"01/02/2026" is not a date.',
      'Write paid_on as YYYY-MM-DD.',
      ['paid_on'],
    ],
    [
      { customer_name: 'A\u0000B' },
      'character_unreadable',
      'The row holds a control character or half a character.',
      'Remove it in the ERP, or export the file as UTF-8 text.',
    ],
    [
      { customer_name: 'A\ud800B' },
      'character_unreadable',
      'The row holds a control character or half a character.',
      'Remove it in the ERP, or export the file as UTF-8 text.',
    ],
  ])('with %j is refused as %s', (changes, code, message, fix, fields) => {
    expect(read(changes)).toEqual({ ok: false, problem: { code, message, fix, ...(fields && { fields }) } });
  });

  test('may hold tabs and line breaks', () => {
    expect(read({ customer_name: 'A\tB\r\nC' })).toMatchObject({
      ok: true,
      fields: { customer_name: 'A\tB\r\nC' },
    });
  });

  test('that is not whole is refused before its cells are read', () => {
    expect(readInvoice(null, layout)).toEqual({
      ok: false,
      problem: {
        code: 'row_unreadable',
        message: 'The quotes in this row do not match.',
        fix: 'Close every quote, and double a quote inside a quoted cell.',
      },
    });
    expect(readInvoice(['INV-1', 'x'], layout)).toEqual({
      ok: false,
      problem: {
        code: 'column_count',
        message: 'The row has 2 cells; the header has 9.',
        fix: 'Quote cells that contain the separator, and give every row as many cells as the header.',
      },
    });
  });
});

describe('the rows of a CSV file', () => {
  async function rowsOf(text: string) {
    const folder = mkdtempSync(join(tmpdir(), 'csv-'));
    try {
      const file = join(folder, 'invoices.csv');
      writeFileSync(file, text);
      const blocks: (readonly [number, readonly string[] | null])[][] = [];
      for await (const rows of readCsvRows(file)) blocks.push(rows.map(({ line, cells }) => [line, cells]));
      return blocks;
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  const rows = async (text: string) => (await rowsOf(text)).flat();

  test.each([',', ';', '\t'])('are separated as the header is: %j', async (separator) => {
    expect(await rows(`a${separator}b\n1${separator}2\n`)).toEqual([
      [1, ['a', 'b']],
      [2, ['1', '2']],
    ]);
  });

  test('are separated by commas where the header could have either', async () => {
    expect(await rows('a,b;c\n')).toEqual([[1, ['a', 'b;c']]]);
    expect(await rows('a\n1;2\n')).toEqual([
      [1, ['a']],
      [2, ['1;2']],
    ]);
  });

  test('have their line numbers, without a byte order mark and without blank lines', async () => {
    expect(await rows('\uFEFF\n \na,b\r\n\r\n1,2\r\n')).toEqual([
      [3, ['a', 'b']],
      [5, ['1', '2']],
    ]);
    expect(await rows('')).toEqual([]);
  });

  test('may hold a cell over several lines', async () => {
    expect(await rows('a,b\n1,"x\ny\nz"\n2,3\n')).toEqual([
      [1, ['a', 'b']],
      [2, ['1', 'x\ny\nz']],
      [5, ['2', '3']],
    ]);
    expect(await rows('a,b\n1,"say ""hi"""\n')).toEqual([
      [1, ['a', 'b']],
      [2, ['1', 'say "hi"']],
    ]);
  });

  test('lose only the line of a stray quote', async () => {
    expect(await rows('a,b\n1,5" pipe\n2,3\n"4,x\n5,6\n')).toEqual([
      [1, ['a', 'b']],
      [2, ['1', '5" pipe']],
      [3, ['2', '3']],
      [4, null],
      [5, ['5', '6']],
    ]);
  });

  test('are not joined to a row that is wider than the header', async () => {
    expect(await rows('a,b\n1,"x\n2,3"\n4,5\n')).toEqual([
      [1, ['a', 'b']],
      [2, ['1', 'x\n2,3']],
      [4, ['4', '5']],
    ]);
    expect((await rows('a,b\n1,"x\n2,"y",3\n4,5\n')).map(([line]) => line)).toEqual([1, 2, 3, 4]);
  });

  test.each([
    [19, true],
    [20, false],
  ])('may hold a cell of %i more lines: %s', async (more, isJoined) => {
    const cell = `"x${'\ny'.repeat(more)}"`;
    const found = await rows(`a,b\n1,${cell}\n2,3\n`);
    expect(found.at(-1)).toEqual([more + 3, ['2', '3']]);
    expect(found[1]).toEqual([2, isJoined ? ['1', `x${'\ny'.repeat(more)}`] : null]);
    expect(found.length).toBe(isJoined ? 3 : more + 3);
  });

  test('come in blocks, and a cell that crosses the end of one stays whole', async () => {
    const lines = Array.from({ length: 1998 }, (_, n) => `${n},x`);
    const blocks = await rowsOf(`a,b\n${lines.join('\n')}\n1,"y\nz"\n2,3\n`);
    expect(blocks.map((block) => block.length)).toEqual([1999, 2]);
    expect(blocks[1]).toEqual([
      [2000, ['1', 'y\nz']],
      [2002, ['2', '3']],
    ]);
    expect(blocks[0]?.[0]).toEqual([1, ['a', 'b']]);
  });

  test('of a file of exactly one block come once', async () => {
    const blocks = await rowsOf(`a,b\n${Array.from({ length: 1999 }, () => '1,2').join('\n')}\n`);
    expect(blocks.map((block) => block.length)).toEqual([2000, 0]);
  });
});
