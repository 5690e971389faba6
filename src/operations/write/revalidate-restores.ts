import type { Connector } from '#connectors/contract/connector.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import { restoresAmong } from '#src/db/mappings/restore-store.ts';
import { discardIntents, type WriteIntent } from '#src/db/sync/write-store.ts';
import type { Deps } from '#src/deps.ts';
import { outdatedFields } from '#src/domain/sync/intent.ts';
import { lastDescription } from '#src/db/connections/connection-store.ts';
import { sameRemote } from './same-remote-value.ts';

export interface RevalidatedRestores {
  /** Writes of a restore that may still be sent. */
  readonly restoring: readonly WriteIntent[];
  readonly others: readonly WriteIntent[];
}

/**
 * Separates the writes of restores from all others, and drops those whose fields somebody has changed since
 * they were planned. No mapping writes these fields any more, so nothing is planned instead.
 *
 * @param writes all of the same object
 * @throws ConnectorError when the vendor cannot be reached
 */
export async function revalidateRestores(
  deps: Deps,
  { connection, connector }: { readonly connection: Connection; readonly connector: Connector },
  writes: readonly WriteIntent[],
): Promise<RevalidatedRestores> {
  const restores = await restoresAmong(deps.db, [...new Set(writes.flatMap(({ runId }) => runId ?? []))]);
  const undoing = writes.filter(
    ({ runId, mappingVersion }) => mappingVersion === noMappingVersion && restores.has(runId ?? ''),
  );
  if (undoing.length === 0) return { restoring: [], others: writes };
  const object = undoing[0]?.object ?? '';
  const fields = [...new Set(undoing.flatMap((write) => Object.keys(write.fields)))];
  const records = await connector.fetch(
    object,
    undoing.flatMap(({ extId }) => extId ?? []),
    fields,
  );
  const fieldsNow = new Map(records.map((record) => [record.extId, record.deleted ? null : record.fields]));
  const described = new Map(
    (await lastDescription(deps.db, connection.id, object))?.description.fields.map((field) => [
      field.name,
      field,
    ]),
  );
  const restoring = undoing.filter(({ extId, base }) => {
    const now = fieldsNow.get(extId ?? '');
    return (
      now && outdatedFields(base, now, (a, b, field) => sameRemote(described.get(field), a, b)).length === 0
    );
  });
  const unchanged = new Set(restoring);
  await discardIntents(
    deps.db,
    undoing.filter((write) => !unchanged.has(write)).map(({ id }) => id),
    deps.clock(),
  );
  const separated = new Set(undoing);
  return { restoring, others: writes.filter((write) => !separated.has(write)) };
}

/** The mapping version of writes that no mapping plans. */
export const noMappingVersion = 0;
