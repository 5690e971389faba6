import { stringify } from 'csv-stringify/sync';
import type { Db } from '#src/db/client.ts';
import { journalRows, type JournalRow } from '#src/db/ledger/journal-view.ts';
import { AppError } from '#src/domain/errors.ts';
import { formatMinor } from '#src/domain/money.ts';
import { spreadsheetText } from '#src/domain/spreadsheet-text.ts';

const columns = [
  'posting',
  'entry',
  'period',
  'posted_on',
  'reason',
  'book',
  'component',
  'payee',
  'window',
  'document',
  'account',
  'currency',
  'debit',
  'credit',
] as const;
const rowsAtOnce = 5000;

/** The journal for the general ledger as CSV, one line for each posting, in parts to save memory. */
export async function* journalCsv(db: Db, period: string | null): AsyncGenerator<string> {
  yield stringify([columns]);
  for (let after = 0n; ;) {
    const rows = await journalRows(db, { period, after, limit: rowsAtOnce });
    const last = rows.at(-1);
    if (last === undefined) return;
    yield stringify(rows.map(lineOf));
    after = last.posting;
  }
}

/** Only texts are made safe for spreadsheets: an apostrophe before a number would make it a text. */
function lineOf(row: JournalRow): readonly string[] {
  const { amountMinor, currency } = row;
  return [
    number(String(row.posting)),
    row.entry,
    row.period,
    row.postedAt,
    ...[row.reason, row.book, row.component, row.payee, row.window, row.document].map((text) =>
      spreadsheetText(text),
    ),
    row.account,
    currency,
    amountMinor > 0n ? number(formatMinor(amountMinor, currency)) : '',
    amountMinor < 0n ? number(formatMinor(-amountMinor, currency)) : '',
  ];
}

/** @throws AppError `internal` for a text that is not a plain number, which a spreadsheet could run */
function number(text: string): string {
  if (!/^\d+(\.\d+)?$/.test(text))
    throw new AppError('internal', 'A number of the journal is not one.', { text });
  return text;
}
