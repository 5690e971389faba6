import { access, stat } from 'node:fs/promises';
import { constants } from 'node:fs';
import { z } from 'zod';
import type { ErpConnector } from '#connectors/contract/erp.ts';
import { ConnectorError } from '#connectors/contract/failures.ts';
import type {
  ObjectDescription,
  PullPage,
  PullRequest,
  RemoteField,
  RemoteFields,
  RemoteRecord,
} from '#connectors/contract/records.ts';
import type { CanonicalKind } from '#src/domain/record.ts';
import type { ConnectorInput } from '#connectors/contract/remote-system.ts';
import { checkFilesAccess } from './check/check-access.ts';
import { isSince } from './inbox-file.ts';
import { totalOf, type CurrentRow, type InboxReading } from './inbox-rows.ts';
import { readInbox } from './invoice-inbox.ts';
import { isEncoding } from '#connectors/contract/text/file-text.ts';
import { companyField, invoiceFields } from './invoice-row.ts';
import { payoutColumns } from './payout-file.ts';
import { writePayouts } from './payout-outbox.ts';
import { readRecords } from './record-inbox.ts';
import { recordColumns, recordFields, type RecordFileKind } from './record-row.ts';
import { writeReceiptFiles } from './receipt-file.ts';

const pageSize = 1000;

/** The object of each kind of record. */
const objects: Readonly<Partial<Record<CanonicalKind, string>>> = {
  invoice: 'invoice',
  payout: 'payout',
  account: 'customer',
  opportunity: 'order',
};

/** The objects that files are read for. */
type ReadObject = 'invoice' | RecordFileKind;

function isReadObject(object: string): object is ReadObject {
  return object === 'invoice' || Object.hasOwn(recordColumns, object);
}

const columnsOf = (object: ReadObject): readonly string[] =>
  object === 'invoice' ? invoiceFields : recordFields(object);

/**
 * Absolute paths: the folder where the ERP puts invoice files, and the folder where finance collects payout
 * files.
 */
const filesSettings = z.object({
  inbox: z.string().min(1),
  outbox: z.string().min(1),
  /** The encoding of files that are neither UTF-8 nor UTF-16 with a byte order mark. */
  encoding: z.string().refine(isEncoding).optional(),
  /** The column with the company that issued a document, where several companies use the same numbers. */
  companyColumn: z.string().min(1).optional(),
  /** Document numbers begin again each year. */
  numbersRestart: z.literal('yearly').optional(),
});
type FilesSettings = z.infer<typeof filesSettings>;

/**
 * An ERP that exchanges files: invoices, customers and orders are read from one folder, payouts are written to
 * another.
 *
 * A record is identified by its number and has the modification time of the last file that contains it.
 * Every read loads all files of an object into memory, a few hundred bytes for each record.
 * @throws ConnectorError when a setting is missing
 */
export function createFiles({ settings, now }: ConnectorInput): ErpConnector {
  const folders = readSettings(settings);
  const noLimits = { used: null, allowed: null };
  return {
    kind: 'files',
    role: 'erp',
    objectFor: (kind) => objects[kind] ?? null,
    check: async () => {
      await checkFolders(folders);
      return { account: folders.inbox, limits: noLimits, discovered: {} };
    },
    checkAccess: () => checkFilesAccess(folders),
    describe: async (object) => describe(object),
    alwaysReadsAll: true,
    pull: (request) => pull(folders, request, now),
    fetch: async (object, extIds, fields) => {
      expectColumns(object, fields);
      const { rows } = await readFolder(folders, object, null);
      return extIds.map((extId) => recordOf(extId, rows.get(extId), fields, now));
    },
    deliverPayouts: (batch) =>
      folderAccess('outbox', folders.outbox, () => writePayouts(folders.outbox, batch)),
    saveReceipts: (receipts) =>
      folderAccess('inbox', folders.inbox, () => writeReceiptFiles(folders.inbox, receipts)),
    windows: () => [],
    limits: () => noLimits,
    calls: () => 0,
    close: async () => {},
  };
}

function readSettings(settings: RemoteFields): FilesSettings {
  const parsed = filesSettings.safeParse(settings);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
  throw new ConnectorError({
    class: 'validation',
    code: 'setting_missing',
    message: `The setting ${wrong} of this connection is missing or wrong.`,
    fix: 'Set inbox to the folder of the invoice files, outbox to the folder for payout files, and encoding, if it is set, to a name such as windows-1252.',
  });
}

const readFolder = (
  { inbox, ...rules }: FilesSettings,
  object: ReadObject,
  since: string | null,
): Promise<InboxReading> =>
  folderAccess('inbox', inbox, () =>
    object === 'invoice' ? readInbox(inbox, since, rules) : readRecords(inbox, object, since, rules),
  );

