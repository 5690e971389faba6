import type { RemoteFields } from '#connectors/contract/records.ts';
import { applyInbound, valuesOf, type Inbound } from '#mappings/engine/apply.ts';
import type { CompiledMapping, OutboundField } from '#mappings/engine/compile.ts';
import { isRefusal, type Refusal } from '#mappings/engine/refusal.ts';
import type { Db } from '#src/db/client.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import {
  closeQuestions,
  openConflictQuestions,
  saveResolutions,
  type MootQuestion,
  type NewResolution,
} from '#src/db/sync/resolution-store.ts';
import {
  saveShadows,
  shadowsOf,
  type FieldShadow,
  type StoredRemoteView,
  type ShadowedRecord,
} from '#src/db/sync/shadow-store.ts';
import type { Deps } from '#src/deps.ts';
import type { CanonicalKind, CanonicalValue, CanonicalValues } from '#src/domain/record.ts';
import { mergeRecord, type Conflict, type RecordMerge } from '#src/domain/sync/merge-record.ts';
import { withBases } from '#src/domain/sync/shadow.ts';
import { needsRefetch, includesLastWrite, knownRemoteFields } from '#src/domain/sync/remote-state.ts';
import { isEditable, canonicalRecords } from '#src/operations/records/canonical-values.ts';
import { recordHints } from '#src/operations/hints/record-hints.ts';

export interface MergePlace {
  readonly connection: Connection;
  readonly mapping: CompiledMapping;
  readonly kind: CanonicalKind;
}

interface SeenRecord {
  readonly extId: string;
  readonly deleted: boolean;
}

/**
 * What is to be placed of records that were written to or edited here, by the vendor's id: of a field that
 * both sides may change, what a merge made of it. Disagreements are logged, the shadow moves to what both
 * sides have seen. A view that does not show our last write teaches nothing about the fields we wrote or
 * edited; one that may show more than that write is fetched again.
 *
 * @param known our ids of the records, where there is one
 */
