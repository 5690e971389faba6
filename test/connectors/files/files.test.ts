import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { erpContract } from '#test/connectors/contract/contract.ts';
import type { PayablePayout } from '#test/connectors/contract/contract-subject.ts';
import { parseMinor } from '#src/domain/money.ts';
import { Folders, row } from './folders.ts';
import { invoiceColumns } from '#connectors/files/invoice-row.ts';
import { describe, expect, it } from 'vitest';

erpContract('files', () => {
  const folders = new Folders();
  const total = 2500;
  const numbered = (n: number): string => `INV-${String(n).padStart(5, '0')}`;
  const rows = (from: number, to: number): string[] =>
    Array.from({ length: to - from }, (_, n) => row({ invoice_number: numbered(from + n) }));
  let touched = 0;
  return {
    connect: () => folders.connect(),
    kinds: ['invoice', 'payout'],
    seed: () => {
      folders.drop('2026-09.csv', rows(1500, total), '2026-10-01T06:00:00Z');
      folders.drop('2026-10.csv', rows(0, 1500), '2026-11-01T06:00:00Z');
    },
    read: { object: 'invoice', fields: invoiceColumns, total },
    touch: () => {
      touched += 1;
      folders.drop(
        `2026-11-${touched}.csv`,
        [row({ invoice_number: numbered(7), paid_on: `2026-11-0${touched}` })],
        `2026-11-22T10:00:0${touched * 2}Z`,
      );
      return numbered(7);
    },
    remove: () => {
      folders.drop('2026-08.csv', [row({ invoice_number: 'INV-GONE' })]);
      rmSync(`${folders.inbox}/2026-08.csv`);
      return 'INV-GONE';
    },
    payable: () => payableIn(folders.outbox),
    refused: {
      payout: {
        key: '2026-10:P-0009:USD',
        period: '2026-10',
        partnerCode: '',
        partnerName: 'Partner 9',
        currency: 'USD',
        amountMinor: 100n,
        lineCount: 1,
      },
      code: 'payout_row_invalid',
    },
    wrongCredential: null,
    receivedCalls: null,
    close: () => folders[Symbol.dispose](),
  };
});

/** The rows of the released files, which finance pays. */
function payableIn(outbox: string): PayablePayout[] {
  const names = existsSync(outbox) ? readdirSync(outbox) : [];
  const released = names.filter((name) => !name.endsWith('.draft.csv'));
  const rows = released.flatMap((name) =>
    parse(readFileSync(join(outbox, name), 'utf8'), { columns: true }),
  ) as Record<string, string>[];
  return rows.map(({ payout_key: key = '', partner_code: partnerCode = '', currency = '', amount = '' }) => ({
    key,
    partnerCode,
    currency,
    amountMinor: parseMinor(amount, currency),
  }));
}

describe('the invoice inbox', () => {
  it('lets a later row and a later file replace an earlier one', async () => {
    using folders = new Folders();
    folders.drop('a.csv', [row({ amount: '10.00' }), row({ amount: '10.00', paid_on: '2026-10-20' })]);
    expect((await folders.pull())[0]).toMatchObject({ records: [{ fields: { paid_on: '2026-10-20' } }] });
    folders.drop('b.csv', [row({ amount: '9.00' })], '2026-11-02T00:00:00Z');
    expect((await folders.pull())[0]).toMatchObject({
      records: [{ fields: { amount: '9.00', paid_on: null }, modifiedAt: '2026-11-02T00:00:00.000Z' }],
    });
  });

  it('reports a number that stands twice in one file with different values, and takes the last', async () => {
    using folders = new Folders();
    folders.drop('a.csv', [row({ amount: '10.00' }), row({ amount: '99.00' })]);
    const [page] = await folders.pull();
    expect(page?.records).toMatchObject([{ fields: { amount: '99.00' } }]);
    expect(page?.problems).toMatchObject([
      { ref: 'a.csv:3', failure: { code: 'number_repeated', message: expect.stringContaining('line 2') } },
    ]);
  });

  it('says nothing of the same rows delivered twice', async () => {
    using folders = new Folders();
    folders.drop('a.csv', [row(), row()]);
    folders.drop('b.csv', [row()], '2026-11-02T00:00:00Z');
    const pages = await folders.pull();
    expect(pages[0]).not.toHaveProperty('problems');
    expect(pages[0]?.records).toHaveLength(1);
  });

  it('neither reads nor reports again what is older than `since`, but lets old files with later names stand', async () => {
    using folders = new Folders();
    folders.drop('a.csv', [row(), row({ amount: 'x' })], '2026-10-01T00:00:00Z');
    folders.drop(
      'b.csv',
      [row({ invoice_number: 'INV-2' }), row({ invoice_number: 'INV-3' })],
      '2026-11-10T00:00:00Z',
    );
    folders.drop(
      'c.csv',
      [row({ invoice_number: 'INV-3', amount: '3.00' }), row({ amount: 'y' })],
      '2026-10-02T00:00:00Z',
    );
    const [page] = await folders.pull('2026-11-10T00:00:00Z');
    expect(page?.records.map((record) => record.extId)).toEqual(['INV-2']);
    expect(page).not.toHaveProperty('problems');
  });

  it('reports what is wrong also when a pull resumes, because what a whole pass does not report counts as mended', async () => {
    using folders = new Folders();
    folders.drop('a.csv', [row(), row({ invoice_number: 'INV-2' }), row({ amount: 'x' })]);
    const [page] = await folders.pull(null, 'INV-1');
    expect(page?.records.map((record) => record.extId)).toEqual(['INV-2']);
    expect(page?.problems).toMatchObject([{ ref: 'a.csv:4' }]);
  });

  it('gives one empty page, with the time, when there is nothing', async () => {
    using folders = new Folders();
    expect(await folders.pull()).toMatchObject([{ records: [], serverTime: '2026-11-22T10:00:00.000Z' }]);
  });

  it('reads the separators, line ends, quotes and header styles that spreadsheets and ERPs produce', async () => {
    using folders = new Folders();
    const columns = invoiceColumns.map((column) => column.replace('_', ' ').toUpperCase());
    folders.dropText(
      'a.csv',
      `\uFEFF${['note', ...columns].join(';')}\r\n\r\nx;INV-1;Invoice;P-1;"Müller; ""Söhne""\r\nGmbH";usd;"1.234,50";2026-10-05;;\r\n;;;;;;;;;\r\n`,
    );
    const [page] = await folders.pull();
    expect(page).not.toHaveProperty('problems');
    expect(page?.records).toMatchObject([
      {
        extId: 'INV-1',
        fields: {
          customer_name: 'Müller; "Söhne"\nGmbH',
          kind: 'invoice',
          currency: 'USD',
          amount: '1234.50',
        },
      },
    ]);
  });

  it('is checked: a folder that is not there is an error that names the setting', async () => {
    using folders = new Folders();
    rmSync(folders.inbox, { recursive: true });
    const expected = {
      name: 'ConnectorError',
      failure: { code: 'inbox_unavailable', fix: expect.stringContaining('inbox setting') },
    };
    await expect(folders.connect().check()).rejects.toMatchObject(expected);
    await expect(folders.pull()).rejects.toMatchObject(expected);
  });
});
