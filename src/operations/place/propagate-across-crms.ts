import type { JsonValue } from '#connectors/contract/records.ts';
import { applyOutbound } from '#mappings/engine/apply.ts';
import type { OutboundField } from '#mappings/engine/compile.ts';
import type { Db } from '#src/db/client.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import { lockObject, remoteStates, type RemoteState } from '#src/db/sync/remote-store.ts';
import { unplacedAmong } from '#src/db/sync/shared-record-store.ts';
import { saveShadows, shadowsOf, type FieldShadow } from '#src/db/sync/shadow-store.ts';
import type { Deps } from '#src/deps.ts';
import type { CanonicalKind, CanonicalValues } from '#src/domain/record.ts';
import { sameValue } from '#src/domain/sync/same-value.ts';
import { emptyShadow, withEdit } from '#src/domain/sync/shadow.ts';
import type { LiveMapping } from '#src/operations/live-mappings/load-live-mapping.ts';
import { isEditable, canonicalRecords } from '#src/operations/records/canonical-values.ts';

/** One object of one CRM, as a kind is mapped to it. */
export interface MappedPlace {
  readonly connection: Connection;
  readonly mapping: LiveMapping;
}

/**
 * Other CRMs' objects that may hold the same records, and in which some of what is read here goes both ways.
 */
export function peersOf(
  { connection, mapping }: MappedPlace,
  all: readonly MappedPlace[],
): readonly MappedPlace[] {
  const read = new Set(mapping.inbound.map(({ local }) => local));
  return all.filter(
    (peer) =>
      (peer.connection.id !== connection.id || peer.mapping.object !== mapping.object) &&
      // Only match fields make two records one.
      mapping.match.length + peer.mapping.match.length > 0 &&
      peer.mapping.twoWay.some(({ local }) => read.has(local)),
  );
}

/**
 * In one order everywhere: of two CRMs whose records are placed at once, neither may wait for the other while
 * the other waits for it.
 */
export async function lockPlaces(tx: Db, places: readonly MappedPlace[]): Promise<void> {
  const keys = places.map(({ connection, mapping }) => ({ id: connection.id, object: mapping.object }));
  const inOrder = keys.toSorted((a, b) => (`${a.id} ${a.object}` < `${b.id} ${b.object}` ? -1 : 1));
  for (const { id, object } of inOrder) await lockObject(tx, id, object);
}

/** What records that live elsewhere, too, said before they were placed anew. */
export interface SharedBefore {
  readonly kind: CanonicalKind;
  readonly values: ReadonlyMap<string, CanonicalValues>;
  readonly elsewhere: readonly { readonly peer: MappedPlace; readonly states: readonly RemoteState[] }[];
}

/**
 * @param recordIds ours, of those that were known before: two records that have just been found to be one
 * tell each other nothing yet
 */
export async function sharedBefore(
  tx: Db,
  kind: CanonicalKind,
  peers: readonly MappedPlace[],
  recordIds: readonly string[],
): Promise<SharedBefore | null> {
  if (peers.length === 0 || recordIds.length === 0 || !isEditable(kind)) return null;
  const elsewhere = [];
  for (const peer of peers) {
    const states = await remoteStates(tx, peer.connection.id, peer.mapping.object, recordIds);
    if (states.length > 0) elsewhere.push({ peer, states });
  }
  if (elsewhere.length === 0) return null;
  const shared = elsewhere.flatMap(({ states }) => states.map(({ recordId }) => recordId));
  const own = await canonicalRecords(tx, kind, [...new Set(shared)]);
  return { kind, values: new Map([...own].map(([id, { values }]) => [id, values])), elsewhere };
}

/**
 * What one CRM has changed is told to the others in which the field goes both ways, as if somebody had edited
 * it here: the next plan writes it, and where that CRM has changed it, too, the line's policy decides. Under
 * `lockPlaces`, in the transaction that placed the records.
 */
export async function propagateAcrossCrms(
  deps: Pick<Deps, 'clock'>,
  tx: Db,
  before: SharedBefore | null,
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
      // Of what was read there and not placed yet it is not known whether somebody meant it: ours is what was
      // agreed.
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
