import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import type { ProfileName } from '#sandbox/profiles/profiles.ts';
import { followSandbox, type SandboxAddresses } from '#src/cli/local/sandbox.ts';
import { listConnections, saveConnection } from '#src/db/connections/connection-store.ts';
import { remoteRecord, shadow } from '#src/db/schema/connection.ts';
import type { Deps } from '#src/deps.ts';
import { copyDatabase, ensureTemplate, migratedTemplate } from './database.ts';
import { startDeps, type QueueHome } from './deps.ts';
import { runContext } from './setup/run-context.ts';
import { openTestSandbox } from './sandbox/sandbox-host.ts';
import { erpDirIn, serviceOn, startService, type PlainSize, type Service } from './service.ts';

export interface SnapshotOptions {
  readonly customFields?: number;
  readonly plain?: PlainSize;
  readonly profile?: ProfileName;
}

/**
 * A service that has had its first run: a copy of the database and of the folders of one that did it. The
 * first caller with these options makes the snapshot; it lasts as long as the run of the tests.
 */
export async function startBootedService({
  queue = 'memory',
  ...options
}: SnapshotOptions & { readonly queue?: QueueHome } = {}): Promise<Service> {
  const { database, folder } = await ensureSnapshot(options);
  await using starting = new AsyncDisposableStack();
  const copy = await copyDatabase(database);
  starting.defer(() => copy.drop());
  const masterKey = await readFile(join(folder, 'key'), 'utf8');
  const test = starting.use(await startDeps({ queue, databaseUrl: copy.url, masterKey }));
  await cp(folder, test.dir, { recursive: true });
  const { addresses } = starting.use(await openTestSandbox(join(test.dir, 'sandbox'), options));
  await followSandboxWithLinks(test.deps, addresses);
  await followErp(test.deps, erpDirIn(test.dir));
  return serviceOn(test, addresses, starting.move());
}

interface Snapshot {
  readonly database: string;
  readonly folder: string;
}

async function ensureSnapshot({
  customFields = 0,
  plain,
  profile = 'default',
}: SnapshotOptions): Promise<Snapshot> {
  const size = plain ? `${plain.accounts}_${plain.partners}_${plain.opportunities}` : 'sample';
  const variant = `${size}_${customFields}_${profile.replaceAll('-', '_')}`;
  const snapshot = {
    database: `fairway_snapshot_${runContext('runId')}_${variant}`,
    folder: join(runContext('runFolder'), variant),
  };
  await ensureTemplate(snapshot.database, await migratedTemplate(), async (databaseUrl) => {
    await mkdir(snapshot.folder, { recursive: true });
    await using service = await startService({
      databaseUrl,
      dir: snapshot.folder,
      customFields,
      profile,
      ...(plain ? { plain } : {}),
    });
    await writeFile(join(snapshot.folder, 'key'), service.env['FAIRWAY_KEY'] ?? '');
    await service.runJobAndRest();
  });
  return snapshot;
}

/**
 * The copy of the sandbox listens on other ports. Links that the first run wrote are changed to them in our tables,
 * so that the next run does not write them again.
 */
async function followSandboxWithLinks(deps: Deps, addresses: SandboxAddresses): Promise<void> {
  const addressesOf = async (): Promise<ReadonlyMap<string, string>> =>
    new Map(
      (await listConnections(deps.db)).flatMap(({ id, settings }) => {
        const address = settings['instanceUrl'] ?? settings['basePath'];
        return typeof address === 'string' ? [[id, address] as const] : [];
      }),
    );
  const before = await addressesOf();
  await followSandbox(deps, addresses);
  const moved = [...(await addressesOf())].flatMap(([id, address]) => {
    const old = before.get(id);
    return old === undefined || old === address ? [] : [{ id, old, address }];
  });
  // A record of one CRM may link to a page of the other. By way of a mark, because ports may be exchanged.
  const replace = async (from: string, to: string): Promise<void> => {
    for (const table of [remoteRecord, shadow])
      await deps.db.execute(sql`
        update ${table} set fields = replace(fields::text, ${from}, ${to})::jsonb
        where fields::text like ${`%${from}%`}`);
  };
  for (const { id, old } of moved) await replace(`${old}/`, `moved:${id}/`);
  for (const { id, address } of moved) await replace(`moved:${id}/`, `${address}/`);
}

/** The connection to the ERP names its folders by their paths, which are other ones in the copy. */
async function followErp(deps: Deps, erpDir: string): Promise<void> {
  for (const { id, kind, name, secrets, createdAt, settings } of await listConnections(deps.db)) {
    if (kind !== 'files') continue;
    const moved = { ...settings, inbox: join(erpDir, 'in'), outbox: join(erpDir, 'out') };
    await saveConnection(deps.db, { id, kind, name, secrets, createdAt, settings: moved });
  }
}
