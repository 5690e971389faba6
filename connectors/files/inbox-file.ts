/** The files of an inbox: their kinds, and the header, decimal mark and control row of each. */
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { FileReading, RecordProblem } from '#connectors/contract/records.ts';
import { shownMark, type DecimalMark } from './cells/amount.ts';
import {
  controlCells,
  readControl,
  readControlFile,
  unreadableControl,
  type StatedControl,
} from './control-total.ts';
import { readCsvRows, type CsvRow } from '#connectors/contract/text/csv-rows.ts';
import { inFileOrder } from './file-order.ts';
import type { FileTally } from './file-tally.ts';
import { readFileText } from '#connectors/contract/text/file-text.ts';
import { columnName, type Header, type Refusal } from '#connectors/contract/text/row-shape.ts';

/** What a connection declares about its files. */
export interface InboxRules {
  /** The encoding of files that are neither UTF-8 nor UTF-16 with a byte order mark. */
  readonly encoding?: string | undefined;
  /** The column with the company that issued a document. */
  readonly companyColumn?: string | undefined;
  /** Document numbers begin again each year. */
  readonly numbersRestart?: 'yearly' | undefined;
}

/** The contents of a file. */
export type FileKind = 'invoice' | 'order' | 'customer';

export interface InboxFile {
  readonly name: string;
  readonly bytes: number;
  /** ISO 8601 UTC. */
  readonly modifiedAt: string;
}

/** About a million documents. All of them are in memory during a read. */
const largestFile = 200_000_000;

/**
 * The files of one kind, in their order (`file-order.ts`). With `since`, the files before the first one modified
 * since then are left out: later names replace earlier ones, so nothing in them can replace newer values.
 */
export async function filesOfKind(
  folder: string,
  kind: FileKind,
  since: string | null,
): Promise<readonly InboxFile[]> {
  const names = (await readdir(folder)).filter(isReadName).toSorted(inFileOrder);
  const files: InboxFile[] = [];
  for (const name of names) {
    const found = await stat(join(folder, name));
    // A header that fits no kind is read as that of an invoice file, so that the missing columns are reported.
    if (found.isFile() && ((await kindInHeader(join(folder, name))) ?? 'invoice') === kind)
      files.push({ name, bytes: found.size, modifiedAt: found.mtime.toISOString() });
  }
  if (since === null) return files;
  const from = files.findIndex((file) => isSince(file.modifiedAt, since));
  return from < 0 ? [] : files.slice(from);
}

/** True for the name of a file that is read. */
export const isReadName = (name: string): boolean => /^[^.].*\.csv$/i.test(name);

/** Compares instants, so `…00Z` and `…00.000Z` are equal. */
export function isSince(modifiedAt: string, since: string): boolean {
  return Date.parse(modifiedAt) >= Date.parse(since);
}

/** A header is much shorter. */
const headBytes = 65_536;

/**
 * The kind that the header shows; null when it fits none.
 * The names of the columns are ASCII, so the encoding matters only as far as it has one or two bytes a character.
 */
export async function kindInHeader(path: string): Promise<FileKind | null> {
  const handle = await open(path);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    const head = buffer.subarray(0, bytesRead).toString('latin1').replaceAll('\0', '');
    const lines = head.split(/[\r\n]+/).filter((line) => line.trim() !== '' && !/^\W*sep=/i.test(line));
    const columns = new Set((lines[0] ?? '').split(/[^\w -]+/).map(columnName));
    const has = (column: string): boolean => columns.has(column);
    if (has('invoice_number')) return 'invoice';
    return has('order_number') ? 'order' : has('customer_number') ? 'customer' : null;
  } finally {
    await handle.close();
  }
}

/** A file whose header was read. */
export interface OpenedFile<H extends Header> {
  readonly ok: true;
  readonly header: H;
  /** The decimal mark of the amounts, if only one is possible. */
  readonly decimal: DecimalMark | null;
  /** What the ERP states about the file. */
  readonly stated: StatedControl | null;
  /** The rows below the header, without the control row. */
  readonly rows: () => AsyncGenerator<CsvRow>;
}

export interface ReadFile {
  readonly found: readonly RecordProblem[];
  readonly reading: FileReading;
}

/** Opens a file and reads its header. Refuses the whole file when it cannot be read. */
export async function openFile<H extends Header>(
  folder: string,
  file: InboxFile,
  { encoding }: InboxRules,
  tally: FileTally,
  headerOf: (cells: readonly string[]) => { readonly ok: true; readonly header: H } | Refusal,
): Promise<OpenedFile<H> | { readonly ok: false; readonly refused: ReadFile }> {
  const refuse = (...problem: Parameters<FileTally['refuse']>) =>
    ({ ok: false, refused: tally.refuse(...problem) }) as const;
  if (file.bytes > largestFile)
    return refuse({
      code: 'file_too_large',
      message: `The file has ${Math.round(file.bytes / 1e6)} MB; at most ${largestFile / 1e6} MB are read.`,
      fix: 'Export the rows in several files.',
    });
  const bytes = await readFile(join(folder, file.name));
  tally.sha256 = createHash('sha256').update(bytes).digest('hex');
  const text = readFileText(bytes, encoding ?? null);
  if (!text.ok) return refuse(text.problem);
  const first = (await filledRows(text.lines).next()).value;
  if (!first)
    return refuse(
      { code: 'file_empty', message: 'The file has no header.', fix: 'Export the file again, or remove it.' },
      1,
    );
  const found = headerOf(first.cells ?? []);
  if (!found.ok) return refuse(found.problem, first.line);
  const survey = await surveyRows(text.lines, found.header);
  const stated = survey.stated ? readControl(survey.stated) : await readControlFile(folder, file.name);
  if (stated === 'unreadable') return refuse(unreadableControl);
  async function* rows(): AsyncGenerator<CsvRow> {
    let isHeader = true;
    for await (const row of filledRows(text.ok ? text.lines : [])) {
      if (!isHeader && row.line !== survey.endsAt) yield row;
      isHeader = false;
    }
  }
  return { ok: true, header: found.header, decimal: survey.decimal, stated, rows };
}

/** What is known about the rows of a file as a whole, before each is read. */
interface RowSurvey {
  readonly decimal: DecimalMark | null;
  /** The cells of the control row after its mark; null when the file has none. */
  readonly stated: readonly string[] | null;
  /** The line of the control row. */
  readonly endsAt: number;
}

async function surveyRows(lines: Iterable<string>, { width, at }: Header): Promise<RowSurvey> {
  const marks = new Set<DecimalMark>();
  const amountAt = at.get('amount') ?? -1;
  let last: CsvRow | null = null;
  for await (const row of filledRows(lines)) {
    const mark = row.cells?.length === width ? shownMark(row.cells[amountAt] ?? '') : null;
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