export async function mergeRemoteChanges(
  deps: Deps,
  tx: Db,
  place: MergePlace,
  records: readonly SeenRecord[],
  known: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, Inbound>> {
  const { connection, mapping } = place;
  const present = records.filter((record) => !record.deleted).map((record) => record.extId);
  const shadowed = await shadowsOf(tx, connection.id, mapping.object, present);
  if (shadowed.size === 0) return new Map();
  const inbound = new Map<string, Inbound>();
  const merged: MergedRecord[] = [];
  const doubtful: string[] = [];
  const own = await editedValues(tx, place, shadowed, known);
  for (const [extId, { shadow, view }] of shadowed) {
    if (view === null) continue;
    const standing = knownRemoteFields({ view, shadow });
    const read = applyInbound(mapping, standing);
    const ours = own.get(known.get(extId) ?? '') ?? {};
    if (!includesLastWrite(view, shadow)) {
      inbound.set(extId, withValues(read, editedOnly(mapping, shadow, ours)));
      if (needsRefetch(view, shadow)) doubtful.push(extId);
      continue;
    }
    const merge = mergeTwoWay(mapping, { view, shadow }, { theirs: read.values, standing }, ours);
    inbound.set(extId, withValues(read, merge.values));
    merged.push({ extId, recordId: known.get(extId) ?? '', view, shadow, merge });
  }
  await keepMerges(deps, tx, place, merged);
  await recordHints(deps, tx, {
    connection,
    hints: doubtful.map((extId) => ({ object: mapping.object, extId })),
    via: 'doubt',
  });
  return inbound;
}

/** Ours, of the records somebody edited; of the others ours is what was placed last, which is the base. */
async function editedValues(
  tx: Db,
  { kind }: MergePlace,
  shadowed: ReadonlyMap<string, ShadowedRecord>,
  known: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, CanonicalValues>> {
  if (!isEditable(kind)) return new Map();
  const edited = [...shadowed].flatMap(([extId, { shadow }]) =>
    Object.keys(shadow.edits).length > 0 ? (known.get(extId) ?? []) : [],
  );
  return new Map([...(await canonicalRecords(tx, kind, edited))].map(([id, { values }]) => [id, values]));
}

function mergeTwoWay(
  mapping: CompiledMapping,
  { view, shadow }: { readonly view: StoredRemoteView; readonly shadow: FieldShadow },
  { theirs, standing }: { readonly theirs: CanonicalValues; readonly standing: RemoteFields },
  ours: CanonicalValues,
): RecordMerge {
  const fields = mapping.twoWay.filter(
    ({ local, remote }) => shadow.edits[local] !== undefined || shadow.fields[remote] !== undefined,
  );
  // Another line may write the same field of ours to another of theirs: what stands there says nothing of
  // this one.
  const shared = { ...mapping, outbound: mapping.twoWay };
  const bases = valuesOf(shared, shadow.fields);
  // As it stands there: a default of ours in place of what somebody has emptied would hide that they have.
  const asItStands = { ...theirs, ...valuesOf(shared, standing) };
  return mergeRecord(
    fields.map(({ local, policy, type }) => ({ field: local, direction: 'both', policy, type })),
    {
      theirs: asItStands,
      ours: { ...bases, ...editedOnly(mapping, shadow, ours) },
      bases,
      edits: shadow.edits,
      sent: sentValues(mapping.twoWay, shadow),
      theirsAt: view.modifiedAt,
    },
  );
}

/** What went out and may have arrived, by our names. */
export function sentValues(
  lines: readonly OutboundField[],
  { sent = {} }: FieldShadow,
): Readonly<Record<string, readonly CanonicalValue[]>> {
  const out = lines.filter(({ remote }) => sent[remote] !== undefined);
  return Object.fromEntries(
    out.map(({ local, remote, read }) => [
      local,
      (sent[remote] ?? []).flatMap((value) => readable(read(value))),
    ]),
  );
}

function readable(value: CanonicalValue | Refusal): CanonicalValue[] {
  return isRefusal(value) ? [] : [value];
}

/** Where nobody edited, nothing of ours can differ on purpose. */
function editedOnly(
  mapping: CompiledMapping,
  { edits }: FieldShadow,
  ours: CanonicalValues,
): CanonicalValues {
  const edited = mapping.twoWay.filter(
    ({ local }) => edits[local] !== undefined && ours[local] !== undefined,
  );
  return Object.fromEntries(edited.map(({ local }) => [local, ours[local] ?? null]));
}

function withValues(read: Inbound, values: CanonicalValues): Inbound {
  return { ...read, values: { ...read.values, ...values } };
}

interface MergedRecord {
  readonly extId: string;
  readonly recordId: string;
  readonly view: StoredRemoteView;
  readonly shadow: FieldShadow;
  readonly merge: RecordMerge;
}

async function keepMerges(
  deps: Deps,
  tx: Db,
  { connection, mapping, kind }: MergePlace,
  merged: readonly MergedRecord[],
): Promise<void> {
  const changed = merged.filter(
    ({ shadow, merge }) =>
      merge.rebased.length > 0 || Object.keys(merge.edits).length < Object.keys(shadow.edits).length,
  );
  await saveShadows(
    tx,
    connection.id,
    mapping.object,
    new Map(
      changed.map(({ extId, shadow, view, merge }) => [
        extId,
        rebasedShadow(mapping.twoWay, shadow, view.fields, merge),
      ]),
    ),
  );
  const questions = await openConflictQuestions(
    tx,
    connection.id,
    mapping.object,
    merged.map((one) => one.extId),
  );
  await closeQuestions(
    tx,
    connection.id,
    mapping.object,
    merged.flatMap((one) => mootQuestions(one, questions.get(one.extId))),
    deps.clock(),
  );
  const place = {
    connectionId: connection.id,
    object: mapping.object,
    kind,
    mappingVersion: mapping.version,
  };
  await saveResolutions(
    tx,
    merged.flatMap(({ extId, recordId, merge }) =>
      merge.conflicts.map((conflict) => resolutionOf(deps, { ...place, extId, recordId }, conflict)),
    ),
  );
}

/** The shadow after a merge: where the base moved, it holds what stands in the CRM. */
export function rebasedShadow(
  lines: readonly OutboundField[],
  shadow: FieldShadow,
  standing: RemoteFields,
  { rebased, edits }: Pick<RecordMerge, 'rebased' | 'edits'>,
): FieldShadow {
  const moved = lines.filter(({ local }) => rebased.includes(local));
  const bases = Object.fromEntries(moved.map(({ remote }) => [remote, standing[remote] ?? null]));
  return { ...withBases(shadow, bases), edits };
}

function mootQuestions(
  { extId, merge }: MergedRecord,
  asked: ReadonlySet<string> | undefined,
): MootQuestion[] {
  const stillAsked = new Set(
    merge.conflicts.flatMap(({ field, winner }) => (winner === 'ask' ? [field] : [])),
  );
  return [...(asked ?? [])].flatMap((field) =>
    stillAsked.has(field) || merge.values[field] === undefined
      ? []
      : [
          {
            extId,
            field,
            winner: merge.edits[field] === undefined ? ('crm' as const) : ('fairway' as const),
          },
        ],
  );
}

/** One disagreement as it is logged; one that a person is asked about has no winner yet. */
export function resolutionOf(
  deps: Pick<Deps, 'clock' | 'ids'>,
  place: Pick<NewResolution, 'connectionId' | 'object' | 'extId' | 'kind' | 'recordId' | 'mappingVersion'>,
  { winner, ...conflict }: Conflict,
): NewResolution {
  const at = deps.clock();
  const settled = winner === 'ask' ? { winner: null, settledAt: null } : { winner, settledAt: at };
  return { id: deps.ids(), ...place, ...conflict, ...settled, at };
}
