import { FileTally } from './file-tally.ts';
import { openFile, type InboxFile, type InboxRules, type ReadFile } from './inbox-file.ts';
import {
  changedColumns,
  putRow,
  readFiles,
  readRows,
  type CurrentRow,
  type InboxReading,
} from './inbox-rows.ts';
import { readRecord, readRecordHeader, type RecordFields, type RecordFileKind } from './record-row.ts';
import type { RowProblem } from '#connectors/contract/text/row-problem.ts';

/**
 * Reads the files with customers or with orders. A later row with the same number replaces the earlier one. Two
 * different rows with one number in one file are reported, because they may be two records.
 */
export async function readRecords(
  folder: string,
  kind: RecordFileKind,
  since: string | null,
  rules: InboxRules = {},
): Promise<InboxReading<RecordFields>> {
  return readFiles(folder, kind, since, (file, records) =>
    readRecordFile(folder, file, { kind, rules }, records),
  );
}

async function readRecordFile(
  folder: string,
  file: InboxFile,
  { kind, rules }: { readonly kind: RecordFileKind; readonly rules: InboxRules },
  records: Map<string, CurrentRow<RecordFields>>,
): Promise<ReadFile> {
  const tally = new FileTally(file.name);
  const opened = await openFile(folder, file, rules, tally, (cells) =>
    readRecordHeader(kind, cells, rules.companyColumn),
  );
  if (!opened.ok) return opened.refused;
  const found = await readRows(opened, tally, readRecord);
  if (!found.ok) return found.refused;
  for (const row of found.rows) {
    const { line, id, fields } = row;
    const earlier = putRow(records, id, file, row);
    if (earlier?.file === file.name && changedColumns(earlier.fields, fields).length > 0)
      tally.notice(line, repeatedNumber(id, earlier.line, line));
  }
  return tally.result();
}

function repeatedNumber(number: string, before: number, line: number): RowProblem {
  return {
    code: 'number_repeated',
    message: `${number} is on line ${before} and, with other values, on line ${line}. Line ${line} counts.`,
    fix: `If these are two records, give each its own number. If line ${line} is wrong, remove it.`,
  };
}
