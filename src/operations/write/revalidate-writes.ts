import type { Connector, JsonValue, RemoteFields } from '#connectors/contract/crm.ts';
import { applyOutbound, remoteFields, sameField } from '#mappings/engine/apply.ts';
import type { CompiledMapping } from '#mappings/engine/compile.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import { remoteStates } from '#src/db/sync/remote-store.ts';
import { saveRemoteRecords } from '#src/db/sync/save-remote-records.ts';
import { shadowsOf } from '#src/db/sync/shadow-store.ts';
import { dropIntents, pendingOf, stillPending, type WriteIntent } from '#src/db/sync/write-store.ts';
import type { Deps } from '#src/deps.ts';
import { movedFields } from '#src/domain/sync/intent.ts';
import { loadMapping } from '#src/operations/connections/use-connection.ts';
import { editsToWrite } from '#src/operations/edits/pending-edits.ts';
import { placeRecords } from '#src/operations/place/place-records.ts';
import { revalidateRestores } from './revalidate-restores.ts';
import { planWrites } from './plan-writes.ts';
import type { ProjectedKind, Scope } from './decided-values.ts';

export interface RecheckInput {
  readonly connection: Connection;
  readonly connector: Connector;
  readonly runId: string | null;
}

/**
 * Those of the writes that may be sent as things stand now, which is all of them almost always. What somebody
 * has decided anew meanwhile is left out; what was planned on a state that is no more is merged and planned
 * again, and comes back as it should be now. Fields that people change on either side, and writes nobody
 * knows the end of, are read from the vendor first: one call a batch, so that only what changes within the
 * moment of the write itself can be lost.
 *
 * @param writes all of one object
 * @throws ConnectorError when the vendor cannot be asked
 */
export async function revalidateWrites(
  deps: Deps,
  input: RecheckInput,
  writes: readonly WriteIntent[],
): Promise<readonly WriteIntent[]> {
  const pending = await stillPending(
    deps.db,
    writes.map((intent) => intent.id),
  );
  const { restoring, others } = await revalidateRestores(
    deps,
    input,
    writes.filter((intent) => pending.has(intent.id)),
  );
  return [...restoring, ...(await recheckPlanned(deps, input, others))];
}

async function recheckPlanned(
  deps: Deps,
  input: RecheckInput,
  current: readonly WriteIntent[],
): Promise<readonly WriteIntent[]> {
  const [first] = current;
  if (!first) return [];
  const mapping = await loadMapping(deps, input.connection, input.connector, first.kind as ProjectedKind);
  if (!mapping) {
    // Nothing of this kind is written any more.
    const ids = current.map((intent) => intent.id);
    await dropIntents(deps.db, ids, deps.clock());
    return [];
  }
  // What only Fairway makes, nobody else changes.
  if (mapping.inbound.length === 0) return current;
  const read = await readAgain(deps, input, mapping, current);
  const moved = await movedWrites(deps, input.connection, mapping, current, read);
  if (moved.length === 0) return current;
  const stale = new Set(moved.map((intent) => intent.id));
  return [
    ...current.filter((intent) => !stale.has(intent.id)),
    ...(await planAgain(deps, input, first, moved)),
  ];
}

/**
 * Keeps what the vendor says now of records that should not be written to blindly. Returns whose, by the
 * vendor's ids.
 */
async function readAgain(
  deps: Deps,
  { connection, connector }: RecheckInput,
  mapping: CompiledMapping,
  writes: readonly WriteIntent[],
): Promise<ReadonlySet<string>> {
  const shared = new Set(mapping.twoWay.map((field) => field.remote));
  const unsure = writes.filter(
    (write) =>
      write.failure?.class === 'retry' ||
      isBlind(write) ||
      Object.keys(write.fields).some((field) => shared.has(field)),
  );
  const extIds = unsure.flatMap((intent) => intent.extId ?? []);
  if (extIds.length === 0) return new Set();
  const pulledAt = deps.sharedClock();
  const records = await connector.fetch(mapping.object, extIds, remoteFields(mapping));
  await deps.db.transaction((tx) =>
    saveRemoteRecords(tx, connection.id, mapping.object, records, {
      pulledAt,
      at: deps.clock(),
      via: 'read',
      stamps: 'doubted',
    }),
  );
  return new Set(extIds);
}

