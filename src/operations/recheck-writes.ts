import type { Connector, JsonValue } from '#connectors/connector.ts';
import { remoteFields, sameField } from '#mappings/engine/apply.ts';
import type { CompiledMapping } from '#mappings/engine/compile.ts';
import type { Connection } from '#src/db/connection-store.ts';
import { remoteStates } from '#src/db/remote-store.ts';
import { saveRemoteRecords } from '#src/db/save-remote-records.ts';
import { dropIntents, pendingOf, stillPending, type WriteIntent } from '#src/db/write-store.ts';
import type { Deps } from '#src/deps.ts';
import { movedFields } from '#src/domain/sync/intent.ts';
import { loadMapping } from './connections.ts';
import { mapRecords } from './map-records.ts';
import { planWrites } from './plan-writes.ts';
import type { ProjectedKind, Scope } from './projections.ts';

export interface RecheckInput {
  readonly connection: Connection;
  readonly connector: Connector;
  readonly runId: string | null;
}

/**
 * Those of the writes that may be sent as things stand now, which is all of them almost always. What somebody has decided anew meanwhile
 * is left out; what was planned on a state that is no more is merged and planned again, and comes back as it should be now. Fields that
 * people change on either side, and writes nobody knows the end of, are read from the vendor first: one call a batch, so that
 * only what changes within the moment of the write itself can be lost.
 *
 * @param writes all of one object
 * @throws ConnectorError when the vendor cannot be asked
 */
export async function recheckWrites(deps: Deps, input: RecheckInput, writes: readonly WriteIntent[]): Promise<readonly WriteIntent[]> {
  const pending = await stillPending(
    deps.db,
    writes.map((intent) => intent.id),
  );
  const current = writes.filter((intent) => pending.has(intent.id));
  const [first] = current;
  if (!first) return [];
  const mapping = await loadMapping(deps, input.connection, input.connector, first.kind as ProjectedKind);
  // What only Fairway makes, nobody else changes.
  if (!mapping || mapping.inbound.length === 0) return current;
  await readAgain(deps, input, mapping, current);
  const moved = await movedWrites(deps, input.connection, mapping, current);
  if (moved.length === 0) return current;
  const stale = new Set(moved.map((intent) => intent.id));
  return [...current.filter((intent) => !stale.has(intent.id)), ...(await planAgain(deps, input, first, moved))];
}

/** Keeps what the vendor says now of records that should not be written to blindly. */
async function readAgain(
  deps: Deps,
  { connection, connector }: RecheckInput,
  mapping: CompiledMapping,
  writes: readonly WriteIntent[],
): Promise<void> {
  const shared = new Set(mapping.twoWay.map((field) => field.remote));
  const unsure = writes.filter(
    ({ fields, failure }) => failure?.class === 'retry' || Object.keys(fields).some((field) => shared.has(field)),
  );
  const extIds = unsure.flatMap((intent) => intent.extId ?? []);
  if (extIds.length === 0) return;
  const pulledAt = deps.clock();
  const records = await connector.fetch(mapping.object, extIds, remoteFields(mapping));
  await deps.db.transaction((tx) =>
    saveRemoteRecords(tx, connection.id, mapping.object, records, { pulledAt, at: deps.clock(), via: 'read', stamps: 'doubted' }),
  );
}

/** Writes whose record is gone, or no longer holds what it held when they were planned. */
async function movedWrites(
  deps: Deps,
  connection: Connection,
  mapping: CompiledMapping,
  writes: readonly WriteIntent[],
): Promise<readonly WriteIntent[]> {
  const recordIds = writes.map((intent) => intent.recordId);
  const states = new Map((await remoteStates(deps.db, connection.id, mapping.object, recordIds)).map((one) => [one.recordId, one]));
  const fields = new Map(mapping.outbound.map((field) => [field.remote, field]));
  const same = (a: JsonValue | undefined, b: JsonValue | undefined, name: string): boolean => {
    const field = fields.get(name);
    return field !== undefined && sameField(field, a, b);
  };
  return writes.filter(({ operation, recordId, extId, base }) => {
    const state = states.get(recordId);
    if (!state) return operation === 'update';
    return state.extId !== extId || movedFields(base, state.fields, same).length > 0;
  });
}

/** What is to be written to these records as they are now; nothing where the difference has gone, or the record. */
async function planAgain(
  deps: Deps,
  { connection, runId }: RecheckInput,
  { kind, object, urgent }: WriteIntent,
  moved: readonly WriteIntent[],
): Promise<readonly WriteIntent[]> {
  const recordIds = moved.map((intent) => intent.recordId);
  if (isPlaced(kind)) await mapRecords(deps, runId, async () => {}, { connectionId: connection.id, kinds: [kind] });
  await planWrites(deps, { runId, connectionId: connection.id, scope: scopeOf(kind, recordIds), urgent }, async () => {});
  const planned = await pendingOf(deps.db, connection.id, object, recordIds);
  const old = new Set(moved.map((intent) => intent.id));
  // The plan had nothing to say of them: they are gone, or another's by now.
  await dropIntents(
    deps.db,
    planned.filter((intent) => old.has(intent.id)).map((intent) => intent.id),
    deps.clock(),
  );
  return planned.filter((intent) => !old.has(intent.id));
}

type WrittenKind = 'account' | 'opportunity' | 'registration';

function isPlaced(kind: string): kind is WrittenKind {
  return kind === 'account' || kind === 'opportunity' || kind === 'registration';
}

function scopeOf(kind: string, ids: readonly string[]): Scope {
  switch (kind) {
    case 'account':
      return { accountIds: ids };
    case 'opportunity':
      return { opportunityIds: ids };
    default:
      return { registrationIds: ids };
  }
}
