import type { FileReading, RecordProblem } from '#connectors/contract/records.ts';
import { positionOf } from './file-order.ts';
import { FileTally } from './file-tally.ts';
import {
  filesOfKind,
  isSince,
  limitedProblems,
  openFile,
  type InboxFile,
  type InboxRules,
  type OpenedFile,
  type ReadFile,
} from './inbox-file.ts';
import {
  readRecord,
  readRecordHeader,
  type RecordFileKind,
  type RecordHeader,
  type RecordReading,
} from './record-row.ts';
import type { RowProblem } from './row-problem.ts';

/** The latest row of one customer or order. */
export interface CurrentRecord {
  readonly fields: Readonly<Record<string, string | null>>;
  readonly file: string;
  readonly line: number;
  /** The place of the row among all rows of the inbox. */
  readonly position: string;
  /** The row before it with the same number and other values. */
  readonly replaced?: { readonly file: string; readonly line: number; readonly fields: readonly string[] };
  /** The modification time of the file, ISO 8601 UTC. */
  readonly modifiedAt: string;
}

export interface RecordInbox {
  /** By their ids. */
  readonly records: ReadonlyMap<string, CurrentRecord>;
  /** Problems of files modified at or after `since` only. The others were reported before. */
  readonly problems: readonly RecordProblem[];
  /** What was read from each file, in the order of the files. */
  readonly files: readonly FileReading[];
}

/**
 * Reads the files with customers or with orders. A later row with the same number replaces the earlier one. Two
 * different rows with one number in one file are reported, because they may be two records.
 */
export async function readRecords(
  folder: string,
  kind: RecordFileKind,
  since: string | null,
  rules: InboxRules = {},
): Promise<RecordInbox> {
  const records = new Map<string, CurrentRecord>();
  const problems: RecordProblem[] = [];
  const readings: FileReading[] = [];
  for (const file of await filesOfKind(folder, kind, since)) {
    const { found, reading } = await readFileInto(records, folder, file, kind, rules);
    readings.push(reading);
    if (since === null || isSince(file.modifiedAt, since))
      problems.push(...limitedProblems(found, file.name));
  }
  return { records, problems, files: readings };
}

async function readFileInto(
  records: Map<string, CurrentRecord>,
  folder: string,
  file: InboxFile,
  kind: RecordFileKind,
  rules: InboxRules,
): Promise<ReadFile> {
  const tally = new FileTally(file.name);
  const opened = await openFile(folder, file, rules, tally, (cells) =>
    readRecordHeader(kind, cells, rules.companyColumn),
  );
  if (!opened.ok) return opened.refused;
  const rows = await readRows(opened, tally);
  const wrong = opened.stated === null ? null : tally.compare(opened.stated);
  if (wrong !== null) return tally.refuse(wrong);
  for (const { line, id, fields, sequence } of rows) {
    const earlier = records.get(id);
    const position = positionOf(file.name, line, sequence);
    const changed = earlier
      ? Object.keys(fields).filter((field) => fields[field] !== earlier.fields[field])
      : [];
    if (earlier?.file === file.name && changed.length > 0)
      tally.notice(line, repeatedNumber(id, earlier.line, line));
    if (earlier !== undefined && earlier.position > position) continue;
    const replaced =
      earlier && changed.length > 0
        ? { file: earlier.file, line: earlier.line, fields: changed }
        : earlier?.replaced;
    records.set(id, {
      fields,
      file: file.name,
      line,
      position,
      modifiedAt: file.modifiedAt,
      ...(replaced && { replaced }),
    });
  }
  return tally.result();
}

type ReadRow = Extract<RecordReading, { readonly ok: true }> & { readonly line: number };

/** The rows that can be read. The others are counted as refused. */
async function readRows(
  { header, decimal, rows }: OpenedFile<RecordHeader>,
  tally: FileTally,
): Promise<readonly ReadRow[]> {
  const read: ReadRow[] = [];
  for await (const row of rows()) {
    const reading = readRecord(row, header, decimal);
    if (reading.ok) {
      tally.take(totalOfRecord(reading.fields));
      read.push({ ...reading, line: row.line });
    } else tally.refuseRow(row.line, reading.problem);
  }
  return read;
}

/** What a row counts in the totals of its file; null when it has no amount. */
export function totalOfRecord({ amount = null, currency = null }: CurrentRecord['fields']): {
  readonly currency: string;
  readonly amount: string;
} | null {
  return amount === null || currency === null ? null : { amount, currency };
}

function repeatedNumber(number: string, before: number, line: number): RowProblem {
  return {
    code: 'number_repeated',
    message: `${number} is on line ${before} and, with other values, on line ${line}. Line ${line} counts.`,
    fix: `If these are two records, give each its own number. If line ${line} is wrong, remove it.`,
  };
}
