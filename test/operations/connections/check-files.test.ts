import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { listConnections } from '#src/db/connections/connection-store.ts';
import { checkConnection } from '#src/operations/connections/check-connection.ts';
import { connect } from '#src/operations/connections/connect.ts';
import { header, row } from '#test/connectors/files/folders.ts';
import { runCommand } from '#test/cli/run-command.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';

let test: TestDeps;
let root: string;
let inbox: string;
let outbox: string;
beforeAll(async () => {
  test = await startDeps();
  // Another user must be able to come to the folders of a test.
  await chmod(test.dir, 0o755);
}, 60_000);
afterAll(() => test[Symbol.asyncDispose]());
beforeEach(async () => {
  root = await mkdtemp(join(test.dir, 'erp-'));
  await chmod(root, 0o755);
  [inbox, outbox] = [join(root, 'in'), join(root, 'out')];
  await mkdir(inbox);
  for (const [name, value] of Object.entries(test.env)) vi.stubEnv(name, value);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await rm(root, { recursive: true });
});

const drop = (name: string, text: string | Buffer): Promise<void> => writeFile(join(inbox, name), text);
const invoices = (...rows: readonly string[]): string => `${[header, ...rows].join('\n')}\n`;

/** `fairway connect files … --check`, as the lines that it prints. */
async function check(options: Readonly<Record<string, string | boolean>> = {}) {
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
  const exitCode = await runCommand(['connect', 'files'], { inbox, outbox, check: true, ...options });
  return { exitCode, text: lines.join('\n') };
}

/** Does the work as a user who has no rights on the folders; an administrator may do everything. */
async function asOtherUser<T>(work: () => Promise<T>): Promise<T> {
  const isAdministrator = process.geteuid?.() === 0;
  if (isAdministrator) process.seteuid?.(65_534);
  try {
    return await work();
  } finally {
    if (isAdministrator) process.seteuid?.(0);
  }
}

