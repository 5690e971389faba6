/** What would be read of an inbox now: files by kind, what is refused, and what is not read at all. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileReading, RecordProblem } from '#connectors/contract/records.ts';
import type { AccessCheck } from '#connectors/contract/remote-system.ts';
import { isReadName, kindInHeader, type FileKind, type InboxRules } from '#connectors/files/inbox-file.ts';
import { isAnotherDocument, readInbox } from '#connectors/files/invoice-inbox.ts';
import { readRecords } from '#connectors/files/record-inbox.ts';
import { formatMinor, parseMinor } from '#src/domain/money.ts';

const kinds: Readonly<Record<FileKind, string>> = {
  invoice: 'invoice files',
  customer: 'customer files',
  order: 'order files',
};
/** A person reads the lines; the first ones of many show the cause. */
const listed = 20;

/** Reads the inbox as a run does, without storing anything. */
export async function inboxChecks(inbox: string, rules: InboxRules): Promise<readonly AccessCheck[]> {
  try {
    const { unknown, others, count } = await entriesOf(inbox);
    const invoices = await readInbox(inbox, null, rules);
    const customers = await readRecords(inbox, 'customer', null, rules);
    const orders = await readRecords(inbox, 'order', null, rules);
    const isKnown = ({ file }: FileReading): boolean => !unknown.includes(file);
    const readings = { invoice: invoices, customer: customers, order: orders };
    const faulty = Object.values(readings).flatMap(({ files, problems }) =>
      files.filter(isKnown).flatMap((file) => fileCheck(file, problems) ?? []),
    );
    const clashes = [...invoices.rows].filter(([id, { fields }]) => isAnotherDocument(id, fields));
    return [
      ...(count === 0 ? [emptyCheck] : []),
      ...Object.entries(readings).flatMap(([kind, { files }]) =>
        kindCheck(kinds[kind as FileKind], files.filter(isKnown)),
      ),
      numbersCheck(
        rules,
        clashes.map(([, { fields, file, line }]) => `${fields.invoice_number ?? ''} (${file}:${line})`),
      ),
      ...limited([...faulty, ...unknown.map(unknownCheck)]),
      ...(others.length > 0 ? [othersCheck(others)] : []),
    ];
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    // One file that may not be opened stops a run too.
    return [
      {
        about: 'files',
        result: 'missing',
        message: `A file cannot be read: ${error.message}.`,
        fix: 'Let the user that runs Fairway read all files of the inbox.',
      },
    ];
  }
}

/** The entries of the folder that are not files with a known header. Hidden ones and what Fairway writes do not count. */
async function entriesOf(inbox: string) {
  const entries = (await readdir(inbox, { withFileTypes: true })).filter(({ name }) => !name.startsWith('.'));
  const names = new Set(entries.map(({ name }) => name));
  const csv = entries.filter((entry) => !entry.isDirectory() && isReadName(entry.name));
  const unknown: string[] = [];
  for (const { name } of csv) if ((await kindInHeader(join(inbox, name))) === null) unknown.push(name);
  const belongsToFile = (name: string): boolean => {
    const [, file] = /^(.*)\.(?:receipt\.json|control)$/.exec(name) ?? [];
    return file !== undefined && names.has(file);
  };
  const others = entries.flatMap((entry) =>
    csv.includes(entry) || belongsToFile(entry.name)
      ? []
      : [entry.isDirectory() ? `${entry.name}/` : entry.name],
  );
  return { unknown, others: others.toSorted(), count: csv.length };
}

const emptyCheck: AccessCheck = {
  about: 'files',
  result: 'degraded',
  message: 'The inbox has no CSV file yet.',
  fix: 'Let the ERP export a file, and check again to see what Fairway reads of it.',
};

