import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '#src/domain/errors.ts';

/**
 * The master key for the embedded database: 32 bytes in `dir/key`, created on first use and readable only by
 * its owner.
 * @throws AppError `setting_invalid` when the file has other content; a new key could not read the stored secrets
 */
export function loadOrCreateMasterKey(dir: string): Buffer {
  const path = join(dir, 'key');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  try {
    // With 'wx', one of two processes that start together writes the key, and the other reads it.
    writeFileSync(path, `${randomBytes(32).toString('base64')}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64');
  if (key.length !== 32) {
    throw new AppError(
      'setting_invalid',
      `${path} does not hold 32 bytes in base64. Restore it from a backup, or set FAIRWAY_KEY.`,
    );
  }
  return key;
}
