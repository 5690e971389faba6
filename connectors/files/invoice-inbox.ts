import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { createHash } from 'node:crypto';
import type { FileReading, RecordProblem } from '#connectors/contract/records.ts';
import { foldKey } from '#src/domain/document-key.ts';
import { shownMark, type DecimalMark } from './amount.ts';
import { controlCells, readControl, readControlFile, unreadableControl } from './control-total.ts';
import { readCsvRows, type CsvRow } from './csv-rows.ts';
import { inFileOrder, positionOf } from './file-order.ts';
import { asRecordProblem, FileTally } from './file-tally.ts';
import { readFileText } from './file-text.ts';
import {
  invoiceFields,
  readHeader,
  readInvoice,
  type InvoiceFields,
  type InvoiceLayout,
  type InvoiceReading,
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
  /** What was read from each file, in the order of the files. */
  readonly files: readonly FileReading[];
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
  const readings: FileReading[] = [];
  for (const file of from < 0 ? [] : files.slice(from)) {
    const { found, reading } = await readInvoices(folder, file, rules, invoices);
    readings.push(reading);
    if (since === null || isSince(file.modifiedAt, since)) problems.push(...limited(found, file.name));
  }
  return { invoices, problems, files: readings };
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

interface ReadFile {
  readonly found: readonly RecordProblem[];
  readonly reading: FileReading;
}

/** Adds the documents of a file to `invoices`. Returns the rows that could not be read, and what was. */
async function readInvoices(
  folder: string,
  file: CsvFile,
  rules: InboxRules,
  invoices: Map<string, CurrentInvoice>,
): Promise<ReadFile> {
  const tally = new FileTally(file.name);
  if (file.bytes > largestFile)
    return tally.refuse({
      code: 'file_too_large',
      message: `The file has ${Math.round(file.bytes / 1e6)} MB; at most ${largestFile / 1e6} MB are read.`,
      fix: 'Export the invoices in several files.',
    });
  const bytes = await readFile(join(folder, file.name));
  tally.sha256 = createHash('sha256').update(bytes).digest('hex');
  const text = readFileText(bytes, rules.encoding ?? null);
  if (!text.ok) return tally.refuse(text.problem);
  const header = (await filledRows(text.lines).next()).value;
  if (!header)
    return tally.refuse(
      { code: 'file_empty', message: 'The file has no header.', fix: 'Export the file again, or remove it.' },
      1,
    );
  const found = readHeader(header.cells ?? [], rules.companyColumn);
  if (!found.ok) return tally.refuse(found.problem, header.line);
  const survey = await surveyRows(text.lines, found.layout);
  const stated = survey.stated ? readControl(survey.stated) : await readControlFile(folder, file.name);
  if (stated === 'unreadable') return tally.refuse(unreadableControl);
  const readings = await readRows(text.lines, found.layout, survey, tally);
  const wrong = stated === null ? null : tally.compare(stated);
  // Nothing of a file is taken whose rows or totals are not the stated ones: it may be cut off.
  if (wrong !== null) return tally.refuse(wrong);
  let openEnds = 0;
  for (const { line, number, fields, openEnd, sequence } of readings) {
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
      tally.notice(line, repeated(number, earlier.line, line));
    if (openEnd !== undefined && (openEnds += 1) === 1) tally.notice(line, readAsUnpaid(number, openEnd));
  }
  return tally.result();
}

type ReadRow = Extract<InvoiceReading, { readonly ok: true }> & { readonly line: number };

/** What is known about the rows of a file as a whole, before each is read. */
interface RowSurvey {
  readonly decimal: DecimalMark | null;
  /** The cells of the control row after its mark; null when the file has none. */
  readonly stated: readonly string[] | null;
  /** The line of the control row. */
  readonly endsAt: number;
}

async function surveyRows(lines: Iterable<string>, { width, at }: InvoiceLayout): Promise<RowSurvey> {
  const marks = new Set<DecimalMark>();
  let last: CsvRow | null = null;
  for await (const row of filledRows(lines)) {
    const mark = row.cells?.length === width ? shownMark(row.cells[at.amount] ?? '') : null;
    if (mark !== null) marks.add(mark);
    last = row;
  }
  const [decimal = null, another] = marks;
  const stated = last === null ? null : controlCells(last);
  return {
    decimal: another === undefined ? decimal : null,
    stated,
    endsAt: stated === null || last === null ? Infinity : last.line,
  };
}

/** The rows that can be read. The others are counted as refused. */
async function readRows(
  lines: Iterable<string>,
  layout: InvoiceLayout,
  { decimal, endsAt }: RowSurvey,
  tally: FileTally,
): Promise<readonly ReadRow[]> {
  const read: ReadRow[] = [];
  let isHeader = true;
  for await (const { line, cells, fault } of filledRows(lines)) {
    if (isHeader || line === endsAt) {
      isHeader = false;
      continue;
    }
    const reading = readInvoice(cells, layout, { decimal, ...(fault && { fault }) });
    if (reading.ok) {
      tally.take(totalOf(reading.fields));
      read.push({ ...reading, line });
    } else tally.refuseRow(line, reading.problem);
  }
  return read;
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

/** What a row counts in the totals of its file. */
export function totalOf({ kind, amount, currency }: InvoiceFields): {
  readonly currency: string;
  readonly amount: string;
} {
  return { currency: currency ?? '', amount: `${kind === 'credit_memo' ? '-' : ''}${amount ?? '0'}` };
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

/**
 * The rows with a cell that is not blank. They are not held in memory all at once, and the event loop gets a
 * turn every few thousand rows.
 */
async function* filledRows(lines: Iterable<string>): AsyncGenerator<CsvRow, undefined> {
  let count = 0;
  for (const row of readCsvRows(lines)) {
    if (!row.cells?.every((cell) => cell.trim() === '')) yield row;
    if ((count += 1) % rowsAtOnce === 0) await setImmediate();
  }
  return undefined;
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
