/** The rows of files with customers and orders. `docs/erp/customer-and-order-files.md` describes each column. */
import { foldKey } from '#src/domain/document-key.ts';
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

/** A file that holds the ERP's records of one kind, one a row. */
export type RecordFileKind = 'customer' | 'order';

type CellType = 'key' | 'text' | 'name' | 'amount' | 'currency' | 'date';
interface Column {
  readonly type: CellType;
  /** The file must have the column, and each row a value. */
  readonly required?: true;
}

const key = { type: 'key' } as const;
const text = { type: 'text' } as const;
const date = { type: 'date' } as const;
const required = <T extends CellType>(type: T) => ({ type, required: true }) as const;

/** The columns of each kind of file, in any order. The first one is the number of the record. */
export const recordColumns: Readonly<Record<RecordFileKind, Readonly<Record<string, Column>>>> = {
  customer: {
    customer_number: required('key'),
    name: required('name'),
    aliases: { type: 'name' },
    website: text,
    country: text,
    street: text,
    city: text,
    region: text,
    postcode: text,
    phone: text,
    vat_id: text,
    duns: text,
    lei: text,
    parent_number: key,
    customer_since: date,
  },
  order: {
    order_number: required('key'),
    customer_number: required('key'),
    partner_code: key,
    name: { type: 'name' },
    product_family: text,
    stage: required('text'),
    currency: required('currency'),
    amount: required('amount'),
    opened_on: required('date'),
    closed_on: date,
  },
};

/** The id of the customer of an order, as customers have it. */
export const customerField = 'customer';

/** The fields of a record: its columns and, of an order, the id of its customer. */
export function recordFields(kind: RecordFileKind): readonly string[] {
  return [...Object.keys(recordColumns[kind]), ...(kind === 'order' ? [customerField] : [])];
}

export interface RecordHeader extends Header {
  readonly kind: RecordFileKind;
  /** The column with the company whose numbers these are. Null where the connection declares none. */
  readonly companyColumn: string | null;
}

/** Finds the columns in a header. Only the required ones must be there; unknown ones are ignored. */
export function readRecordHeader(
  kind: RecordFileKind,
  cells: readonly string[],
  companyColumn: string | null = null,
): { readonly ok: true; readonly header: RecordHeader } | Refusal {
  const company = companyColumn === null ? null : columnName(companyColumn);
  const needed = Object.entries(recordColumns[kind]).flatMap(([name, column]) =>
    column.required ? [name] : [],
  );
  const found = readHeaderRow(cells, [...needed, ...(company === null ? [] : [company])]);
  return found.ok ? { ok: true, header: { ...found.header, kind, companyColumn: company } } : found;
}

/** Empty and absent cells are null, the amount is a plain decimal, dates are `YYYY-MM-DD`. */
export type RecordFields = Readonly<Record<string, string | null>>;

type RecordReading =
  | {
      readonly ok: true;
      /** The record's number with its company, without what makes no difference. */
      readonly id: string;
      readonly fields: RecordFields;
      /** The place of the row among all rows, where the file has the column `sequence`. */
      readonly sequence?: string;
    }
  | Refusal;

const longest: Readonly<Record<CellType, number>> = {
  key: 255,
  text: 255,
  name: 500,
  amount: 255,
  currency: 255,
  date: 255,
};

/**
 * Reads one row, or reports the first wrong cell.
 *
 * @param decimal the decimal mark of the file's amounts; null when they do not show it
 */
export function readRecord(
  { cells, fault = 'quote' }: Pick<CsvRow, 'cells' | 'fault'>,
  header: RecordHeader,
  decimal: DecimalMark | null = null,
): RecordReading {
  if (!cells) return unreadableRow(fault);
  const { at, kind, companyColumn } = header;
  const columns = Object.entries(recordColumns[kind]);
  const lengths = Object.fromEntries(columns.map(([name, { type }]) => [name, longest[type]]));
  const keys = columns.filter(([, { type }]) => type === 'key');
  const broken =
    shapeFault(cells, header, lengths) ??
    keyColumnFault(cells, header, {
      required: keys.flatMap(([name, column]) => (column.required ? [name] : [])),
      optional: keys.flatMap(([name, column]) => (column.required ? [] : [name])),
      company: companyColumn,
    });
  if (broken) return broken;
  const cell = (name: string): string => cells[at.get(name) ?? -1]?.trim() ?? '';
  const fields: Record<string, string | null> = {};
  for (const [name, column] of columns) {
    if (column.required && cell(name) === '')
      return bad('value_missing', `The row has no ${name}.`, `Fill in ${name}.`, name);
    const value = readCell(name, column, cell, decimal);
    if (!value.ok) return value;
    fields[name] = value.value;
  }
  const company = companyColumn === null ? '' : `${foldKey(cell(companyColumn))}/`;
  const idOf = (number: string): string => `${company}${foldKey(number)}`;
  if (kind === 'order') fields[customerField] = idOf(cell('customer_number'));
  const numberColumn = columns[0]?.[0] ?? '';
  return {
    ok: true,
    id: idOf(cell(numberColumn)),
    fields,
    ...(at.has('sequence') && { sequence: cell('sequence') }),
  };
}

function readCell(
  name: string,
  { type, required: isRequired }: Column,
  cell: (name: string) => string,
  decimal: DecimalMark | null,
): { readonly ok: true; readonly value: string | null } | Refusal {
  const written = cell(name);
  switch (type) {
    case 'key':
    case 'text':
    case 'name':
      return { ok: true, value: written || null };
    case 'currency': {
      const currency = written.toUpperCase();
      return currencyDigits(currency) === null ? badCurrency(written) : { ok: true, value: currency };
    }
    case 'amount': {
      const digits = currencyDigits(cell('currency').toUpperCase());
      if (digits === null) return badCurrency(cell('currency'));
      const amount = readAmount(written, digits, decimal);
      if (amount.ok) return { ok: true, value: amount.amount };
      const fix =
        amount.code === 'amount_negative'
          ? 'Leave returns out; credit memos are in invoice files.'
          : amount.fix;
      return bad(amount.code, amount.message, fix, name);
    }
    case 'date': {
      const read = readCellDate(written);
      if (read.is === 'date') return { ok: true, value: read.date };
      if (read.is === 'unreadable') return badDate(written, name);
      if (!isRequired) return { ok: true, value: null };
      return bad(
        'date_missing',
        `${name} is ${read.written}, which ERPs write where there is no date.`,
        `Fill in ${name}.`,
        name,
      );
    }
  }
}
