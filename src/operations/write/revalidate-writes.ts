import type { Connector } from '#connectors/contract/connector.ts';
import type { JsonValue, RemoteFields } from '#connectors/contract/records.ts';
import { applyOutbound, remoteFields, sameField } from '#mappings/engine/apply.ts';
import type { CompiledMapping } from '#mappings/engine/compile.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import { remoteStates } from '#src/db/sync/remote-store.ts';
import { saveRemoteRecords } from '#src/db/sync/save-remote-records.ts';
import { shadowsOf } from '#src/db/sync/shadow-store.ts';
import {
  discardIntents,
  pendingIntentsOf,
  stillPending,
  type WriteIntent,
} from '#src/db/sync/write-store.ts';
import type { Deps } from '#src/deps.ts';
import { outdatedFields } from '#src/domain/sync/intent.ts';
import { loadMapping } from '#src/operations/connections/use-connection.ts';
import { pendingEdits } from '#src/operations/edits/pending-edits.ts';
import { placeAgain } from '#src/operations/place/place-records.ts';
import { revalidateRestores } from './revalidate-restores.ts';
import { planWrites } from './plan-writes.ts';
import type { ProjectedKind, Scope } from './values/decided-values.ts';

export interface RevalidateInput {
  readonly connection: Connection;
  readonly connector: Connector;
  readonly runId: string | null;
}

/**
 * Checks writes just before they are sent and returns the writes to send: almost always all of them. A write
 * that a newer plan has replaced is left out. A write whose record has changed since it was planned is merged
 * and planned again, and the new write is returned. Writes of two-way fields, and writes whose last attempt
 * has an unknown outcome, are first compared with the vendor's current values, with one call for the batch;
 * after that only a change at the very moment of the write can be overwritten.
 *
 * @param writes all of the same object
 * @throws ConnectorError when the vendor cannot be reached
 */
export async function revalidateWrites(
  deps: Deps,
  input: RevalidateInput,
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
  return [...restoring, ...(await revalidatePlanned(deps, input, others))];
}

/** Revalidates the writes that a mapping planned. */
async function revalidatePlanned(
  deps: Deps,
  input: RevalidateInput,
  current: readonly WriteIntent[],
): Promise<readonly WriteIntent[]> {
  const [first] = current;
  if (!first) return [];
  const mapping = await loadMapping(deps, input.connection, input.connector, first.kind as ProjectedKind);
  if (!mapping) {
    // The kind is no longer mapped, so nothing of it is written.
    const ids = current.map((intent) => intent.id);
    await discardIntents(deps.db, ids, deps.clock());
    return [];
  }
  // Fairway decides every value of these records, so no change by somebody else can stop the write.
  if (mapping.inbound.length === 0) return current;
  const read = await refetchRecords(deps, input, mapping, current);
  const outdated = await outdatedWrites(deps, input.connection, mapping, current, read);
  if (outdated.length === 0) return current;
  const outdatedIds = new Set(outdated.map((intent) => intent.id));
  return [
    ...current.filter((intent) => !outdatedIds.has(intent.id)),
    ...(await placeAndPlanAgain(deps, input, first, outdated)),
  ];
}

/**
 * Fetches and stores the current values of the records whose writes must be compared first. Returns their ids
 * at the vendor.
 */
async function refetchRecords(
  deps: Deps,
  { connection, connector }: RevalidateInput,
  mapping: CompiledMapping,
  writes: readonly WriteIntent[],
): Promise<ReadonlySet<string>> {
  const shared = new Set(mapping.twoWay.map((field) => field.remote));
  const toCompare = writes.filter(
    (write) =>
      write.failure?.class === 'retry' ||
      isBlind(write) ||
      Object.keys(write.fields).some((field) => shared.has(field)),
  );
  const extIds = toCompare.flatMap((intent) => intent.extId ?? []);
  if (extIds.length === 0) return new Set();
  const pulledAt = deps.sharedClock();
  const records = await connector.fetch(mapping.object, extIds, remoteFields(mapping));
  await deps.db.transaction((tx) =>
    saveRemoteRecords(tx, connection.id, mapping.object, records, {
      pulledAt,
      at: deps.clock(),
      via: 'read',
      replaceBy: 'recheck',
    }),
  );
  return new Set(extIds);
}

