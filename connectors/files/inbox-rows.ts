/** The rows of all files of one kind: a later row takes the place of an earlier one with the same id. */
import type { FileReading, RecordProblem } from '#connectors/contract/records.ts';
import type { DecimalMark } from './cells/amount.ts';
import type { CsvRow } from '#connectors/contract/text/csv-rows.ts';
import { positionOf } from './file-order.ts';
import { asRecordProblem, type FileTally } from './file-tally.ts';
import {
  filesOfKind,
  isSince,
  type FileKind,
  type InboxFile,
  type OpenedFile,
  type ReadFile,
} from './inbox-file.ts';
import type { Header, Refusal } from '#connectors/contract/text/row-shape.ts';

/** The cells of a row by their columns. */
type RowFields = Readonly<Record<string, string | null | undefined>>;

/** The latest row of one record. */
export interface CurrentRow<F extends RowFields = RowFields> {
  readonly fields: F;
  readonly file: string;
  readonly line: number;
  /** The place of the row among all rows of the inbox. */
  readonly position: string;
  /** The row before it with the same number and other values. */
  readonly replaced?: { readonly file: string; readonly line: number; readonly fields: readonly string[] };
  /** The modification time of the file, ISO 8601 UTC. */
  readonly modifiedAt: string;
}

/** What was read from all files of one kind. */
export interface InboxReading<F extends RowFields = RowFields> {
  /** By the ids of their records. */
  readonly rows: ReadonlyMap<string, CurrentRow<F>>;
  /** Problems of files modified at or after `since` only. The others were reported before. */
  readonly problems: readonly RecordProblem[];
  /** What was read from each file, in the order of the files. */
  readonly files: readonly FileReading[];
}

/**
 * Reads the files of one kind in their order.
 *
 * @param read adds the rows of a file to those before it
 */
export async function readFiles<F extends RowFields>(
  folder: string,
  kind: FileKind,
  since: string | null,
  read: (file: InboxFile, rows: Map<string, CurrentRow<F>>) => Promise<ReadFile>,
): Promise<InboxReading<F>> {
  const rows = new Map<string, CurrentRow<F>>();
  const problems: RecordProblem[] = [];
  const files: FileReading[] = [];
  for (const file of await filesOfKind(folder, kind, since)) {
    const { found, reading } = await read(file, rows);
    files.push(reading);
    if (since === null || isSince(file.modifiedAt, since))
      problems.push(...limitedProblems(found, file.name));
  }
  return { rows, problems, files };
}

/** What a row counts in the totals of its file; null when it has no amount. A credit memo is subtracted. */
export function totalOf({ kind, amount, currency }: RowFields): {
  readonly currency: string;
  readonly amount: string;
} | null {
  if (amount == null || currency == null) return null;
  return { currency, amount: kind === 'credit_memo' ? `-${amount}` : amount };
}

/**
 * The rows that can be read; the others are counted as refused. Nothing of a file is read whose rows or totals are not
 * the stated ones: it may be cut off.
 */
export async function readRows<H extends Header, R extends { readonly ok: true; readonly fields: RowFields }>(
  { header, decimal, stated, rows }: OpenedFile<H>,
  tally: FileTally,
  read: (row: CsvRow, header: H, decimal: DecimalMark | null) => R | Refusal,
): Promise<
  | { readonly ok: true; readonly rows: readonly (R & { readonly line: number })[] }
  | { readonly ok: false; readonly refused: ReadFile }
> {
  const readable: (R & { readonly line: number })[] = [];
  for await (const row of rows()) {
    const reading = read(row, header, decimal);
    if (reading.ok) {
      tally.take(totalOf(reading.fields));
      readable.push({ ...reading, line: row.line });
    } else tally.refuseRow(row.line, reading.problem);
  }
  const wrong = stated === null ? null : tally.compare(stated);
  return wrong === null ? { ok: true, rows: readable } : { ok: false, refused: tally.refuse(wrong) };
}

/** Puts a row in the place of the one with the same id, unless that one counts later. Returns the one before it. */
export function putRow<F extends RowFields>(
  rows: Map<string, CurrentRow<F>>,
  id: string,
  { name: file, modifiedAt }: InboxFile,
  { fields, line, sequence }: { readonly fields: F; readonly line: number; readonly sequence?: string },
): CurrentRow<F> | undefined {
  const earlier = rows.get(id);
  const position = positionOf(file, line, sequence);
  if (earlier !== undefined && earlier.position > position) return earlier;
  const changed = earlier ? changedColumns(earlier.fields, fields) : [];
  const replaced =
    earlier && changed.length > 0
      ? { file: earlier.file, line: earlier.line, fields: changed }
      : earlier?.replaced;
  rows.set(id, { fields, file, line, position, modifiedAt, ...(replaced && { replaced }) });
  return earlier;
}

export function changedColumns(before: RowFields, after: RowFields): readonly string[] {
  return Object.keys(after).filter((column) => after[column] !== before[column]);
}

/** The problems reported for one file at most, so that a bad file does not hide the problems of others. */
const problemsPerFile = 1000;
/** The problems of a file, with one for all those beyond the limit. */
function limitedProblems(problems: readonly RecordProblem[], file: string): readonly RecordProblem[] {
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
