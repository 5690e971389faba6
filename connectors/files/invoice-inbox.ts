import type { FileReading, RecordProblem } from '#connectors/contract/records.ts';
import { foldKey } from '#src/domain/document-key.ts';
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
  invoiceFields,
  readHeader,
  readInvoice,
  type InvoiceFields,
  type InvoiceHeader,
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

export interface Inbox {
  readonly invoices: ReadonlyMap<string, CurrentInvoice>;
  /** Problems of files modified at or after `since` only. The others were reported before. */
  readonly problems: readonly RecordProblem[];
  /** What was read from each file, in the order of the files. */
  readonly files: readonly FileReading[];
}

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
  const invoices = new Map<string, CurrentInvoice>();
  const problems: RecordProblem[] = [];
  const readings: FileReading[] = [];
  for (const file of await filesOfKind(folder, 'invoice', since)) {
    const { found, reading } = await readInvoices(folder, file, rules, invoices);
    readings.push(reading);
    if (since === null || isSince(file.modifiedAt, since))
      problems.push(...limitedProblems(found, file.name));
  }
  return { invoices, problems, files: readings };
}

/** Adds the documents of a file to `invoices`. Returns the rows that could not be read, and what was. */
async function readInvoices(
  folder: string,
  file: InboxFile,
  rules: InboxRules,
  invoices: Map<string, CurrentInvoice>,
): Promise<ReadFile> {
  const tally = new FileTally(file.name);
  const opened = await openFile(folder, file, rules, tally, (cells) =>
    readHeader(cells, rules.companyColumn),
  );
  if (!opened.ok) return opened.refused;
  const { stated } = opened;
  const readings = await readRows(opened, tally);
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

/** The rows that can be read. The others are counted as refused. */
async function readRows(
  { header, decimal, rows }: OpenedFile<InvoiceHeader>,
  tally: FileTally,
): Promise<readonly ReadRow[]> {
  const read: ReadRow[] = [];
  for await (const { line, cells, fault } of rows()) {
    const reading = readInvoice(cells, header, { decimal, ...(fault && { fault }) });
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
