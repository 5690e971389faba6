import { currencyDigits, readAmount, type DecimalMark } from './cells/amount.ts';
import { readCellDate } from './cells/cell-date.ts';
import type { CsvRow } from '#connectors/contract/text/csv-rows.ts';
import {
  bad,
  badCurrency,
  badDate,
  columnName,
  keyColumnFault,
  readHeaderRow,
  shapeFault,
  unreadableRow,
  type Header,
  type Refusal,
} from '#connectors/contract/text/row-shape.ts';

/** The columns of an invoice file, in any order and letter case. `docs/erp/invoice-files.md` describes each. */
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

/** The company that issued the document, from the column that the connection declares. */
export const companyField = 'source_company';
export const invoiceFields = [companyField, ...invoiceColumns] as const;

/** One document. Empty cells are null, the amount is a plain decimal, dates are `YYYY-MM-DD`. */
export type InvoiceFields = Readonly<Record<InvoiceColumn, string | null>> & {
  /** Absent where the connection declares no column of the company. */
  readonly [companyField]?: string;
};

type InvoiceReading =
  | {
      readonly ok: true;
      readonly number: string;
      readonly fields: InvoiceFields;
      /** The place of the row among all rows, where the file has the column `sequence`. */
      readonly sequence?: string;
      /** A day of payment far in the future by which the ERP means that there is none; it was read as blank. */
      readonly openEnd?: string;
    }
  | Refusal;

/** The header of an invoice file. */
export interface InvoiceHeader extends Header {
  /** The column with the company that issued a document. Null where the connection declares none. */
  readonly companyColumn: string | null;
}

/** The most characters of a cell. Numbers and names are part of an index. */
const longestCells: Readonly<Record<InvoiceColumn, number>> = {
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

/**
 * Finds the columns in a header. Other columns are ignored.
 *
 * @param companyColumn the name of the column with the company; null where the connection declares none
 */
export function readHeader(
  cells: readonly string[],
  companyColumn: string | null = null,
): { readonly ok: true; readonly header: InvoiceHeader } | Refusal {
  const company = companyColumn === null ? null : columnName(companyColumn);
  const found = readHeaderRow(cells, [...invoiceColumns, ...(company === null ? [] : [company])]);
  return found.ok ? { ok: true, header: { ...found.header, companyColumn: company } } : found;
}

const kinds: readonly string[] = ['invoice', 'credit_memo'];
/**
 * Reads one row, or reports the first wrong cell.
 *
 * @param decimal the decimal mark of the file's other amounts; null when they do not show it
 */
export function readInvoice(
  { cells, fault = 'quote' }: Pick<CsvRow, 'cells' | 'fault'>,
  header: InvoiceHeader,
  decimal: DecimalMark | null = null,
): InvoiceReading {
  if (!cells) return unreadableRow(fault);
  const { at, companyColumn } = header;
  const keys = {
    required: ['invoice_number', 'partner_code'],
    optional: ['applies_to'],
    company: companyColumn,
  };
  const broken = shapeFault(cells, header, longestCells) ?? keyColumnFault(cells, header, keys);
  if (broken) return broken;
  const cell = (column: string): string => cells[at.get(column) ?? -1]?.trim() ?? '';
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
  if (digits === null) return badCurrency(cell('currency'));
  const amount = readAmount(cell('amount'), digits, decimal);
  if (!amount.ok) return bad(amount.code, amount.message, amount.fix, 'amount');
  const issuedOn = readCellDate(cell('issued_on'));
  if (issuedOn.is === 'unreadable' || (issuedOn.is === 'blank' && issuedOn.written === null))
    return badDate(cell('issued_on'), 'issued_on');
  if (issuedOn.is === 'blank')
    return bad(
      'date_missing',
      `issued_on is ${issuedOn.written}, which ERPs write where there is no date.`,
      'Fill in issued_on.',
      'issued_on',
    );
  const paidOn = readCellDate(cell('paid_on'));
  if (paidOn.is === 'unreadable') return badDate(cell('paid_on'), 'paid_on');
  const fields = Object.fromEntries(invoiceColumns.map((column) => [column, cell(column) || null])) as Record<
    InvoiceColumn,
    string | null
  >;
  return {
    ok: true,
    number: cell('invoice_number'),
    ...(at.has('sequence') && { sequence: cell('sequence') }),
    fields: {
      ...fields,
      ...(companyColumn !== null && { [companyField]: cell(companyColumn) }),
      kind,
      currency,
      amount: amount.amount,
      issued_on: issuedOn.date,
      paid_on: paidOn.is === 'date' ? paidOn.date : null,
    },
    ...(paidOn.is === 'blank' && paidOn.openEnd && { openEnd: cell('paid_on') }),
  };
}