/** True when the write includes a field whose current value was never read, because it was mapped recently. */
function isBlind({ extId, fields, base }: WriteIntent): boolean {
  return extId !== null && Object.keys(fields).some((field) => !(field in base));
}

/**
 * Writes that must be planned again: another mapping version is live, the record is gone or has changed, the
 * edit behind the write no longer exists, or somebody has changed another field that only Fairway writes.
 *
 * @param read the ids of the records that were just fetched again
 */
async function outdatedWrites(
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
  const withoutEdit = await writesWithoutEdit(deps, connection, mapping, writes);
  const shadows = await shadowsOf(deps.db, connection.id, mapping.object, [...read]);
  const same = sameIn(mapping);
  return writes.filter((write) => {
    const state = states.get(write.recordId);
    if (!state) return write.operation === 'update';
    const others = othersOf(mapping, write, shadows.get(state.extId)?.shadow.fields ?? {});
    // The field's value has been read now, so the new plan can name it as the base.
    const baseIsKnownNow = isBlind(write) && read.has(state.extId);
    return (
      baseIsKnownNow ||
      write.mappingVersion !== mapping.version ||
      state.extId !== write.extId ||
      withoutEdit.has(write) ||
      outdatedFields({ ...others, ...write.base }, state.fields, same).length > 0
    );
  });
}

function sameIn(
  mapping: CompiledMapping,
): (a: JsonValue | undefined, b: JsonValue | undefined, name: string) => boolean {
  const fields = new Map(mapping.outbound.map((field) => [field.remote, field]));
  return (a, b, name) => {
    const field = fields.get(name);
    // A link that was made in Fairway is in a field that is only read otherwise.
    return a === b || (field !== undefined && sameField(field, a, b));
  };
}

/** The last known values of the fields that only Fairway writes and that are not part of this write. */
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

/** Writes whose edit was reverted, changed or settled by a merge since they were planned. */
async function writesWithoutEdit(
  deps: Deps,
  { id: connectionId }: Connection,
  mapping: CompiledMapping,
  writes: readonly WriteIntent[],
): Promise<ReadonlySet<WriteIntent>> {
  const edits = writes.filter(({ fields }) => mapping.twoWay.some(({ remote }) => remote in fields));
  if (edits.length === 0) return new Set();
  const recordIds = edits.map((intent) => intent.recordId);
  const pending = await pendingEdits(deps.db, { connectionId, mapping, kind: mapping.kind }, recordIds);
  const withoutEdit = edits.filter(({ recordId, fields }) => {
    const ours = applyOutbound(mapping, pending.get(recordId)?.values ?? {}).fields;
    const sent = mapping.twoWay.filter(({ remote }) => remote in fields);
    return sent.some(
      (field) =>
        ours[field.remote] === undefined || !sameField(field, fields[field.remote], ours[field.remote]),
    );
  });
  return new Set(withoutEdit);
}

/**
 * Places the records again and plans their writes again. Returns the new writes; a record that needs none any
 * more, or no longer exists, has none.
 */
async function placeAndPlanAgain(
  deps: Deps,
  { connection, runId }: RevalidateInput,
  { kind, object, urgent }: WriteIntent,
  outdated: readonly WriteIntent[],
): Promise<readonly WriteIntent[]> {
  const recordIds = outdated.map((intent) => intent.recordId);
  if (isPlaced(kind)) await placeAgain(deps, { connectionId: connection.id, kind, runId });
  await planWrites(
    deps,
    { runId, connectionId: connection.id, scope: scopeOf(kind, recordIds), urgent },
    async () => {},
  );
  const planned = await pendingIntentsOf(deps.db, connection.id, object, recordIds);
  const old = new Set(outdated.map((intent) => intent.id));
  // An old intent that is still pending was not planned again: its record is gone or has another id now.
  await discardIntents(
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
