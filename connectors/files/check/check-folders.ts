import { readdir, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AccessCheck } from '#connectors/contract/remote-system.ts';

/** Whether the two folders of a connection can be used: `inbox`, `receipts` and `outbox`. */
export async function folderChecks(inbox: string, outbox: string): Promise<readonly AccessCheck[]> {
  const reading = await faultOf(() => readdir(inbox));
  const checks = [reading === null ? ok('inbox', `${inbox} can be read.`) : unreadable(inbox, reading)];
  if (reading === null) checks.push(await receiptsCheck(inbox));
  checks.push(await outboxCheck(inbox, outbox));
  return checks;
}

const ok = (about: string, message: string): AccessCheck => ({ about, result: 'ok', message, fix: null });

function unreadable(inbox: string, code: string): AccessCheck {
  const base = { about: 'inbox', result: 'missing' } as const;
  switch (code) {
    case 'ENOENT':
      return {
        ...base,
        message: `${inbox} does not exist.`,
        fix: 'Create the folder, or name the one to which the ERP writes with --inbox.',
      };
    case 'ENOTDIR':
      return {
        ...base,
        message: `${inbox} is not a folder.`,
        fix: 'Name the folder to which the ERP writes with --inbox.',
      };
    default:
      return {
        ...base,
        message: `${inbox} cannot be read (${code}).`,
        fix: `Let the user that runs Fairway read ${inbox}.`,
      };
  }
}

async function receiptsCheck(inbox: string): Promise<AccessCheck> {
  const writing = await writeFault(inbox);
  if (writing === null) return ok('receipts', 'Receipts can be written beside the files.');
  return {
    about: 'receipts',
    result: 'degraded',
    message: `No receipts can be written into ${inbox} (${writing}). The console shows them.`,
    fix: `Let the user that runs Fairway write into ${inbox}.`,
  };
}

async function outboxCheck(inbox: string, outbox: string): Promise<AccessCheck> {
  const missing = (message: string, fix: string): AccessCheck => ({
    about: 'outbox',
    result: 'missing',
    message,
    fix,
  });
  if (await isSameFolder(inbox, outbox))
    return missing(
      `${outbox} is the inbox as well, so payout files would be read as invoice files.`,
      'Name another folder with --outbox.',
    );
  const folder = await nearestPlace(outbox);
  if (!(await stat(folder)).isDirectory())
    return missing(`${folder} is not a folder.`, 'Name a folder with --outbox.');
  const writing = await writeFault(folder);
  if (writing !== null)
    return missing(
      `Payout files cannot be written into ${outbox} (${writing}).`,
      `Let the user that runs Fairway write into ${folder}.`,
    );
  return folder === outbox
    ? ok('outbox', `Payout files can be written into ${outbox}.`)
    : ok('outbox', `${outbox} does not exist yet. The first payout file creates it.`);
}

async function isSameFolder(inbox: string, outbox: string): Promise<boolean> {
  if (inbox === outbox) return true;
  try {
    return (await realpath(inbox)) === (await realpath(outbox));
  } catch {
    return false;
  }
}

/** The folder, or the nearest one above it that exists. */
async function nearestPlace(folder: string): Promise<string> {
  const isThere = (await faultOf(() => stat(folder))) !== 'ENOENT';
  return isThere || dirname(folder) === folder ? folder : nearestPlace(dirname(folder));
}

/** Tries it, because network shares answer questions about rights by mode bits that their server does not use. */
async function writeFault(folder: string): Promise<string | null> {
  const file = join(folder, `.fairway-check.${process.pid}.tmp`);
  return faultOf(async () => {
    await writeFile(file, '');
    await rm(file);
  });
}

/** The code of the file system, such as `EACCES`; null when the work is done. */
async function faultOf(work: () => Promise<unknown>): Promise<string | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return String(error.code);
    throw error;
  }
}
