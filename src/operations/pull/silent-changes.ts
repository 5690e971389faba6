import { isDeepStrictEqual } from 'node:util';
import type { CrmConnector } from '#connectors/contract/crm.ts';
import { asCrm } from '#connectors/contract/connector.ts';
import { remoteFields } from '#mappings/engine/apply.ts';
import type { CompiledMapping } from '#mappings/engine/compile.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import { presentRecords } from '#src/db/sync/remote-store.ts';
import { saveRemoteRecords } from '#src/db/sync/save-remote-records.ts';
import { countNeverRead, countPresent } from '#src/db/sync/scan-store.ts';
import type { Deps } from '#src/deps.ts';
import {
  loadMapping,
  requireLockedConnection,
  withConnection,
} from '#src/operations/connections/use-connection.ts';
import { reconcileObject, type ReconciledKind } from './reconcile-object.ts';
import { storableRecords } from './storable-records.ts';

export interface SilentChangesInput {
  readonly runId: string | null;
  readonly connectionId: string;
  readonly kind: ReconciledKind;
  readonly object: string;
}

interface Compared {
  readonly connection: Connection;
  readonly silent: NonNullable<CrmConnector['silentChanges']>;
  readonly connector: CrmConnector;
  readonly mapping: CompiledMapping;
}

/**
 * Finds changes that a read does not show and that the vendor does not announce: deleted records and changed references.
 * Counting costs one call, references one for each thousand records. Only when the numbers differ is the object
 * compared completely.
 */
export async function readSilentChanges(deps: Deps, input: SilentChangesInput): Promise<void> {
  const { runId, connectionId, kind, object } = input;
  const differs = await withConnection(
    deps,
    { connectionId, runId, about: object, kind },
    async (connection, connector) => {
      const crm = asCrm(connector);
      const silent = crm?.silentChanges;
      const mapping = silent && (await loadMapping(deps, connection, connector, kind));
      if (!crm || !silent || !mapping) return false;
      await readChangedReferences(deps, { connection, silent, connector: crm, mapping });
      const known =
        (await countPresent(deps.db, connectionId, object)) +
        (await countNeverRead(deps.db, connectionId, object));
      return (await silent.count(object)) !== known;
    },
  );
  if (differs) await reconcileObject(deps, { connectionId, kind, acceptRemovals: false }, async () => {});
}

const comparedAtOnce = 1_000;

async function readChangedReferences(
  deps: Deps,
  { connection, silent, connector, mapping }: Compared,
): Promise<void> {
  const { object } = mapping;
  const fields = remoteFields(mapping);
  for (let afterId = ''; ;) {
    const stored = await presentRecords(deps.db, connection.id, object, { afterId, limit: comparedAtOnce });
    const last = stored.at(-1);
    if (!last) return;
    afterId = last.extId;
    const now = await silent.references(
      object,
      stored.map(({ extId }) => extId),
      fields,
    );
    const changed = stored.filter(({ extId, fields: known }) =>
      Object.entries(now.get(extId) ?? {}).some(
        ([field, value]) => !isDeepStrictEqual(known[field] ?? null, value),
      ),
    );
    if (changed.length === 0) continue;
    const pulledAt = deps.sharedClock();
    const ids = changed.map(({ extId }) => extId);
    const { records } = storableRecords(await connector.fetch(object, ids, fields));
    const context = { pulledAt, at: deps.clock(), via: 'scan', replaceBy: 'recheck' } as const;
    await deps.db.transaction(async (tx) => {
      await requireLockedConnection(tx, connection.id);
      await saveRemoteRecords(tx, connection.id, object, records, context);
    });
  }
}
