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
import type { ConnectorInput } from '#connectors/contract/remote-system.ts';
import { isSince, readInbox, totalOf, type CurrentInvoice } from './invoice-inbox.ts';
import { isEncoding } from './file-text.ts';
import { companyField, invoiceColumns, invoiceFields } from './invoice-row.ts';
import { payoutColumns } from './payout-file.ts';
import { writePayouts } from './payout-outbox.ts';
import { writeReceiptFiles } from './receipt-file.ts';

const pageSize = 1000;

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
 * An ERP that exchanges files: invoices are read from one folder, payouts are written to another.
 *
 * A document is identified by its number and has the modification time of the last file that contains it.
 * Every read loads the whole inbox into memory, a few hundred bytes for each document.
 * @throws ConnectorError when a setting is missing
 */
export function createFiles({ settings, now }: ConnectorInput): ErpConnector {
  const folders = readSettings(settings);
  const noLimits = { used: null, allowed: null };
  return {
    kind: 'files',
    role: 'erp',
    objectFor: (kind) => (kind === 'invoice' || kind === 'payout' ? kind : null),
    check: async () => {
      await checkFolders(folders);
      return { account: folders.inbox, limits: noLimits, discovered: {} };
    },
    describe: async (object) => describe(object),
    alwaysReadsAll: true,
    pull: (request) => pull(folders, request, now),
    fetch: async (object, extIds, fields) => {
      expectInvoices(object, fields);
      const { invoices } = await readFolder(folders, null);
      return extIds.map((extId) => recordOf(extId, invoices.get(extId), fields, now));
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

const readFolder = ({ inbox, ...rules }: FilesSettings, since: string | null) =>
  folderAccess('inbox', inbox, () => readInbox(inbox, since, rules));

async function* pull(
  folders: FilesSettings,
  { object, fields, since, resume }: PullRequest,
  now: () => Date,
): AsyncGenerator<PullPage> {
  expectInvoices(object, fields);
  const askedAt = now();
  const serverTime = askedAt.toISOString();
  const { invoices, problems, files } = await readFolder(folders, since);
  const wanted = [...invoices].filter(
    ([id, { modifiedAt }]) =>
      (resume === null || sortKey(id) > resume) && (since === null || isSince(modifiedAt, since)),
  );
  const records = wanted
    .toSorted(([a], [b]) => (sortKey(a) < sortKey(b) ? -1 : 1))
    .map(([id, invoice]) => recordOf(id, invoice, fields, now));
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
  invoice: CurrentInvoice | undefined,
  fields: readonly string[],
  now: () => Date,
): RemoteRecord {
  if (!invoice) return { extId, fields: {}, modifiedAt: now().toISOString(), deleted: true };
  const all: Readonly<Record<string, string | null | undefined>> = invoice.fields;
  const { file, line, position, replaced } = invoice;
  const { currency, amount } = totalOf(invoice.fields);
  return {
    extId,
    fields: Object.fromEntries(fields.map((field) => [field, all[field] ?? null])),
    modifiedAt: invoice.modifiedAt,
    deleted: false,
    origin: { file, line, position, amount, currency, ...(replaced && { replaced }) },
  };
}

function expectInvoices(object: string, fields: readonly string[]): void {
  if (object !== 'invoice')
    throw new ConnectorError(
      unsupported(`reading ${object}`, 'Files hold invoices to read and payouts to write.'),
    );
  const unknown = fields.filter((field) => !invoiceFields.some((column) => column === field));
  if (unknown.length > 0)
    throw new ConnectorError(
      unsupported(`the field ${unknown.join(', ')}`, `Use the columns ${invoiceColumns.join(', ')}.`),
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
};
const optionalColumns = new Set<string>([companyField, 'customer_name', 'paid_on', 'applies_to']);

function describe(object: string): ObjectDescription {
  const columns = object === 'invoice' ? invoiceFields : object === 'payout' ? payoutColumns : null;
  if (!columns)
    throw new ConnectorError(unsupported(`the object ${object}`, 'Files hold invoices and payouts.'));
  const writable = object === 'payout';
  const fields = columns.map((name): RemoteField => {
    const label = name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', ' ');
    return {
      name,
      label,
      type: types[name] ?? 'text',
      required: !optionalColumns.has(name),
      createable: writable,
      updateable: writable,
    };
  });
  return { object, label: object === 'invoice' ? 'Invoice' : 'Payout', fields };
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
