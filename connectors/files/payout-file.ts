import { stringify } from 'csv-stringify/sync';
import { z } from 'zod';
import type { Payout, PayoutBatchContent, PayoutFile } from '#connectors/contract/erp.ts';
import { ConnectorError, type RemoteFailure } from '#connectors/contract/failures.ts';
import { AppError } from '#src/domain/errors.ts';
import { formatMinor } from '#src/domain/money.ts';
import { spreadsheetText } from '#src/domain/spreadsheet-text.ts';

/** The columns of a payout file, in this order. `docs/erp/payout-files.md` describes each. */
export const payoutColumns = [
  'payout_key',
  'batch',
  'period',
  'partner_code',
  'partner_name',
  'currency',
  'amount',
  'line_count',
] as const;

const text = z.string().trim().min(1, 'is empty');
const payoutRow = z.strictObject({
  payout_key: text,
  /** The file is named after the batch, so it must be a plain file name. */
  batch: z.string().regex(/^\w[\w.-]{0,79}$/, 'is not a plain file name'),
  period: z.string().regex(/^\d{4}-\d{2}$/, 'is not a month such as 2026-10'),
  partner_code: text,
  partner_name: text,
  currency: text,
  amount: z.string(),
  line_count: z.string().regex(/^\d+$/, 'is not a whole number'),
});
type PayoutRow = z.infer<typeof payoutRow>;

/**
 * The payouts of a batch as CSV, sorted by key, so that the same batch always gives the same bytes. A file
 * that lacks a row would not tie out, so one bad payout refuses the whole file.
 * @throws ConnectorError naming the payout that cannot be in the file
 */
export function payoutFile({ key, draft, payouts }: PayoutBatchContent): PayoutFile {
  // Finance must not pay a draft, so the file's name and its rows name it as one.
  const batch = draft ? `${key}.draft` : key;
  const rows = payouts
    .map((payout) => readRow(batch, payout))
    .toSorted((a, b) => (a.payout_key < b.payout_key ? -1 : a.payout_key > b.payout_key ? 1 : 0));
  return {
    name: `payouts-${batch}.csv`,
    mediaType: 'text/csv; charset=utf-8',
    text: stringify([payoutColumns, ...rows.map(cellsOf)], { record_delimiter: 'windows' }),
  };
}

function readRow(batch: string, payout: Payout): PayoutRow {
  const parsed = payoutRow.safeParse({
    payout_key: payout.key,
    batch,
    period: payout.period,
    partner_code: payout.partnerCode,
    partner_name: payout.partnerName,
    currency: payout.currency,
    amount: amountOf(payout),
    line_count: String(payout.lineCount),
  });
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const fields = [...new Set(issues.map((issue) => String(issue.path[0])))];
  throw refused({
    code: 'payout_row_invalid',
    message: `${payout.key}: ${issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; ')}.`,
    fix: `Correct ${fields.join(', ')}; docs/erp/payout-files.md describes each column.`,
    fields,
  });
}

function amountOf({ key, amountMinor, currency }: Payout): string {
  try {
    return formatMinor(amountMinor, currency);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw refused({
      code: 'payout_amount_invalid',
      message: `${key}: ${error.message}`,
      fix: 'Correct the amount or its currency.',
      fields: ['amount', 'currency'],
    });
  }
}

const refused = (failure: Omit<RemoteFailure, 'class'>): ConnectorError =>
  new ConnectorError({ class: 'validation', ...failure });

/** Partners choose their names. Numbers stay as they are: with an apostrophe, `-5.00` would be a text. */
function cellsOf(row: PayoutRow): string[] {
  return payoutColumns.map((column) =>
    column === 'amount' || column === 'line_count' ? row[column] : spreadsheetText(row[column]),
  );
}
