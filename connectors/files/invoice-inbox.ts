import { foldKey } from '#src/domain/document-key.ts';
import { FileTally } from './file-tally.ts';
import { openFile, type InboxFile, type InboxRules, type ReadFile } from './inbox-file.ts';
import { putRow, readFiles, readRows, type CurrentRow, type InboxReading } from './inbox-rows.ts';
import { readHeader, readInvoice, type InvoiceFields } from './invoice-row.ts';
import type { RowProblem } from '#connectors/contract/text/row-problem.ts';

/** The latest row of one document. */
export type CurrentInvoice = CurrentRow<InvoiceFields>;

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
): Promise<InboxReading<InvoiceFields>> {
  return readFiles(folder, 'invoice', since, (file, invoices) => readInvoices(folder, file, rules, invoices));
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
  const found = await readRows(opened, tally, readInvoice);
  if (!found.ok) return found.refused;
  let openEnds = 0;
  for (const row of found.rows) {
    const { line, number, fields, openEnd } = row;
    const earlier = putRow(invoices, recordIdOf(fields, rules, invoices), file, row);
    if (earlier?.file === file.name && !isPaymentOf(earlier.fields, fields))
      tally.notice(line, repeated(number, earlier.line, line));
    if (openEnd !== undefined && (openEnds += 1) === 1) tally.notice(line, readAsUnpaid(number, openEnd));
  }
  return tally.result();
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

/** True for a row that has the number of an earlier document and cannot be the same one. */
export const isAnotherDocument = (id: string, fields: InvoiceFields): boolean =>
  id.endsWith(` (${unchangingOf(fields)})`);

/** The values that never change in one document. */
const unchangingOf = ({ partner_code, currency, issued_on }: InvoiceFields): string =>
  `${foldKey(partner_code ?? '')} ${currency} ${issued_on?.slice(0, 4)}`;

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
