import { currencyDigits, readAmount, type DecimalMark } from './amount.ts';
import { readCellDate } from './cell-date.ts';
import { keyFault } from './cell-key.ts';
import type { RowFault } from './csv-rows.ts';
import type { RowProblem } from './row-problem.ts';

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

/** The company that issued the document, from the column that the connection declares. */
export const companyField = 'source_company';
export const invoiceFields = [companyField, ...invoiceColumns] as const;

/** One document. Empty cells are null, the amount is a plain decimal, dates are `YYYY-MM-DD`. */
export type InvoiceFields = Readonly<Record<InvoiceColumn, string | null>> & {
  /** Absent where the connection declares no column of the company. */
  readonly [companyField]?: string;
};

export type InvoiceReading =
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

interface Refusal {
  readonly ok: false;
  readonly problem: RowProblem;
}

/** The position of each column in the rows of a file. */
export interface InvoiceLayout {
  readonly width: number;
  readonly at: Readonly<Record<InvoiceColumn, number>>;
  /** Absent where the connection declares no such column. */
  readonly companyAt?: number;
  /** Absent where the file has no such column. */
  readonly sequenceAt?: number;
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

/**
 * Finds the columns in a header. Other columns are ignored.
 *
 * @param companyColumn the name of the column with the company; null where the connection declares none
 */
export function readHeader(
  cells: readonly string[],
  companyColumn: string | null = null,
):
  | { readonly ok: true; readonly layout: InvoiceLayout }
  | { readonly ok: false; readonly problem: RowProblem } {
  const names = cells.map(columnName);
  const repeated = names.find((name, index) => name !== '' && names.indexOf(name) !== index);
  if (repeated !== undefined) {
    const message = `The header has the column ${repeated} more than once.`;
    const fix = 'Leave one column of this name, or rename the others, and export the file again.';
    return { ok: false, problem: { code: 'column_repeated', message, fix, fields: [repeated] } };
  }
  const company = companyColumn === null ? [] : [columnName(companyColumn)];
  const wanted: readonly string[] = [...invoiceColumns, ...company];
  const missing = wanted.filter((column) => !names.includes(column));
  if (missing.length === 0) {
    const at = Object.fromEntries(invoiceColumns.map((column) => [column, names.indexOf(column)])) as Record<
      InvoiceColumn,
      number
    >;
    const companyAt = company.map((column) => names.indexOf(column))[0];
    const sequenceAt = names.indexOf('sequence');
    return {
      ok: true,
      layout: {
        width: cells.length,
        at,
        ...(companyAt !== undefined && { companyAt }),
        ...(sequenceAt >= 0 && { sequenceAt }),
      },
    };
  }
  const message = `The header does not have ${missing.join(', ')}.`;
  const fix = `Export the file as UTF-8 with the header ${wanted.join(',')}.`;
  return { ok: false, problem: { code: 'column_missing', message, fix, fields: missing } };
}

/** Letter case, width, and the kind of gap make no difference in the name of a column. */
export function columnName(cell: string): string {
  return cell
    .normalize('NFKC')
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, '_');
}

const kinds: readonly string[] = ['invoice', 'credit_memo'];
/** The columns whose cells identify something: a document or a partner. */
const keyColumns = ['invoice_number', 'partner_code', 'applies_to'] as const;
const faults: Readonly<Record<RowFault, readonly [message: string, fix: string]>> = {
  quote: [
    'The quotes in this row do not match.',
    'Close every quote, and double a quote inside a quoted cell.',
  ],
  several: [
    'This line and its neighbours can be read as one row with a cell of several lines, and as several rows.',
    'Export the cell without line breaks, or remove the quotes that do not belong to the text.',
  ],
  break: [
    'The row has a line break outside quotes.',
    'Quote the cell that holds the line break, or export it without.',
  ],
  long: ['The line is too long to be a row.', 'Export one row a line, with the separator of the header.'],
};
/**
 * PostgreSQL stores neither NUL nor half a surrogate pair, and no other control character except these three
 * makes sense in an ERP's file.
 */
const unreadable = /[^\P{Cc}\t\r\n]|\p{Cs}/u;

/**
 * Reads one row, or reports the first wrong cell.
 *
 * @param fault why there are no cells
 * @param decimal the decimal mark of the file's other amounts; null when they do not show it
 */
export function readInvoice(
  cells: readonly string[] | null,
  layout: InvoiceLayout,
  {
    fault = 'quote',
    decimal = null,
  }: { readonly fault?: RowFault; readonly decimal?: DecimalMark | null } = {},
): InvoiceReading {
  if (!cells) return bad('row_unreadable', ...faults[fault]);
  const broken = shapeFault(cells, layout) ?? keyColumnFault(cells, layout);
  if (broken) return broken;
  const { at, companyAt, sequenceAt } = layout;
  const cell = (column: InvoiceColumn): string => cells[at[column]]?.trim() ?? '';
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
    ...(sequenceAt !== undefined && { sequence: cells[sequenceAt]?.trim() ?? '' }),
    fields: {
      ...fields,
      ...(companyAt !== undefined && { [companyField]: cells[companyAt]?.trim() ?? '' }),
      kind,
      currency,
      amount: amount.amount,
      issued_on: issuedOn.date,
      paid_on: paidOn.is === 'date' ? paidOn.date : null,
    },
    ...(paidOn.is === 'blank' && paidOn.openEnd && { openEnd: cell('paid_on') }),
  };
}

/** Why the row cannot be one of this header. */
function shapeFault(cells: readonly string[], { width, at }: InvoiceLayout): Refusal | null {
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
  return null;
}

/** Why the row cannot be found again: its number, codes, company or place among the rows are not usable. */
function keyColumnFault(
  cells: readonly string[],
  { at, companyAt, sequenceAt }: InvoiceLayout,
): Refusal | null {
  const cell = (column: InvoiceColumn): string => cells[at[column]]?.trim() ?? '';
  for (const column of ['invoice_number', 'partner_code'] as const) {
    if (cell(column) === '')
      return bad('value_missing', `The row has no ${column}.`, `Fill in ${column}.`, column);
  }
  for (const column of keyColumns) {
    const damage = keyFault(cells[at[column]] ?? '');
    if (damage) return bad('key_damaged', `${column} ${damage.message}`, damage.fix, column);
  }
  const company = companyAt === undefined ? '' : (cells[companyAt]?.trim() ?? '');
  if (companyAt !== undefined) {
    if (company === '')
      return bad('value_missing', 'The row names no company.', 'Fill in the column of the company.');
    const damage = keyFault(company);
    if (damage) return bad('key_damaged', `The company ${damage.message}`, damage.fix);
  }
  const sequence = sequenceAt === undefined ? null : (cells[sequenceAt]?.trim() ?? '');
  if (sequence !== null && !/^\d{1,18}$/.test(sequence))
    return bad(
      'sequence_unreadable',
      `"${sequence}" is not a whole number.`,
      'Write a number into sequence that grows with every row.',
    );
  return null;
}

function badDate(text: string, column: InvoiceColumn): Refusal {
  return bad('date_unreadable', `"${text}" is not a date.`, `Write ${column} as YYYY-MM-DD.`, column);
}

function bad(code: string, message: string, fix: string, column?: InvoiceColumn): Refusal {
  return { ok: false, problem: { code, message, fix, ...(column && { fields: [column] }) } };
}