describe('a check of the folders of an ERP', { timeout: 30_000 }, () => {
  it('says what would be read of each kind of file, and leaves nothing behind', async () => {
    await drop('invoices-2026-10.csv', invoices(row(), row({ invoice_number: 'INV-2', currency: 'EUR' })));
    await drop('invoices-2026-11.csv', invoices(row({ invoice_number: 'INV-3', amount: '0.50' })));
    await drop('invoices-2026-11.csv.control', 'rows=1\n');
    await drop('customers.csv', 'customer_number,name\nK-1,Steinfelder\n');
    await drop(
      'orders.csv',
      'order_number,customer_number,stage,currency,amount,opened_on\nA-1,K-1,Offer,JPY,1200,2026-11-02\n',
    );
    const before = await readdir(inbox);
    const { exitCode, text } = await check();
    expect(text).toBe(
      [
        `ok        inbox: ${inbox} can be read.`,
        'ok        receipts: Receipts can be written beside the files.',
        `ok        outbox: ${outbox} does not exist yet. The first payout file creates it.`,
        'ok        encoding: None is declared (--encoding): a file that is neither UTF-8 nor UTF-16 with a byte order mark is refused.',
        'ok        invoice files: invoices-2026-10.csv, invoices-2026-11.csv. 3 rows can be read: 1234.50 EUR, 1235.00 USD.',
        'ok        customer files: customers.csv. 1 row can be read.',
        'ok        order files: orders.csv. 1 row can be read: 1200 JPY.',
        'ok        document numbers: A document is identified by number and kind.',
        'Everything that Fairway needs is there.',
      ].join('\n'),
    );
    expect(exitCode).toBe(0);
    expect(await readdir(inbox)).toEqual(before);
    expect(await readdir(root)).toEqual(['in']);
    expect(await listConnections(test.deps.db)).toEqual([]);
  });

  it('names a file of which nothing would be read, rows that would be refused, and what is no CSV file', async () => {
    await drop('damaged.csv', invoices(row(), row({ invoice_number: 'INV-2', amount: '1,234' })));
    await drop('german.csv', Buffer.from(invoices(row({ customer_name: 'Müller' })), 'latin1'));
    await drop('export.csv', 'Belegnummer;Betrag\n1;2\n');
    await drop('invoices.xlsx', 'PK');
    await mkdir(join(inbox, 'old'));
    const { exitCode, text } = await check();
    expect(text).toContain('degraded  file damaged.csv: 1 of 2 rows would be refused. Line 3: ');
    expect(text).toMatch(
      /MISSING {3}file german\.csv: Nothing of it would be read\. The file is not UTF-8: line 2 .*\n {10}→ .*set the encoding of this connection/,
    );
    expect(text).toMatch(
      /MISSING {3}file export\.csv: .*neither invoice_number nor order_number nor customer_number\.\n {10}→ Name the columns/,
    );
    expect(text).toContain(
      'degraded  other files: They are not read, because only names that end in .csv are: invoices.xlsx, old/.',
    );
    expect(text).toMatch(/2 things are missing\. An admin has to correct 2, as the lines say\.$/);
    expect(exitCode).toBe(1);

    const declared = await check({ encoding: 'windows-1252' });
    expect(declared.text).toContain('byte order mark is read as windows-1252.');
    expect(declared.text).not.toContain('file german.csv');
  });

  it('says that numbers which come again need a declaration, and what is declared', async () => {
    await drop('2025.csv', invoices(row({ issued_on: '2025-10-05' })));
    await drop('2026.csv', invoices(row()));
    const { exitCode, text } = await check();
    expect(text).toMatch(
      /degraded {2}document numbers: .* is a question to finance each time: INV-1 \(2026\.csv:2\)\.\n {10}→ .*--company-column.*--numbers-restart/,
    );
    expect(exitCode).toBe(0);
    const yearly = await check({ 'numbers-restart': true });
    expect(yearly.text).toContain(
      'ok        document numbers: A document is identified by number and kind and the year.',
    );
  });

  it('names a folder that is not there, is no folder, or is used for both ways', async () => {
    const absent = await check({ inbox: join(root, 'absent') });
    expect(absent.text).toContain(`MISSING   inbox: ${join(root, 'absent')} does not exist.`);
    expect(absent.exitCode).toBe(1);
    await writeFile(join(root, 'file'), '');
    const files = await check({ inbox: join(root, 'file'), outbox: join(root, 'file') });
    expect(files.text).toContain(`MISSING   inbox: ${join(root, 'file')} is not a folder.`);
    const both = await check({ outbox: join(root, '.', 'in') });
    expect(both.text).toContain(
      `MISSING   outbox: ${inbox} is the inbox as well, so payout files would be read as invoice files.`,
    );
    const inFile = await check({ outbox: join(root, 'file') });
    expect(inFile.text).toContain(`MISSING   outbox: ${join(root, 'file')} is not a folder.`);
  });

  it('says in which folder the user of Fairway may not read or write', async () => {
    await drop('invoices.csv', invoices(row()));
    await mkdir(outbox);
    for (const folder of [inbox, outbox]) await chmod(folder, 0o555);
    const noWriting = await asOtherUser(() => check());
    expect(noWriting.text).toContain(
      `degraded  receipts: No receipts can be written into ${inbox} (EACCES). The console shows them.`,
    );
    expect(noWriting.text).toContain(
      `MISSING   outbox: Payout files cannot be written into ${outbox} (EACCES).`,
    );
    expect(noWriting.text).toContain(
      'ok        invoice files: invoices.csv. 1 row can be read: 1234.50 USD.',
    );
    await chmod(inbox, 0o311);
    const noReading = await asOtherUser(() => check());
    expect(noReading.text).toContain(`MISSING   inbox: ${inbox} cannot be read (EACCES).`);
    expect(noReading.exitCode).toBe(1);
    for (const folder of [inbox, outbox]) await chmod(folder, 0o755);
  });

  it('is the same behind the button of the console', async () => {
    await drop('export.csv', 'Belegnummer;Betrag\n1;2\n');
    const { connectionId } = await connect(test.deps, {
      kind: 'files',
      name: 'Books',
      settings: { inbox, outbox },
      secrets: {},
    });
    const { ok, checks } = await checkConnection(test.deps, { connectionId });
    expect(ok).toBe(true);
    expect(checks.filter(({ result }) => result !== 'ok')).toMatchObject([
      { about: 'file export.csv', result: 'missing' },
    ]);
  });
});
