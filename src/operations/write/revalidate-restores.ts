import type { Connector } from '#connectors/contract/crm.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import { restoresAmong } from '#src/db/mappings/restore-store.ts';
import { dropIntents, type WriteIntent } from '#src/db/sync/write-store.ts';
import type { Deps } from '#src/deps.ts';
import { movedFields } from '#src/domain/sync/intent.ts';
import { lastDescription } from '#src/db/connections/connection-store.ts';
import { sameRemote } from './same-remote-value.ts';

export interface Rechecked {
  /** Writes that put back what was there, and still may. */
  readonly restoring: readonly WriteIntent[];
  readonly others: readonly WriteIntent[];
}

/**
 * Tells writes that undo others from the rest, and drops those whose fields somebody has changed since they
 * were planned: no mapping speaks of these fields any more, so nothing is to be planned instead.
 *
 * @param writes all of one object
 * @throws ConnectorError when the vendor cannot be asked
 */
export async function revalidateRestores(
  deps: Deps,
  { connection, connector }: { readonly connection: Connection; readonly connector: Connector },
  writes: readonly WriteIntent[],
): Promise<Rechecked> {
  const restores = await restoresAmong(deps.db, [...new Set(writes.flatMap(({ runId }) => runId ?? []))]);
  const undoing = writes.filter(
    ({ runId, mappingVersion }) => mappingVersion === noVersion && restores.has(runId ?? ''),
  );
  if (undoing.length === 0) return { restoring: [], others: writes };
  const object = undoing[0]?.object ?? '';
  const fields = [...new Set(undoing.flatMap((write) => Object.keys(write.fields)))];
  const records = await connector.fetch(
    object,
    undoing.flatMap(({ extId }) => extId ?? []),
    fields,
  );
  const standing = new Map(records.map((record) => [record.extId, record.deleted ? null : record.fields]));
  const described = new Map(
    (await lastDescription(deps.db, connection.id, object))?.description.fields.map((field) => [
      field.name,
      field,
    ]),
  );
  const restoring = undoing.filter(({ extId, base }) => {
    const now = standing.get(extId ?? '');
    return (
      now && movedFields(base, now, (a, b, field) => sameRemote(described.get(field), a, b)).length === 0
    );
  });
  const kept = new Set(restoring);
  await dropIntents(
    deps.db,
    undoing.filter((write) => !kept.has(write)).map(({ id }) => id),
    deps.clock(),
  );
  const apart = new Set(undoing);
  return { restoring, others: writes.filter((write) => !apart.has(write)) };
}

/** The mapping version of a write that no mapping makes. */
export const noVersion = 0;
