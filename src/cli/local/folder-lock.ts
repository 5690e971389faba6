import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { AppError } from '#src/domain/errors.ts';

export interface FolderLock {
  /** Publishes the address of the process that holds the lock. */
  publish(address: string): void;
  /** May be called again; the process's end releases it too, however it ends. */
  release(): void;
}

const holderSchema = z.object({ pid: z.number(), address: z.string().nullable() });

/**
 * Takes `dir` for this process, or throws `conflict` naming the process that has it and its address.
 *
 * A pid file alone lies after a crash: the number may belong to another process by then, and in a container
 * it nearly always does. SQLite's file lock is dropped by the kernel with the process, so it is the lock; the
 * pid is only shown.
 */
export function lockFolder(dir: string, what: string): FolderLock {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const holderPath = join(dir, 'lock.json');
  const database = openLock(dir);
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode !== sqliteBusy) throw unusableLock(dir, error);
    throw new AppError('conflict', alreadyRuns(what, dir, holderPath));
  }
  const writeLock = (address: string | null) =>
    writeFileSync(holderPath, JSON.stringify({ pid: process.pid, address }));
  writeLock(null);
  return {
    publish: writeLock,
    release: () => {
      if (!database.isOpen) return;
      rmSync(holderPath, { force: true });
      database.close();
    },
  };
}

const sqliteBusy = 5;

function openLock(dir: string): DatabaseSync {
  try {
    return new DatabaseSync(join(dir, 'lock.sqlite'));
  } catch (error) {
    throw unusableLock(dir, error);
  }
}

/** The file is damaged, or it may not be written. It holds nothing, so it can be deleted. */
function unusableLock(dir: string, error: unknown): AppError {
  return new AppError(
    'setting_invalid',
    `${join(dir, 'lock.sqlite')} cannot be used (${error instanceof Error ? error.message : String(error)}). Make sure that no Fairway runs in ${dir}, then delete the file; it holds no data.`,
    {},
    error,
  );
}

function alreadyRuns(what: string, dir: string, holderPath: string): string {
  const holder = readHolder(holderPath);
  const process = holder ? ` (process ${holder.pid})` : '';
  const address = holder?.address ? ` at ${holder.address}` : '';
  return `${what} already runs in ${dir}${process}${address}. Use that one, or stop it first.`;
}

/** `null` in the instant between the lock and the note about it. */
function readHolder(path: string): z.output<typeof holderSchema> | null {
  try {
    return holderSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}