async function* pull(
  folders: FilesSettings,
  { object, fields, since, resume }: PullRequest,
  now: () => Date,
): AsyncGenerator<PullPage> {
  expectColumns(object, fields);
  const askedAt = now();
  const serverTime = askedAt.toISOString();
  const { rows, problems, files } = await readFolder(folders, object, since);
  const wanted = [...rows].filter(
    ([id, { modifiedAt }]) =>
      (resume === null || sortKey(id) > resume) && (since === null || isSince(modifiedAt, since)),
  );
  const records = wanted
    .toSorted(([a], [b]) => (sortKey(a) < sortKey(b) ? -1 : 1))
    .map(([id, row]) => recordOf(id, row, fields, now));
  // A resumed pull also reports the problems, because a problem that a complete read does not report counts
  // as resolved. The first page is returned even when it is empty, because it carries the time.
  const page = (from: number): PullPage => {
    const some = records.slice(from, from + pageSize);
    return {
      records: some,
      resume: some.length === 0 ? (resume ?? '') : sortKey(some.at(-1)?.extId ?? ''),
      total: records.length,
      askedAt,
      serverTime,
    };
  };
  yield { ...page(0), files, ...(problems.length > 0 && { problems }) };
  for (let from = pageSize; from < records.length; from += pageSize) yield page(from);
}

/** Invoices come first, then what is compared with them: credit memos, and rows that are asked about. */
function sortKey(id: string): string {
  return id.endsWith(')') ? `\uffff${id}` : id;
}

function recordOf(
  extId: string,
  row: CurrentRow | undefined,
  fields: readonly string[],
  now: () => Date,
): RemoteRecord {
  if (!row) return { extId, fields: {}, modifiedAt: now().toISOString(), deleted: true };
  const { file, line, position, replaced } = row;
  const { currency, amount } = totalOf(row.fields) ?? { currency: '', amount: '0' };
  return {
    extId,
    fields: Object.fromEntries(fields.map((field) => [field, row.fields[field] ?? null])),
    modifiedAt: row.modifiedAt,
    deleted: false,
    origin: { file, line, position, amount, currency, ...(replaced && { replaced }) },
  };
}

function expectColumns(object: string, fields: readonly string[]): asserts object is ReadObject {
  if (!isReadObject(object))
    throw new ConnectorError(
      unsupported(
        `reading ${object}`,
        'Files hold invoices, customers and orders to read and payouts to write.',
      ),
    );
  const unknown = fields.filter((field) => !columnsOf(object).includes(field));
  if (unknown.length > 0)
    throw new ConnectorError(
      unsupported(`the field ${unknown.join(', ')}`, `Use the columns ${columnsOf(object).join(', ')}.`),
    );
}

function unsupported(what: string, fix: string): ConnectorError['failure'] {
  return { class: 'mapping', code: 'not_supported', message: `Files do not support ${what}.`, fix };
}

const types: Readonly<Record<string, RemoteField['type']>> = {
  amount: 'number',
  line_count: 'number',
  issued_on: 'date',
  paid_on: 'date',
  opened_on: 'date',
  closed_on: 'date',
  customer_since: 'date',
};
const optionalColumns = new Set<string>([companyField, 'customer_name', 'paid_on', 'applies_to']);

function describe(object: string): ObjectDescription {
  if (object !== 'payout' && !isReadObject(object))
    throw new ConnectorError(
      unsupported(`the object ${object}`, 'Files hold invoices, customers, orders and payouts.'),
    );
  const writable = object === 'payout';
  const isRequired = (name: string): boolean =>
    object === 'customer' || object === 'order'
      ? recordColumns[object][name]?.required === true
      : !optionalColumns.has(name);
  const fields = (writable ? payoutColumns : columnsOf(object)).map((name): RemoteField => ({
    name,
    label: labelOf(name),
    type: types[name] ?? 'text',
    required: isRequired(name),
    createable: writable,
    updateable: writable,
  }));
  return { object, label: labelOf(object), fields };
}

function labelOf(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', ' ');
}

async function checkFolders({ inbox, outbox }: FilesSettings): Promise<void> {
  await folderAccess('inbox', inbox, async () => {
    if (!(await stat(inbox)).isDirectory())
      throw Object.assign(new Error(`${inbox} is not a folder`), { code: 'ENOTDIR' });
    await access(inbox, constants.R_OK | constants.X_OK);
  });
  await folderAccess('outbox', outbox, async () => {
    const found = await stat(outbox).catch((error: NodeJS.ErrnoException) =>
      error.code === 'ENOENT' ? null : Promise.reject(error),
    );
    // The first payout file creates it.
    if (found) await access(outbox, constants.W_OK | constants.X_OK);
  });
}

/** Turns an error of the file system into a failure that names the folder and the fix. */
async function folderAccess<T>(
  setting: 'inbox' | 'outbox',
  folder: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : null;
    if (!code || error instanceof ConnectorError) throw error;
    const denied = code === 'EACCES' || code === 'EPERM';
    const fix = denied
      ? `Let Fairway's user ${setting === 'inbox' ? 'read' : 'write to'} ${folder}.`
      : `Check that ${folder} exists, or change the ${setting} setting of this connection.`;
    throw new ConnectorError(
      {
        class: denied ? 'permission' : 'retry',
        code: `${setting}_unavailable`,
        message: error instanceof Error ? error.message : code,
        fix,
      },
      error,
    );
  }
}
