import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecordProblem } from '#connectors/contract/records.ts';
import { readCsvRows } from './csv-rows.ts';
import { readHeader, readInvoice } from './invoice-row.ts';
import type { InvoiceFields, InvoiceLayout, RowProblem } from './invoice-row.ts';

/** The latest values of one document number. */
export interface CurrentInvoice {
  readonly fields: InvoiceFields;
  readonly file: string;
  readonly line: number;
  /** The modification time of the file, ISO 8601 UTC. */
  readonly modifiedAt: string;
}

export interface Inbox {
  readonly invoices: ReadonlyMap<string, CurrentInvoice>;
  /** Problems of files modified at or after `since` only. The others were reported before. */
  readonly problems: readonly RecordProblem[];
}

/** The problems reported for one file at most, so that a bad file does not hide the problems of others. */
const problemsPerFile = 1000;

/**
 * Reads the CSV files of a folder in the order of their names. A document number that appears again in a
 * later row or file replaces the earlier one, because ERPs send corrections in this way. Within one file only
 * a missing day of payment may be added. Any other difference also replaces the earlier row, but it is
 * reported, because it may be two documents with the same number.
 *
 * With `since`, the files before the first one modified since then are not opened: later names replace
 * earlier ones, so nothing in them can replace newer values.
 */
export async function readInbox(folder: string, since: string | null): Promise<Inbox> {
  const files = await csvFiles(folder);
  const from = since === null ? 0 : files.findIndex((file) => isSince(file.modifiedAt, since));
  const invoices = new Map<string, CurrentInvoice>();
  const problems: RecordProblem[] = [];
  for (const file of from < 0 ? [] : files.slice(from)) {
    const found = await readFile(folder, file, invoices);
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
  const names = (await readdir(folder)).filter((name) => /^[^.].*\.csv$/i.test(name)).toSorted();
  const files: CsvFile[] = [];
  for (const name of names) {
    const found = await stat(join(folder, name));
    if (found.isFile()) files.push({ name, bytes: found.size, modifiedAt: found.mtime.toISOString() });
  }
  return files;
}

/** Adds the documents of a file to `invoices` and returns the rows that could not be read. */
async function readFile(
  folder: string,
  file: CsvFile,
  invoices: Map<string, CurrentInvoice>,
): Promise<RecordProblem[]> {
  if (file.bytes > largestFile)
    return [
      asRecordProblem(file.name, {
        code: 'file_too_large',
        message: `The file has ${Math.round(file.bytes / 1e6)} MB; at most ${largestFile / 1e6} MB are read.`,
        fix: 'Export the invoices in several files.',
      }),
    ];
  const problems: RecordProblem[] = [];
  const report = (line: number, problem: RowProblem): number =>
    problems.push(asRecordProblem(`${file.name}:${line}`, problem));
  let layout: InvoiceLayout | null = null;
  for await (const rows of readCsvRows(join(folder, file.name))) {
    for (const { line, cells } of rows) {
      if (!layout) {
        const header = readHeader(cells ?? []);
        if (!header.ok) return [asRecordProblem(`${file.name}:${line}`, header.problem)];
        layout = header.layout;
      } else if (!cells?.every((cell) => cell.trim() === '')) {
        const reading = readInvoice(cells, layout);
        const earlier = reading.ok ? invoices.get(reading.number) : undefined;
        if (!reading.ok) report(line, reading.problem);
        else
          invoices.set(reading.number, {
            fields: reading.fields,
            file: file.name,
            line,
            modifiedAt: file.modifiedAt,
          });
        if (reading.ok && earlier?.file === file.name && !isPaymentOf(earlier.fields, reading.fields))
          report(line, repeated(reading.number, earlier.line, line));
      }
    }
  }
  if (layout) return problems;
  return [
    asRecordProblem(`${file.name}:1`, {
      code: 'file_empty',
      message: 'The file has no header.',
      fix: 'Export the file again, or remove it.',
    }),
  ];
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
