import type { JsonValue } from '#connectors/contract/records.ts';
import { applyOutbound } from '#mappings/engine/apply.ts';
import type { OutboundField } from '#mappings/engine/compile.ts';
import type { Db } from '#src/db/client.ts';
import { lockObject, remoteStates, type RemoteState } from '#src/db/sync/remote-store.ts';
import { unplacedAmong } from '#src/db/sync/record-match-store.ts';
import { saveShadows, shadowsOf, type FieldShadow } from '#src/db/sync/shadow-store.ts';
import type { Deps } from '#src/deps.ts';
import type { CanonicalKind, CanonicalValues } from '#src/domain/record.ts';
import { sameValue } from '#src/domain/sync/same-value.ts';
import { emptyShadow, withEdit } from '#src/domain/sync/shadow.ts';
import { isEditable, canonicalRecords } from '#src/operations/records/canonical-values.ts';
import type { MappedObject } from './mapped-object.ts';

/** The other objects that may hold the same records and that write some of the fields read here. */
export function peersOf(
  { connection, mapping }: MappedObject,
  all: readonly MappedObject[],
): readonly MappedObject[] {
  const readFields = new Set(mapping.inbound.map(({ local }) => local));
  return all.filter(
    (peer) =>
      (peer.connection.id !== connection.id || peer.mapping.object !== mapping.object) &&
      // Without match fields, no two records become one.
      mapping.match.length + peer.mapping.match.length > 0 &&
      peer.mapping.twoWay.some(({ local }) => readFields.has(local)),
  );
}

/** Locks objects in a fixed order, so that two transactions that lock the same objects never deadlock. */
export async function lockObjects(tx: Db, objects: readonly MappedObject[]): Promise<void> {
  const keys = objects.map(({ connection, mapping }) => ({ id: connection.id, object: mapping.object }));
  const inOrder = keys.toSorted((a, b) => (`${a.id} ${a.object}` < `${b.id} ${b.object}` ? -1 : 1));
  for (const { id, object } of inOrder) await lockObject(tx, id, object);
}

/** The records that other CRMs hold as well, as they were before this batch was placed. */
export interface SharedRecords {
  readonly kind: CanonicalKind;
  /** By our ids. */
  readonly values: ReadonlyMap<string, CanonicalValues>;
  readonly elsewhere: readonly { readonly peer: MappedObject; readonly states: readonly RemoteState[] }[];
}

/**
 * Loads the records that other CRMs hold as well; null when there are none.
 *
 * @param recordIds our ids of the records that were linked before this batch: records that are matched for
 * the first time now pass nothing on yet
 */
export async function loadSharedRecords(
  tx: Db,
  kind: CanonicalKind,
  peers: readonly MappedObject[],
  recordIds: readonly string[],
): Promise<SharedRecords | null> {
  if (peers.length === 0 || recordIds.length === 0 || !isEditable(kind)) return null;
  const elsewhere = [];
  for (const peer of peers) {
    const states = await remoteStates(tx, peer.connection.id, peer.mapping.object, recordIds);
    if (states.length > 0) elsewhere.push({ peer, states });
  }
  if (elsewhere.length === 0) return null;
  const shared = elsewhere.flatMap(({ states }) => states.map(({ recordId }) => recordId));
  const records = await canonicalRecords(tx, kind, [...new Set(shared)]);
  return { kind, values: new Map([...records].map(([id, { values }]) => [id, values])), elsewhere };
}

/**
 * Passes on what one CRM changed to the other CRMs that write the same field, as if somebody had edited it in
 * Fairway: the next plan writes it, and if the other CRM changed the field as well, the policy of its mapping
 * line decides. Call it under `lockObjects`, in the transaction that placed the records.
 */
export async function propagateAcrossCrms(
  deps: Pick<Deps, 'clock'>,
  tx: Db,
  before: SharedRecords | null,
): Promise<void> {
  if (!before || !isEditable(before.kind)) return;
  const after = await canonicalRecords(tx, before.kind, [...before.values.keys()]);
  for (const { peer, states } of before.elsewhere) {
    const { connection, mapping } = peer;
    const changed = states.flatMap((state) => {
      const [was, is] = [before.values.get(state.recordId), after.get(state.recordId)];
      const fields =
        was && is && !is.deleted ? mapping.twoWay.filter((field) => differs(field, was, is.values)) : [];
      return was && fields.length > 0 ? [{ state, was, fields }] : [];
    });
    const extIds = changed.map(({ state }) => state.extId);
    const shadows = await shadowsOf(tx, connection.id, mapping.object, extIds);
    const unplaced = await unplacedAmong(tx, connection.id, mapping.object, extIds);
    const edited = changed.map(({ state, was, fields }): readonly [string, FieldShadow] => {
      // While the other CRM's record waits to be placed, its values may be unmerged edits. The last values
      // both sides agreed on are then ours.
      const agreed = unplaced.has(state.extId)
        ? applyOutbound({ ...mapping, outbound: mapping.twoWay }, was).fields
        : state.fields;
      const known: FieldShadow = shadows.get(state.extId)?.shadow ?? emptyShadow();
      return [state.extId, withEdits(known, fields, agreed, deps.clock())];
    });
    await saveShadows(tx, connection.id, mapping.object, new Map(edited));
  }
}

function differs({ local, type }: OutboundField, was: CanonicalValues, is: CanonicalValues): boolean {
  return is[local] !== undefined && !sameValue(was[local] ?? null, is[local], type);
}

function withEdits(
  shadow: FieldShadow,
  fields: readonly OutboundField[],
  agreed: Readonly<Record<string, JsonValue>>,
  at: Date,
): FieldShadow {
  return fields.reduce(
    (known, { local, remote }) =>
      withEdit(known, { ours: local, theirs: remote }, { before: agreed[remote] ?? null, at }),
    shadow,
  );
}
