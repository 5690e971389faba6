import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { RecordProblem } from '#connectors/contract/records.ts';
import { foldKey } from '#src/domain/document-key.ts';
import { decimalMarkOf } from './amount.ts';
import { readCsvRows, type CsvRow } from './csv-rows.ts';
import { inFileOrder, positionOf } from './file-order.ts';
import { readFileText } from './file-text.ts';
import {
  invoiceFields,
  readHeader,
  readInvoice,
  type InvoiceFields,
  type InvoiceLayout,
} from './invoice-row.ts';
import type { RowProblem } from './row-problem.ts';

/** The latest values of one document number. */
export interface CurrentInvoice {
  readonly fields: InvoiceFields;
  readonly file: string;
  readonly line: number;
  /** The place of the row among all rows of the inbox. */
  readonly position: string;
  /** The row before it with the same number and other values. */
  readonly replaced?: { readonly file: string; readonly line: number; readonly fields: readonly string[] };
  /** The modification time of the file, ISO 8601 UTC. */
  readonly modifiedAt: string;
}

/** What a connection declares about its files. */
export interface InboxRules {
  /** The encoding of files that are neither UTF-8 nor UTF-16 with a byte order mark. */
  readonly encoding?: string | undefined;
  /** The column with the company that issued a document. */
  readonly companyColumn?: string | undefined;
  /** Document numbers begin again each year. */
  readonly numbersRestart?: 'yearly' | undefined;
}

export interface Inbox {
  readonly invoices: ReadonlyMap<string, CurrentInvoice>;
  /** Problems of files modified at or after `since` only. The others were reported before. */
  readonly problems: readonly RecordProblem[];
}

/** The problems reported for one file at most, so that a bad file does not hide the problems of others. */
const problemsPerFile = 1000;

/**
 * Reads the CSV files of a folder in their order (`file-order.ts`). A document number that appears again in a
 * later row or file replaces the earlier one, because ERPs send corrections in this way. Within one file only
 * a missing day of payment may be added. Any other difference also replaces the earlier row, but it is
 * reported, because it may be two documents with the same number.
 *
 * With `since`, the files before the first one modified since then are not opened: later names replace
 * earlier ones, so nothing in them can replace newer values.
 */
export async function readInbox(
  folder: string,
  since: string | null,
  rules: InboxRules = {},
): Promise<Inbox> {
  const files = await csvFiles(folder);
  const from = since === null ? 0 : files.findIndex((file) => isSince(file.modifiedAt, since));
  const invoices = new Map<string, CurrentInvoice>();
  const problems: RecordProblem[] = [];
  for (const file of from < 0 ? [] : files.slice(from)) {
    const found = await readInvoices(folder, file, rules, invoices);
    if (since === null || isSince(file.modifiedAt, since)) problems.push(...limited(found, file.name));
  }
  return { invoices, problems };
}

/** Compares instants, so `…00Z` and `…00.000Z` are equal. */
export function isSince(modifiedAt: string, since: string): boolean {
  return Date.parse(modifiedAt) >= Date.parse(since);
}

/** About a million documents. All of them are in memory during a read. */
const largestFile = 200_000_000;

interface CsvFile {
  readonly name: string;
  readonly bytes: number;
  readonly modifiedAt: string;
}

async function csvFiles(folder: string): Promise<CsvFile[]> {
  const names = (await readdir(folder)).filter((name) => /^[^.].*\.csv$/i.test(name)).toSorted(inFileOrder);
  const files: CsvFile[] = [];
  for (const name of names) {
    const found = await stat(join(folder, name));
    if (found.isFile()) files.push({ name, bytes: found.size, modifiedAt: found.mtime.toISOString() });
  }
  return files;
}

/** Adds the documents of a file to `invoices` and returns the rows that could not be read. */
async function readInvoices(
  folder: string,
  file: CsvFile,
  rules: InboxRules,
  invoices: Map<string, CurrentInvoice>,
): Promise<RecordProblem[]> {
  const whole = (problem: RowProblem, line?: number): RecordProblem[] => [
    asRecordProblem(line === undefined ? file.name : `${file.name}:${line}`, problem),
  ];
  if (file.bytes > largestFile)
    return whole({
      code: 'file_too_large',
      message: `The file has ${Math.round(file.bytes / 1e6)} MB; at most ${largestFile / 1e6} MB are read.`,
      fix: 'Export the invoices in several files.',
    });
  const text = readFileText(await readFile(join(folder, file.name)), rules.encoding ?? null);
  if (!text.ok) return whole(text.problem);
  const [header, ...rows] = await filledRows(text.lines);
  if (!header)
    return whole(
      { code: 'file_empty', message: 'The file has no header.', fix: 'Export the file again, or remove it.' },
      1,
    );
  const found = readHeader(header.cells ?? [], rules.companyColumn);
  if (!found.ok) return whole(found.problem, header.line);
  const { layout } = found;
  const decimal = decimalMarkOf(amountsIn(rows, layout));
  const problems: RecordProblem[] = [];
  const report = (line: number, problem: RowProblem): number =>
    problems.push(asRecordProblem(`${file.name}:${line}`, problem));
  let openEnds = 0;
  for (const { line, cells, fault } of rows) {
    const reading = readInvoice(cells, layout, { decimal, ...(fault && { fault }) });
    if (!reading.ok) {
      report(line, reading.problem);
      continue;
    }
    const { number, fields, openEnd, sequence } = reading;
    const id = recordIdOf(fields, rules, invoices);
    const earlier = invoices.get(id);
    const position = positionOf(file.name, line, sequence);
    if (earlier === undefined || earlier.position <= position)
      invoices.set(id, {
        fields,
        file: file.name,
        line,
        position,
        modifiedAt: file.modifiedAt,
        ...(earlier && replacedBy(fields, earlier)),
      });
    if (earlier?.file === file.name && !isPaymentOf(earlier.fields, fields))
      report(line, repeated(number, earlier.line, line));
    if (openEnd !== undefined && (openEnds += 1) === 1) report(line, readAsUnpaid(number, openEnd));
  }
  return problems;
}

