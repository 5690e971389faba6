import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadConfig, type Config } from '#src/config/config.ts';
import { readEnv } from '#src/config/env.ts';
import { dropEverything, otherConnections, writeTables } from '#src/db/copy-tables.ts';
import { unbalancedCurrencies } from '#src/db/ledger/ledger-store.ts';
import { migrateTo, schemaState } from '#src/db/migrate.ts';
import { firstBrokenLink } from '#src/db/people/audit-store.ts';
import { buildDeps, prepareDatabase, type DatabaseAddresses } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { anchorAuditTrail, setAnchorsAside } from '#src/operations/people/anchor-audit.ts';
import { recordBackup } from '#src/operations/people/record-access.ts';
import {
  exitCodes,
  jsonOption,
  printResult,
  textOption,
  UsageError,
  type Command,
} from '#src/cli/command.ts';
import { lockFolder } from '#src/cli/local/folder-lock.ts';
import { databaseOf } from '#src/cli/with-deps.ts';
import { checkBackup, openerFrom } from './backup.ts';
import { decodeBackup, type Manifest } from './backup-content.ts';
import { readSealedHeader, readSealed, type Opener } from './sealed-file.ts';

export const restoreCommand: Command = {
  arguments: [['<file>', 'a file that fairway backup wrote']],
  options: [
    ['--replace', 'first delete everything that the database holds'],
    ['--key-file <file>', 'write the key of the backed-up instance to this file and end'],
    jsonOption,
  ],
  examples: ['restore fairway-2026-11-30.backup'],
  details: 'Stop Fairway first. The file is read whole and checked before anything is changed.',
  async run(values, [file]) {
    if (!file) throw new UsageError('Name the file to restore.');
    const path = resolve(file);
    const config = loadConfig(readEnv(), { dir: process.cwd() });
    const opener = await openerOf(path, config);
    const counts = await checkBackup(path, opener);
    const { manifest } = await decodeBackup(readSealed(path, opener));
    const keyFile = textOption(values['key-file']);
    if (keyFile !== null) return writeKey(keyFile, manifest);
    await using stack = new AsyncDisposableStack();
    stack.adopt(lockFolder(config.dir, 'Fairway'), (held) => held.release());
    const masterKey = adoptKey(config, manifest);
    const addresses = await databaseOf(config, stack);
    await emptyFirst(addresses, values['replace'] === true);
    await migrateTo(addresses.ownerUrl, manifest.migrations);
    const { parts } = await decodeBackup(readSealed(path, opener));
    await writeTables(addresses.ownerUrl, parts);
    await prepareDatabase(addresses);
    const after = await finish({ ...config, masterKey, logLevel: 'warn' }, addresses, manifest);
    printResult(values, { ...counts, backupOf: manifest.createdAt, ...after }, [
      `Restored ${counts.rows} rows of ${counts.tables} tables, as of ${manifest.createdAt}.`,
      after.whole
        ? 'The ledger balances and the audit trail is unchanged.'
        : 'The ledger or the audit trail in this backup is not whole: run fairway verify.',
      ...(after.entriesAfterBackup
        ? [
            `The audit trail had grown to entry ${after.entriesAfterBackup} before; what followed the backup is lost. See docs/backup.md.`,
          ]
        : []),
      'Everybody signs in again: npm run fairway -- login',
    ]);
    return after.whole ? exitCodes.ok : exitCodes.failed;
  },
};

async function openerOf(path: string, config: Config): Promise<Opener> {
  const { key } = await readSealedHeader(path);
  if (key === 'instance') return { kind: 'instance', masterKey: config.masterKey };
  const opener = openerFrom(config);
  if (opener.kind === 'passphrase') return opener;
  throw new AppError('setting_invalid', 'This backup needs its passphrase. Set BACKUP_PASSPHRASE.');
}

function writeKey(keyFile: string, { masterKey }: Manifest): number {
  if (masterKey === null)
    throw new AppError(
      'conflict',
      'This backup was encrypted with the key of its instance, so it does not hold that key.',
    );
  writeFileSync(keyFile, `${masterKey}\n`, { mode: 0o600, flag: 'wx' });
  console.log(`Wrote the key to ${keyFile}.`);
  return exitCodes.ok;
}

/** The restored secrets and audit trail need the key of the instance that was backed up. */
function adoptKey(config: Config, { masterKey }: Manifest): Buffer {
  if (masterKey === null || masterKey === config.masterKey.toString('base64')) return config.masterKey;
  if (readEnv().FAIRWAY_KEY !== undefined)
    throw new AppError(
      'setting_invalid',
      'FAIRWAY_KEY is not the key of the instance that was backed up. Write that key to a file with --key-file and set FAIRWAY_KEY to it.',
    );
  const path = join(config.dir, 'key');
  if (existsSync(path)) renameSync(path, `${path}.before-${Date.now()}`);
  writeFileSync(path, `${masterKey}\n`, { mode: 0o600, flag: 'wx' });
  return Buffer.from(masterKey, 'base64');
}

async function emptyFirst({ ownerUrl }: DatabaseAddresses, replace: boolean): Promise<void> {
  if ((await otherConnections(ownerUrl)) > 0)
    throw new AppError(
      'conflict',
      'Fairway is connected to this database. Stop the API and every worker first.',
    );
  if ((await schemaState(ownerUrl)) === 'empty') return;
  if (!replace)
    throw new AppError(
      'conflict',
      'The database is not empty. Restore into an empty one, or add --replace to delete what it holds.',
    );
  await dropEverything(ownerUrl);
}

interface Restored {
  readonly whole: boolean;
  /** The newest entry that had been written down outside the database, when the backup does not hold it. */
  readonly entriesAfterBackup: string | null;
}

async function finish(config: Config, { url }: DatabaseAddresses, manifest: Manifest): Promise<Restored> {
  await using deps = await buildDeps(config, url);
  const whole =
    (await unbalancedCurrencies(deps.db)).length === 0 && (await firstBrokenLink(deps.db)) === null;
  const anchored = await setAnchorsAside(config, deps.clock());
  const entry = await recordBackup(deps, 'access.restored', { backupOf: manifest.createdAt });
  await anchorAuditTrail(deps);
  const isLater = anchored !== null && BigInt(anchored.entry) >= entry;
  return { whole, entriesAfterBackup: isLater ? anchored.entry : null };
}
