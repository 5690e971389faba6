import { z } from 'zod';
import { currencyDigits, readAmount } from './amount.ts';

/** The columns of an invoice file, in any order and letter case. `docs/invoice-csv.md` describes each. */
export const invoiceColumns = [
  'invoice_number',
  'kind',
  'partner_code',
  'customer_name',
  'currency',
  'amount',
  'issued_on',
  'paid_on',
  'applies_to',
] as const;
export type InvoiceColumn = (typeof invoiceColumns)[number];

/** One document. Empty cells are null, the amount is a plain decimal, dates are `YYYY-MM-DD`. */
export type InvoiceFields = Readonly<Record<InvoiceColumn, string | null>>;

export interface RowProblem {
  readonly code: string;
  readonly message: string;
  readonly fix: string;
  readonly fields?: readonly InvoiceColumn[];
}

export type InvoiceReading =
  | { readonly ok: true; readonly number: string; readonly fields: InvoiceFields }
  | { readonly ok: false; readonly problem: RowProblem };

/** The position of each column in the rows of a file. */
export interface InvoiceLayout {
  readonly width: number;
  readonly at: Readonly<Record<InvoiceColumn, number>>;
}

/** The most characters of a cell. Numbers and names are part of an index. */
export const longestCells: Readonly<Record<InvoiceColumn, number>> = {
  invoice_number: 255,
  kind: 255,
  partner_code: 255,
  customer_name: 500,
  currency: 255,
  amount: 255,
  issued_on: 255,
  paid_on: 255,
  applies_to: 255,
};

/** Finds the columns in a header. Other columns are ignored. */
export function readHeader(
  cells: readonly string[],
):
  | { readonly ok: true; readonly layout: InvoiceLayout }
  | { readonly ok: false; readonly problem: RowProblem } {
  const names = cells.map((cell) =>
    cell
      .trim()
      .toLowerCase()
      .replace(/[\s-]+/g, '_'),
  );
  const missing = invoiceColumns.filter((column) => !names.includes(column));
  if (missing.length === 0) {
    const at = Object.fromEntries(invoiceColumns.map((column) => [column, names.indexOf(column)])) as Record<
      InvoiceColumn,
      number
    >;
    return { ok: true, layout: { width: cells.length, at } };
  }
  const message = `The header does not have ${missing.join(', ')}.`;
  const fix = `Export the file as UTF-8 with the header ${invoiceColumns.join(',')}.`;
  return { ok: false, problem: { code: 'column_missing', message, fix, fields: missing } };
}

const kinds: readonly string[] = ['invoice', 'credit_memo'];
/**
 * PostgreSQL stores neither NUL nor half a surrogate pair, and no other control character except these three
 * makes sense in an ERP's file.
 */
const unreadable = /[^\P{Cc}\t\r\n]|\p{Cs}/u;
const isDate = (text: string): boolean => z.iso.date().safeParse(text).success;

/** Reads one row, or reports the first wrong cell. */
export function readInvoice(cells: readonly string[] | null, { width, at }: InvoiceLayout): InvoiceReading {
  if (!cells)
    return bad(
      'row_unreadable',
      'The quotes in this row do not match.',
      'Close every quote, and double a quote inside a quoted cell.',
    );
  const long = invoiceColumns.find((column) => (cells[at[column]]?.length ?? 0) > longestCells[column]);
  if (long) {
    const longest = longestCells[long];
    return bad(
      'too_long',
      `${long} has ${cells[at[long]]?.length} characters; at most ${longest} are possible.`,
      `Shorten ${long} to at most ${longest} characters.`,
      long,
    );
  }
  if (cells.some((cell) => unreadable.test(cell))) {
    return bad(
      'character_unreadable',
      'The row holds a control character or half a character.',
      'Remove it in the ERP, or export the file as UTF-8 text.',
    );
  }
  if (cells.length !== width) {
    return bad(
      'column_count',
      `The row has ${cells.length} cells; the header has ${width}.`,
      'Quote cells that contain the separator, and give every row as many cells as the header.',
    );
  }
  const cell = (column: InvoiceColumn): string => cells[at[column]]?.trim() ?? '';
  for (const column of ['invoice_number', 'partner_code'] as const) {
    if (cell(column) === '')
      return bad('value_missing', `The row has no ${column}.`, `Fill in ${column}.`, column);
  }
  const kind = cell('kind').toLowerCase();
  if (!kinds.includes(kind))
    return bad(
      'kind_unknown',
      `"${cell('kind')}" is not a kind of document.`,
      `Set kind to ${kinds.join(' or ')}.`,
      'kind',
    );
  const currency = cell('currency').toUpperCase();
  const digits = currencyDigits(currency);
  if (digits === null)
    return bad(
      'currency_unknown',
      `"${cell('currency')}" is not a currency.`,
      'Set currency to an ISO 4217 code such as USD.',
      'currency',
    );
  const amount = readAmount(cell('amount'), digits);
  if (!amount.ok) return bad(amount.code, amount.message, amount.fix, 'amount');
  if (!isDate(cell('issued_on'))) return badDate(cell('issued_on'), 'issued_on');
  if (cell('paid_on') !== '' && !isDate(cell('paid_on'))) return badDate(cell('paid_on'), 'paid_on');
  const fields = Object.fromEntries(invoiceColumns.map((column) => [column, cell(column) || null])) as Record<
    InvoiceColumn,
    string | null
  >;
  return {
    ok: true,
    number: cell('invoice_number'),
    fields: { ...fields, kind, currency, amount: amount.amount },
  };
}

function badDate(text: string, column: InvoiceColumn): InvoiceReading {
  return bad('date_unreadable', `"${text}" is not a date.`, `Write ${column} as YYYY-MM-DD.`, column);
}

function bad(code: string, message: string, fix: string, column?: InvoiceColumn): InvoiceReading {
  return { ok: false, problem: { code, message, fix, ...(column && { fields: [column] }) } };
}