/**
 * The id of a document: its company, number and kind, and the year where numbers restart. A later row with this
 * id that cannot be the same document gets an id of its own, so that it is asked about and replaces nothing.
 */
function recordIdOf(
  fields: InvoiceFields,
  { numbersRestart }: InboxRules,
  invoices: ReadonlyMap<string, CurrentInvoice>,
): string {
  const year = fields.issued_on?.slice(0, 4) ?? '';
  const company = fields.source_company === undefined ? '' : `${foldKey(fields.source_company)}/`;
  const number = foldKey(fields.invoice_number ?? '');
  const kind = fields.kind === 'credit_memo' ? ' (credit memo)' : '';
  const id = `${company}${number}${numbersRestart === undefined ? '' : ` of ${year}`}${kind}`;
  const known = invoices.get(id)?.fields;
  if (known === undefined || unchangingOf(known) === unchangingOf(fields)) return id;
  return `${id} (${unchangingOf(fields)})`;
}

/** The values that never change in one document. */
const unchangingOf = ({ partner_code, currency, issued_on }: InvoiceFields): string =>
  `${foldKey(partner_code ?? '')} ${currency} ${issued_on?.slice(0, 4)}`;

function replacedBy(fields: InvoiceFields, earlier: CurrentInvoice): Pick<CurrentInvoice, 'replaced'> {
  const changed = invoiceFields.filter((field) => fields[field] !== earlier.fields[field]);
  if (changed.length === 0) return earlier.replaced ? { replaced: earlier.replaced } : {};
  return { replaced: { file: earlier.file, line: earlier.line, fields: changed } };
}

const rowsAtOnce = 2000;

/** The rows with a cell that is not blank. The event loop gets a turn every few thousand rows. */
async function filledRows(lines: Iterable<string>): Promise<CsvRow[]> {
  const rows: CsvRow[] = [];
  let count = 0;
  for (const row of readCsvRows(lines)) {
    if (!row.cells?.every((cell) => cell.trim() === '')) rows.push(row);
    if ((count += 1) % rowsAtOnce === 0) await setImmediate();
  }
  return rows;
}

function* amountsIn(rows: readonly CsvRow[], { width, at }: InvoiceLayout): Generator<string> {
  for (const { cells } of rows) if (cells?.length === width) yield cells[at.amount] ?? '';
}

/** One notice a file is enough: such an ERP writes the date into every unpaid invoice. */
function readAsUnpaid(number: string, date: string): RowProblem {
  return {
    code: 'date_open_end',
    message: `${number} has paid_on ${date}, which is read as not paid yet, here and in all rows of this file.`,
    fix: 'Leave paid_on empty while an invoice is not paid, or write the day on which it was paid.',
    fields: ['paid_on'],
  };
}

function isPaymentOf(before: InvoiceFields, after: InvoiceFields): boolean {
  const same = (column: keyof InvoiceFields): boolean =>
    before[column] === after[column] || (column === 'paid_on' && before.paid_on === null);
  return (Object.keys(before) as (keyof InvoiceFields)[]).every(same);
}

function repeated(number: string, before: number, line: number): RowProblem {
  const message = `${number} is on line ${before} and, with other values, on line ${line}. Line ${line} counts.`;
  return {
    code: 'number_repeated',
    message,
    fix: `If these are two documents, give each its own number. If line ${line} is wrong, remove it.`,
  };
}

function limited(problems: readonly RecordProblem[], file: string): readonly RecordProblem[] {
  if (problems.length <= problemsPerFile) return problems;
  const more = problems.length - problemsPerFile;
  const message = `${more} more rows of this file could not be read.`;
  return [
    ...problems.slice(0, problemsPerFile),
    asRecordProblem(file, {
      code: 'more_problems',
      message,
      fix: 'Correct the reported rows and export the file again.',
    }),
  ];
}

function asRecordProblem(ref: string, problem: RowProblem): RecordProblem {
  return { ref, failure: { class: 'validation', ...problem } };
}
