import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { erpContract } from '#test/connectors/contract/contract.ts';
import type { PayablePayout } from '#test/connectors/contract/contract-subject.ts';
import { parseMinor } from '#src/domain/money.ts';
import { Folders, row } from './folders.ts';
import { invoiceColumns } from '#connectors/files/invoice-row.ts';

erpContract('files', () => {
  const folders = new Folders();
  const total = 2500;
  const numbered = (n: number): string => `INV-${String(n).padStart(5, '0')}`;
  const rows = (from: number, to: number): string[] =>
    Array.from({ length: to - from }, (_, n) => row({ invoice_number: numbered(from + n) }));
  let touched = 0;
  return {
    connect: () => folders.connect(),
    kinds: ['account', 'opportunity', 'invoice', 'payout'],
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
  const released = names.filter((name) => name !== 'drafts');
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