function kindCheck(about: string, files: readonly FileReading[]): readonly AccessCheck[] {
  if (files.length === 0) return [];
  const sum = (count: (file: FileReading) => number): number =>
    files.reduce((total, file) => total + count(file), 0);
  const rows = sum((file) => file.rows - file.refusedRows);
  const totals = totalsOf(files);
  const message = `${shortList(files.map(({ file }) => file))}. ${rows} ${rows === 1 ? 'row' : 'rows'} can be read${totals === '' ? '' : `: ${totals}`}.`;
  return [{ about, result: 'ok', message, fix: null }];
}

function totalsOf(files: readonly FileReading[]): string {
  const totals = new Map<string, bigint>();
  for (const { totals: some } of files)
    for (const [currency, amount] of Object.entries(some))
      totals.set(currency, (totals.get(currency) ?? 0n) + parseMinor(amount, currency));
  return [...totals].map(([currency, minor]) => `${formatMinor(minor, currency)} ${currency}`).join(', ');
}

/** What would be wrong with a file. Null when nothing would. */
function fileCheck(
  { file, rows, refusedRows, refused }: FileReading,
  problems: readonly RecordProblem[],
): AccessCheck | null {
  const found = problems.filter(({ ref }) => ref === file || ref.startsWith(`${file}:`));
  const [first] = found;
  if (first === undefined) return null;
  const isRefused = refused.length > 0 && rows === refusedRows;
  const place = first.ref === file ? '' : `Line ${first.ref.slice(file.length + 1)}: `;
  return {
    about: `file ${file}`,
    result: isRefused ? 'missing' : 'degraded',
    message: [
      isRefused ? 'Nothing of it would be read.' : `${refusedRows} of ${rows} rows would be refused.`,
      `${place}${first.failure.message}`,
      ...(found.length > 1 ? [`${found.length - 1} more.`] : []),
    ].join(' '),
    fix: first.failure.fix,
  };
}

const unknownCheck = (name: string): AccessCheck => ({
  about: `file ${name}`,
  result: 'missing',
  message:
    'Nothing of it would be read: its header has neither invoice_number nor order_number nor customer_number.',
  fix: 'Name the columns as docs/erp/invoice-files.md and docs/erp/customer-and-order-files.md say, or move the file elsewhere.',
});

const othersCheck = (names: readonly string[]): AccessCheck => ({
  about: 'other files',
  result: 'degraded',
  message: `They are not read, because only names that end in .csv are: ${shortList(names)}.`,
  fix: 'Export them as CSV files into the inbox itself, or move them elsewhere.',
});

/** How a connection tells documents with one number apart, and whether the files need more than that. */
function numbersCheck(
  { companyColumn, numbersRestart }: InboxRules,
  clashes: readonly string[],
): AccessCheck {
  const parts = [
    'number and kind',
    ...(companyColumn === undefined ? [] : [`the company in the column ${companyColumn}`]),
    ...(numbersRestart === undefined ? [] : ['the year']),
  ];
  const rule = `A document is identified by ${parts.join(' and ')}.`;
  if (clashes.length === 0) return { about: 'document numbers', result: 'ok', message: rule, fix: null };
  return {
    about: 'document numbers',
    result: 'degraded',
    message: `${rule} A known number comes again with another partner, currency or year, which is a question to finance each time: ${shortList(clashes)}.`,
    fix: 'If several companies use the same numbers, name the column of the company with --company-column. If numbers begin again each year, use --numbers-restart.',
  };
}

function limited(checks: readonly AccessCheck[]): readonly AccessCheck[] {
  if (checks.length <= listed) return checks;
  const more = checks.length - listed;
  return [
    ...checks.slice(0, listed),
    {
      about: 'more files',
      result: checks.slice(listed).some(({ result }) => result === 'missing') ? 'missing' : 'degraded',
      message: `${more} more ${more === 1 ? 'file has' : 'files have'} rows that would be refused.`,
      fix: 'Correct the files above and check again.',
    },
  ];
}

const namedAtOnce = 5;
function shortList(names: readonly string[]): string {
  const rest = names.length - namedAtOnce;
  return rest > 0 ? `${names.slice(0, namedAtOnce).join(', ')} and ${rest} more` : names.join(', ');
}
