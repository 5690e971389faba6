import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '#src/domain/errors.ts';

/**
 * The embedded mode's master key: 32 bytes from `dir/key`, made on first use and readable by its owner only.
 * Throws `setting_invalid` when the file holds something else, because a fresh key would orphan every stored
 * secret.
 */
export function loadOrCreateMasterKey(dir: string): Buffer {
  const path = join(dir, 'key');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  try {
    // 'wx': of two processes that start together, one writes and the other reads what it wrote.
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
