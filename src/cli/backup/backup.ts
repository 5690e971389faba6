import { resolve } from 'node:path';
import type { Config } from '#src/config/config.ts';
import { readTables } from '#src/db/copy-tables.ts';
import { migrationsOf } from '#src/db/migrate.ts';
import { recordBackup } from '#src/operations/people/record-access.ts';
import { exitCodes, jsonOption, printResult, UsageError, type Command } from '#src/cli/command.ts';
import { withDeps } from '#src/cli/with-deps.ts';
import { decodeBackup, encodeBackup, type BackupCounts } from './backup-content.ts';
import { readSealed, writeSealed, type Opener } from './sealed-file.ts';

export const backupCommand: Command = {
  arguments: [['<file>', 'the file to write; it must not exist']],
  options: [jsonOption],
  examples: ['backup fairway-2026-11-30.backup'],
  details:
    'Works while Fairway runs. Encrypted with BACKUP_PASSPHRASE or, when it is not set, with the key of this instance. docs/backup.md says what it holds.',
  run: (values, [file]) =>
    withDeps(async (deps, config, { url }) => {
      if (!file) throw new UsageError('Name the file to write.');
      const path = resolve(file);
      const opener = openerFrom(config);
      const at = deps.clock();
      await recordBackup(deps, 'access.backed_up', { encryptedWith: opener.kind });
      const manifest = {
        createdAt: at.toISOString(),
        migrations: [...(await migrationsOf(url))],
        masterKey: opener.kind === 'passphrase' ? config.masterKey.toString('base64') : null,
      };
      await writeSealed(
        path,
        opener,
        at,
        encodeBackup(manifest, readTables(url), () => {}),
      );
      const counts = await checkBackup(path, opener);
      printResult(values, { file: path, encryptedWith: opener.kind, ...counts }, [
        `Wrote ${path}: ${counts.rows} rows of ${counts.tables} tables, read back and complete.`,
        opener.kind === 'passphrase'
          ? 'Encrypted with BACKUP_PASSPHRASE. It holds the key of this instance.'
          : 'Encrypted with the key of this instance (FAIRWAY_KEY, or the file key in FAIRWAY_DIR). Keep a copy of that key elsewhere: the backup cannot be opened without it.',
      ]);
      return exitCodes.ok;
    }),
};

/** A passphrase when there is one, otherwise the key of this instance. */
export function openerFrom({ backupPassphrase, masterKey }: Config): Opener {
  return backupPassphrase === null
    ? { kind: 'instance', masterKey }
    : { kind: 'passphrase', passphrase: backupPassphrase };
}

/** Reads the whole file. @throws AppError when a part is missing, changed or does not add up */
export async function checkBackup(path: string, opener: Opener): Promise<BackupCounts> {
  const { parts } = await decodeBackup(readSealed(path, opener));
  for (;;) {
    const next = await parts.next();
    if (next.done) return next.value;
  }
}
