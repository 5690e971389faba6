import { rmSync } from 'node:fs';
import { Folders, row } from './folders.ts';
import { invoiceColumns } from '#connectors/files/invoice-row.ts';
import { describe, expect, it } from 'vitest';

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

  it('reports a number that appears twice in one file with different values, and uses the last one', async () => {
    using folders = new Folders();
    folders.drop('a.csv', [row({ amount: '10.00' }), row({ amount: '99.00' })]);
    const [page] = await folders.pull();
    expect(page?.records).toMatchObject([{ fields: { amount: '99.00' } }]);
    expect(page?.problems).toMatchObject([
      { ref: 'a.csv:3', failure: { code: 'number_repeated', message: expect.stringContaining('line 2') } },
    ]);
  });

  it('does not report the same rows delivered twice', async () => {
    using folders = new Folders();
    folders.drop('a.csv', [row(), row()]);
    folders.drop('b.csv', [row()], '2026-11-02T00:00:00Z');
    const pages = await folders.pull();
    expect(pages[0]).not.toHaveProperty('problems');
    expect(pages[0]?.records).toHaveLength(1);
  });

  it('neither reads nor reports again what is older than `since`, but old files with later names still count', async () => {
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

  it('also reports problems when a pull resumes, because a problem that a complete read does not report counts as resolved', async () => {
    using folders = new Folders();
    folders.drop('a.csv', [row(), row({ invoice_number: 'INV-2' }), row({ amount: 'x' })]);
    const [page] = await folders.pull(null, 'INV-1');
    expect(page?.records.map((record) => record.extId)).toEqual(['INV-2']);
    expect(page?.problems).toMatchObject([{ ref: 'a.csv:4' }]);
  });

  it('returns one empty page, with the time, when there are no files', async () => {
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

  it('is checked: a missing folder is an error that names the setting', async () => {
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