/** Whether it would overwrite what nobody has read: a field that was mapped since the record was. */
function isBlind({ extId, fields, base }: WriteIntent): boolean {
  return extId !== null && Object.keys(fields).some((field) => !(field in base));
}

/**
 * Writes that say something else than would be planned now: another mapping is live than the one they came
 * from, their record is gone or no longer holds what it held, nobody wants them any more, or the vendor has
 * just shown that somebody changed another field that only Fairway writes.
 *
 * @param read the records that were read again, by the vendor's ids
 */
async function movedWrites(
  deps: Deps,
  connection: Connection,
  mapping: CompiledMapping,
  writes: readonly WriteIntent[],
  read: ReadonlySet<string>,
): Promise<readonly WriteIntent[]> {
  const recordIds = writes.map((intent) => intent.recordId);
  const states = new Map(
    (await remoteStates(deps.db, connection.id, mapping.object, recordIds)).map((one) => [one.recordId, one]),
  );
  const unwanted = await unwantedWrites(deps, connection, mapping, writes);
  const shadows = await shadowsOf(deps.db, connection.id, mapping.object, [...read]);
  const same = sameIn(mapping);
  return writes.filter((write) => {
    const state = states.get(write.recordId);
    if (!state) return write.operation === 'update';
    const others = othersOf(mapping, write, shadows.get(state.extId)?.shadow.fields ?? {});
    // Planned again, it knows what it replaces.
    const isNews = isBlind(write) && read.has(state.extId);
    return (
      isNews ||
      write.mappingVersion !== mapping.version ||
      state.extId !== write.extId ||
      unwanted.has(write) ||
      movedFields({ ...others, ...write.base }, state.fields, same).length > 0
    );
  });
}

function sameIn(
  mapping: CompiledMapping,
): (a: JsonValue | undefined, b: JsonValue | undefined, name: string) => boolean {
  const fields = new Map(mapping.outbound.map((field) => [field.remote, field]));
  return (a, b, name) => {
    const field = fields.get(name);
    return field !== undefined && sameField(field, a, b);
  };
}

/** What we know of the fields that only Fairway writes and this write leaves alone. */
function othersOf(
  { outbound, twoWay }: CompiledMapping,
  { fields }: WriteIntent,
  known: RemoteFields,
): RemoteFields {
  const others = outbound.filter(
    (field) => !twoWay.includes(field) && known[field.remote] !== undefined && !(field.remote in fields),
  );
  return Object.fromEntries(others.map(({ remote }) => [remote, known[remote] ?? null]));
}

/** Writes of people's edits that have been taken back, changed, or settled by a merge since. */
async function unwantedWrites(
  deps: Deps,
  { id: connectionId }: Connection,
  mapping: CompiledMapping,
  writes: readonly WriteIntent[],
): Promise<ReadonlySet<WriteIntent>> {
  const edits = writes.filter(({ fields }) => mapping.twoWay.some(({ remote }) => remote in fields));
  if (edits.length === 0) return new Set();
  const recordIds = edits.map((intent) => intent.recordId);
  const wanted = await editsToWrite(deps.db, { connectionId, mapping, kind: mapping.kind }, recordIds);
  const unwanted = edits.filter(({ recordId, fields }) => {
    const ours = applyOutbound(mapping, wanted.get(recordId)?.values ?? {}).fields;
    const sent = mapping.twoWay.filter(({ remote }) => remote in fields);
    return sent.some(
      (field) =>
        ours[field.remote] === undefined || !sameField(field, fields[field.remote], ours[field.remote]),
    );
  });
  return new Set(unwanted);
}

/**
 * What is to be written to these records as they are now; nothing where the difference has gone, or the
 * record.
 */
async function planAgain(
  deps: Deps,
  { connection, runId }: RecheckInput,
  { kind, object, urgent }: WriteIntent,
  moved: readonly WriteIntent[],
): Promise<readonly WriteIntent[]> {
  const recordIds = moved.map((intent) => intent.recordId);
  if (isPlaced(kind))
    await placeRecords(deps, runId, async () => {}, { connectionId: connection.id, kinds: [kind] });
  await planWrites(
    deps,
    { runId, connectionId: connection.id, scope: scopeOf(kind, recordIds), urgent },
    async () => {},
  );
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
