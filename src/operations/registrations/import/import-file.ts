import { isEncoding, readFileText } from '#connectors/contract/text/file-text.ts';
import { readCsvRows, type CsvRow } from '#connectors/contract/text/csv-rows.ts';
import {
  columnName,
  keyColumnFault,
  readHeaderRow,
  shapeFault,
  unreadableRow,
  type Header,
} from '#connectors/contract/text/row-shape.ts';
import type { RowProblem } from '#connectors/contract/text/row-problem.ts';
import { AppError } from '#src/domain/errors.ts';
import type { RegistrationForm } from '#src/domain/registrations/form/form.ts';
import { importColumns } from '#src/domain/registrations/form/import-columns.ts';

/** One registration of a file. */
export interface ImportRow {
  /** The line on which it begins, from 1. */
  readonly line: number;
  /** Partner code or id; empty when the file names none. */
  readonly partner: string;
  readonly key: string;
  readonly number: string;
  readonly terms: Readonly<Record<string, string>>;
  /** Null for a row that can be read. */
  readonly fault: RowProblem | null;
}

export interface ImportSource {
  readonly content: Uint8Array;
  readonly encoding: string | null;
}

/**
 * Reads the rows of a CSV file one after the other, as strictly as invoices are read. A row that cannot be read costs itself.
 *
 * @throws AppError `bad_request` when the file has no header of the form or its encoding is not known
 */
export function* importRows(
  { content, encoding }: ImportSource,
  form: RegistrationForm,
): Generator<ImportRow> {
  if (encoding !== null && !isEncoding(encoding))
    throw new AppError(
      'bad_request',
      `Encoding: there is no encoding ${encoding}. Use a name such as windows-1252.`,
      {
        field: 'encoding',
      },
    );
  const text = readFileText(content, encoding);
  if (!text.ok) throw refusedFile(text.problem);
  let columns: { readonly header: Header; readonly fields: ReadonlyMap<number, string> } | null = null;
  for (const row of readCsvRows(text.lines)) {
    if (columns === null) columns = columnsOf(row, form);
    else yield readRow(row, columns.header, columns.fields);
  }
  if (columns === null)
    throw new AppError('bad_request', 'The file is empty. Its first line must name the fields of the form.');
}

function columnsOf(row: CsvRow, form: RegistrationForm) {
  if (row.cells === null) throw refusedFile(unreadableRow(row.fault ?? 'quote').problem);
  const read = readHeaderRow(row.cells, []);
  if (!read.ok) throw refusedFile(read.problem);
  const found = importColumns(form, row.cells, columnName);
  if (!found.ok)
    throw new AppError('bad_request', `The header is not that of the form. ${found.problems.join(' ')}`);
  return { header: read.header, fields: found.fields };
}

const keys = { required: [], optional: ['partner', 'key', 'number'], company: null };

function readRow(row: CsvRow, header: Header, fields: ReadonlyMap<number, string>): ImportRow {
  const cells = row.cells ?? [];
  const values: Record<string, string> = {};
  for (const [index, field] of fields) values[field] = cells[index] ?? '';
  const refusal =
    row.cells === null
      ? unreadableRow(row.fault ?? 'quote')
      : (shapeFault(cells, header, {}) ?? keyColumnFault(cells, header, keys));
  const { partner = '', key = '', number = '', ...terms } = values;
  const given = Object.entries(terms).filter(([, value]) => value.trim() !== '');
  return {
    line: row.line,
    partner: partner.trim(),
    key: key.trim(),
    number: number.trim(),
    terms: Object.fromEntries(given),
    fault: refusal?.problem ?? null,
  };
}

function refusedFile({ message, fix }: RowProblem): AppError {
  return new AppError('bad_request', `${message} ${fix}`);
}
