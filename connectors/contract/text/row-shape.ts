/** The parts of a row that are the same for every kind of file: the header, the number of cells, and keys. */
import { keyFault } from './cell-key.ts';
import type { RowFault } from './csv-rows.ts';
import type { RowProblem } from './row-problem.ts';

export interface Refusal {
  readonly ok: false;
  readonly problem: RowProblem;
}

/** The position of each column that a header has, by its name as `columnName` writes it. */
export interface Header {
  readonly width: number;
  readonly at: ReadonlyMap<string, number>;
  /** The positions of columns without a name. */
  readonly unnamed: readonly number[];
}

/**
 * Finds the columns in a header.
 *
 * @param required the columns that the file must have
 */
export function readHeaderRow(
  cells: readonly string[],
  required: readonly string[],
): { readonly ok: true; readonly header: Header } | Refusal {
  const names = cells.map(columnName);
  const repeated = names.find((name, index) => name !== '' && names.indexOf(name) !== index);
  if (repeated !== undefined) {
    const message = `The header has the column ${repeated} more than once.`;
    const fix = 'Leave one column of this name, or rename the others, and export the file again.';
    return { ok: false, problem: { code: 'column_repeated', message, fix, fields: [repeated] } };
  }
  const missing = required.filter((column) => !names.includes(column));
  if (missing.length === 0) {
    const at = new Map(names.map((name, index) => [name, index]));
    const unnamed = names.flatMap((name, index) => (name === '' ? [index] : []));
    return { ok: true, header: { width: cells.length, at, unnamed } };
  }
  const message = `The header does not have ${missing.join(', ')}.`;
  const fix = `Export the file as UTF-8 with the header ${required.join(',')}.`;
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

export function unreadableRow(fault: RowFault): Refusal {
  return bad('row_unreadable', ...faults[fault]);
}

/**
 * PostgreSQL stores neither NUL nor half a surrogate pair, and no other control character except these three
 * makes sense in an ERP's file.
 */
const unreadable = /[^\P{Cc}\t\r\n]|\p{Cs}/u;

/**
 * Why the row cannot be one of this header.
 *
 * @param longest the most characters of each column
 */
export function shapeFault(
  cells: readonly string[],
  { width, at, unnamed }: Header,
  longest: Readonly<Record<string, number>>,
): Refusal | null {
  for (const [column, most] of Object.entries(longest)) {
    const length = cells[at.get(column) ?? -1]?.length ?? 0;
    if (length > most)
      return bad(
        'too_long',
        `${column} has ${length} characters; at most ${most} are possible.`,
        `Shorten ${column} to at most ${most} characters.`,
        column,
      );
  }
  if (cells.some((cell) => unreadable.test(cell)))
    return bad(
      'character_unreadable',
      'The row holds a control character or half a character.',
      'Remove it in the ERP, or export the file as UTF-8 text.',
    );
  if (cells.length !== width)
    return bad(
      'column_count',
      `The row has ${cells.length} cells; the header has ${width}.`,
      'Quote cells that contain the separator, and give every row as many cells as the header.',
    );
  // The cells of a row that has a separator too many are one column further to the right.
  const nameless = unnamed.find((index) => cells[index]?.trim() !== '');
  if (nameless !== undefined)
    return bad(
      'value_unnamed',
      `The row has a value in column ${nameless + 1}, which has no name in the header.`,
      'Name the column in the header, or export the file without it.',
    );
  return null;
}

/** The columns by which a row is found again. */
export interface KeyColumns {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** The column with the company that issued the document; null where the connection declares none. */
  readonly company: string | null;
}

/** Why the row cannot be found again: its number, codes, company or place among the rows are not usable. */
export function keyColumnFault(
  cells: readonly string[],
  { at }: Header,
  { required, optional, company }: KeyColumns,
): Refusal | null {
  const cell = (column: string): string => cells[at.get(column) ?? -1] ?? '';
  for (const column of required)
    if (cell(column).trim() === '')
      return bad('value_missing', `The row has no ${column}.`, `Fill in ${column}.`, column);
  for (const column of [...required, ...optional]) {
    const damage = keyFault(cell(column));
    if (damage) return bad('key_damaged', `${column} ${damage.message}`, damage.fix, column);
  }
  if (company !== null) {
    const name = cell(company).trim();
    if (name === '')
      return bad('value_missing', 'The row names no company.', 'Fill in the column of the company.');
    const damage = keyFault(name);
    if (damage) return bad('key_damaged', `The company ${damage.message}`, damage.fix);
  }
  const sequence = at.has('sequence') ? cell('sequence').trim() : null;
  if (sequence !== null && !/^\d{1,18}$/.test(sequence))
    return bad(
      'sequence_unreadable',
      `"${sequence}" is not a whole number.`,
      'Write a number into sequence that grows with every row.',
    );
  return null;
}

export function badDate(text: string, column: string): Refusal {
  return bad('date_unreadable', `"${text}" is not a date.`, `Write ${column} as YYYY-MM-DD.`, column);
}

export function badCurrency(text: string): Refusal {
  return bad(
    'currency_unknown',
    `"${text}" is not a currency.`,
    'Set currency to an ISO 4217 code such as USD.',
    'currency',
  );
}

export function bad(code: string, message: string, fix: string, column?: string): Refusal {
  return { ok: false, problem: { code, message, fix, ...(column && { fields: [column] }) } };
}
