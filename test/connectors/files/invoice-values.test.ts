import { describe, expect, test } from 'vitest';
import { currencyDigits, readAmount, shownMark } from '#connectors/files/cells/amount.ts';
import { readCsvRows } from '#connectors/contract/text/csv-rows.ts';
import { readFileText } from '#connectors/contract/text/file-text.ts';
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

  test.each<[string, string, number, string | null]>([
    ['1,234', '10.50', 2, '1234.00'],
    ['1.234', '10,50', 2, '1234.00'],
    ['1,234', '1,234,567', 0, '1234'],
    ['1.234', '1234,567', 3, '1234.000'],
    ['1,234', '1234,567', 3, '1.234'],
    ['1,234', '2,345', 2, null],
    ['1,234', '7', 2, null],
    ['1.234', '10.50', 2, null],
  ])('written %j beside %j, with %i decimals, is %j', (text, other, digits, amount) => {
    const reading = readAmount(text, digits, shownMark(other));
    expect(reading.ok ? reading.amount : null).toBe(amount);
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
      header: {
        width: 10,
        unnamed: [],
        companyColumn: null,
        at: new Map(
          [
            'amount',
            'notes',
            'invoice_number',
            'kind',
            'partner_code',
            'customer_name',
            'currency',
            'issued_on',
            'paid_on',
            'applies_to',
          ].map((name, index) => [name, index]),
        ),
      },
    });
  });

  test('has no name twice, in any letter case and width', () => {
    expect(readHeader([...invoiceColumns, 'note', 'ＮＯＴＥ'])).toMatchObject({
      ok: false,
      problem: { code: 'column_repeated', fields: ['note'] },
    });
    expect(readHeader([...invoiceColumns, '', ''])).toMatchObject({ ok: true });
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
  const found = readHeader(invoiceColumns);
  if (!found.ok) throw new Error('The columns make a header.');
  const { header } = found;
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
    readInvoice({ cells: invoiceColumns.map((column) => ({ ...good, ...changes })[column]) }, header);

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

  test.each<[Partial<Record<InvoiceColumn, string>>, RegExp]>([
    [{ invoice_number: 'RM-\uFFFD-100' }, /could not read/],
    [{ invoice_number: 'INV\u200B-1' }, /invisible character \(U\+200B\)/],
    [{ invoice_number: '\u{FEFF}INV-1' }, /invisible character \(U\+FEFF\)/],
    [{ applies_to: 'INV\u00AD-1' }, /invisible character/],
    [{ invoice_number: '2.02611E+11' }, /spreadsheet has replaced/],
    [{ applies_to: '2,02611e+11' }, /spreadsheet has replaced/],
    [{ partner_code: '1E5' }, /spreadsheet has replaced/],
    [{ partner_code: '#N/A' }, /spreadsheet has replaced/],
    [{ invoice_number: '="00123"' }, /formula or quotes/],
    [{ partner_code: '"P-7"' }, /formula or quotes/],
  ])('with the damaged key %j is refused', (changes, message) => {
    expect(read(changes)).toMatchObject({
      ok: false,
      problem: { code: 'key_damaged', message: expect.stringMatching(message), fields: Object.keys(changes) },
    });
  });

  test('has no date where the ERP writes one of its dates for none', () => {
    for (const paid_on of [
      '1900-01-01',
      '1899-12-30',
      '1753-01-01',
      '1970-01-01',
      '0001-01-01',
      '0000-00-00',
    ])
      expect(read({ paid_on })).toMatchObject({ ok: true, fields: { paid_on: null } });
    expect(read({ paid_on: '9999-12-31' })).toMatchObject({
      ok: true,
      openEnd: '9999-12-31',
      fields: { paid_on: null },
    });
    expect(read({ issued_on: '1900-01-01' })).toMatchObject({ ok: false, problem: { code: 'date_missing' } });
  });

  test('may hold tabs and line breaks', () => {
    expect(read({ customer_name: 'A\tB\r\nC' })).toMatchObject({
      ok: true,
      fields: { customer_name: 'A\tB\r\nC' },
    });
  });

  test('that is not whole is refused before its cells are read', () => {
    expect(readInvoice({ cells: null }, header)).toEqual({
      ok: false,
      problem: {
        code: 'row_unreadable',
        message: 'The quotes in this row do not match.',
        fix: 'Close every quote, and double a quote inside a quoted cell.',
      },
    });
    expect(readInvoice({ cells: ['INV-1', 'x'] }, header)).toEqual({
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
  const rows = (text: string) => {
    const bytes = new TextEncoder().encode(text);
    const read = readFileText(bytes, null);
    if (!read.ok) throw new Error(read.problem.message);
    return [...readCsvRows(read.lines)].map(({ line, cells }) => [line, cells]);
  };

  test.each([',', ';', '\t'])('are separated as the header is: %j', (separator) => {
    expect(rows(`a${separator}b\n1${separator}2\n`)).toEqual([
      [1, ['a', 'b']],
      [2, ['1', '2']],
    ]);
  });

  test('are separated by commas where the header could have either', () => {
    expect(rows('a,b;c\n')).toEqual([[1, ['a', 'b;c']]]);
    expect(rows('a\n1;2\n')).toEqual([
      [1, ['a']],
      [2, ['1;2']],
    ]);
  });

  test('have their line numbers, without a byte order mark and without blank lines', () => {
    expect(rows('\uFEFF\n \na,b\r\n\r\n1,2\r\n')).toEqual([
      [3, ['a', 'b']],
      [5, ['1', '2']],
    ]);
    expect(rows('')).toEqual([]);
  });

  test('may hold a cell over several lines', () => {
    expect(rows('a,b\n1,"x\ny\nz"\n2,3\n')).toEqual([
      [1, ['a', 'b']],
      [2, ['1', 'x\ny\nz']],
      [5, ['2', '3']],
    ]);
    expect(rows('a,b\n1,"say ""hi"""\n')).toEqual([
      [1, ['a', 'b']],
      [2, ['1', 'say "hi"']],
    ]);
  });

  test('lose only the line of a stray quote', () => {
    expect(rows('a,b\n1,5" pipe\n2,3\n"4,x\n5,6\n')).toEqual([
      [1, ['a', 'b']],
      [2, ['1', '5" pipe']],
      [3, ['2', '3']],
      [4, null],
      [5, ['5', '6']],
    ]);
  });

  test('are all refused where lines can be one row or several', () => {
    expect(rows('a,b\n1,"x\n2,3"\n4,5\n')).toEqual([
      [1, ['a', 'b']],
      [2, null],
      [3, null],
      [4, ['4', '5']],
    ]);
    // The same with a middle line: it could be a part of a name, or a row of its own.
    expect(rows('a,b,c\n1,"x,2\n3,4,5\n6,7",8\n9,9,9\n').map(([, cells]) => cells)).toEqual([
      ['a', 'b', 'c'],
      null,
      null,
      null,
      ['9', '9', '9'],
    ]);
  });

  test('keep a name that looks like a row inside its cell', () => {
    expect(rows('a,b,c\n1,"x\n7,7,7\ny",2\n')).toEqual([
      [1, ['a', 'b', 'c']],
      [2, ['1', 'x\n7,7,7\ny', '2']],
    ]);
    // With a cell too many, the lines inside the quotes are refused as well.
    expect(rows('a,b,c\n1,"x\n7,7,7\ny",2,3\n4,5,6\n').map(([, cells]) => cells)).toEqual([
      ['a', 'b', 'c'],
      null,
      null,
      null,
      ['4', '5', '6'],
    ]);
  });

  test('are not joined by a quote that does not close a cell', () => {
    expect(rows('a,b\n1,"x\n2,"y",3\n4,5\n')).toEqual([
      [1, ['a', 'b']],
      [2, null],
      [3, ['2', 'y', '3']],
      [4, ['4', '5']],
    ]);
  });

  test.each([
    [1_000, true],
    [20_001, false],
  ])('may hold a cell of %i more lines: %s', (more, isJoined) => {
    const found = rows(`a,b\n1,"x${'\ny'.repeat(more)}"\n2,3\n`);
    expect(found.at(-1)).toEqual([more + 3, ['2', '3']]);
    expect(found[1]).toEqual([2, isJoined ? ['1', `x${'\ny'.repeat(more)}`] : null]);
  });

  test('have the separator that a first line names', () => {
    expect(rows('sep=|\na,b|c\n1|2\n')).toEqual([
      [2, ['a,b', 'c']],
      [3, ['1', '2']],
    ]);
    expect(rows('"sep=;"\na;b\n')).toEqual([[2, ['a', 'b']]]);
  });

  test('end with a line feed; a carriage return ends them only in a file without line feeds', () => {
    expect(rows('a,b\r1,2\r')).toEqual([
      [1, ['a', 'b']],
      [2, ['1', '2']],
    ]);
    expect(rows('a,b\n1,2\r3,4\n5,6\n')).toEqual([
      [1, ['a', 'b']],
      [2, null],
      [3, ['5', '6']],
    ]);
    expect(rows('a,b\n1,x\u2028y\u0085z\n')).toEqual([
      [1, ['a', 'b']],
      [2, ['1', 'x\u2028y\u0085z']],
    ]);
  });
});
