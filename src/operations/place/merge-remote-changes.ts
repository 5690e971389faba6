import type { RemoteFields } from '#connectors/contract/records.ts';
import { applyInbound, valuesOf, type Inbound } from '#mappings/engine/apply.ts';
import type { CompiledMapping, OutboundField } from '#mappings/engine/compile.ts';
import { isRefusal, type Refusal } from '#mappings/engine/refusal.ts';
import type { Db } from '#src/db/client.ts';
import {
  closeQuestions,
  openConflictQuestions,
  saveResolutions,
  type SettledQuestion,
  type NewResolution,
} from '#src/db/sync/conflict-store.ts';
import {
  saveShadows,
  shadowsOf,
  type FieldShadow,
  type StoredRemoteView,
  type ShadowedRecord,
} from '#src/db/sync/shadow-store.ts';
import type { Deps } from '#src/deps.ts';
import type { CanonicalValue, CanonicalValues } from '#src/domain/record.ts';
import { mergeRecord, type Conflict, type RecordMerge } from '#src/domain/sync/merge-record.ts';
import { withBases } from '#src/domain/sync/shadow.ts';
import { needsRefetch, includesLastWrite, knownRemoteFields } from '#src/domain/sync/remote-state.ts';
import { isEditable, canonicalRecords } from '#src/operations/records/canonical-values.ts';
import { recordHints } from '#src/operations/hints/record-hints.ts';
import type { MappedObject } from './mapped-object.ts';

interface SeenRecord {
  readonly extId: string;
  readonly deleted: boolean;
}

/**
 * Merges what a CRM changed with what was written or edited in Fairway, for fields that both sides may
 * change. Conflicts are logged, and the shadow moves to the values that both sides have seen.
 *
 * A read that does not show our last write says nothing about the fields we wrote or edited, so they keep our
 * values. If it may show more than that write, the record is requested again.
 *
 * @param known our ids of the linked records, by the vendor's id
 * @returns the values to place, by the vendor's id; only of records that were written or edited before
 */
export async function mergeRemoteChanges(
  deps: Deps,
  tx: Db,
  object: MappedObject,
  records: readonly SeenRecord[],
  known: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, Inbound>> {
  const { connection, mapping } = object;
  const present = records.filter((record) => !record.deleted).map((record) => record.extId);
  const shadowed = await shadowsOf(tx, connection.id, mapping.object, present);
  if (shadowed.size === 0) return new Map();
  const inbound = new Map<string, Inbound>();
  const merged: MergedRecord[] = [];
  const doubtful: string[] = [];
  const edited = await editedValues(tx, object, shadowed, known);
  for (const [extId, { shadow, view }] of shadowed) {
    if (view === null) continue;
    const current = knownRemoteFields({ view, shadow });
    const read = applyInbound(mapping, current);
    const ours = edited.get(known.get(extId) ?? '') ?? {};
    if (!includesLastWrite(view, shadow)) {
      inbound.set(extId, withValues(read, editedOnly(mapping, shadow, ours)));
      if (needsRefetch(view, shadow)) doubtful.push(extId);
      continue;
    }
    const merge = mergeTwoWay(mapping, { view, shadow }, { theirs: read.values, current }, ours);
    inbound.set(extId, withValues(read, merge.values));
    merged.push({ extId, recordId: known.get(extId) ?? '', view, shadow, merge });
  }
  await saveMerges(deps, tx, object, merged);
  await recordHints(deps, tx, {
    connection,
    hints: doubtful.map((extId) => ({ object: mapping.object, extId })),
    via: 'recheck',
  });
  return inbound;
}

/**
 * Our values of the records that were edited, by our ids. For the others, ours equals the base of the merge.
 */
async function editedValues(
  tx: Db,
  { mapping: { kind } }: MappedObject,
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
  { theirs, current }: { readonly theirs: CanonicalValues; readonly current: RemoteFields },
  ours: CanonicalValues,
): RecordMerge {
  const fields = mapping.twoWay.filter(
    ({ local, remote }) => shadow.edits[local] !== undefined || shadow.fields[remote] !== undefined,
  );
  // Lines that only write are left out: one of them may write the same canonical field to another remote
  // field.
  const shared = { ...mapping, outbound: mapping.twoWay };
  const bases = valuesOf(shared, shadow.fields);
  // Read without defaults: a default would hide that somebody emptied the field in the CRM.
  const theirsWithoutDefaults = { ...theirs, ...valuesOf(shared, current) };
  return mergeRecord(
    fields.map(({ local, policy, type }) => ({ field: local, direction: 'both', policy, type })),
    {
      theirs: theirsWithoutDefaults,
      ours: { ...bases, ...editedOnly(mapping, shadow, ours) },
      bases,
      edits: shadow.edits,
      sent: sentValues(mapping.twoWay, shadow),
      theirsAt: view.modifiedAt,
    },
  );
}

/** Values that were sent and may have arrived, though the answer is missing, by our field names. */
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

/** Our values of the edited fields. The other fields have no value that was chosen in Fairway. */
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

async function saveMerges(
  deps: Deps,
  tx: Db,
  { connection, mapping }: MappedObject,
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
    merged.flatMap((one) => answeredQuestions(one, questions.get(one.extId))),
    deps.clock(),
  );
  const place = {
    connectionId: connection.id,
    object: mapping.object,
    kind: mapping.kind,
    mappingVersion: mapping.version,
  };
  await saveResolutions(
    tx,
    merged.flatMap(({ extId, recordId, merge }) =>
      merge.conflicts.map((conflict) => resolutionOf(deps, { ...place, extId, recordId }, conflict)),
    ),
  );
}

/** The shadow after a merge: fields whose base moved hold the CRM's current value. */
export function rebasedShadow(
  lines: readonly OutboundField[],
  shadow: FieldShadow,
  current: RemoteFields,
  { rebased, edits }: Pick<RecordMerge, 'rebased' | 'edits'>,
): FieldShadow {
  const moved = lines.filter(({ local }) => rebased.includes(local));
  const bases = Object.fromEntries(moved.map(({ remote }) => [remote, current[remote] ?? null]));
  return { ...withBases(shadow, bases), edits };
}

/** Open questions that the merge has answered: both sides agree, or one of them withdrew its change. */
function answeredQuestions(
  { extId, merge }: MergedRecord,
  asked: ReadonlySet<string> | undefined,
): SettledQuestion[] {
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

/** A conflict as it is logged. While a person is asked, it has no winner. */
export function resolutionOf(
  deps: Pick<Deps, 'clock' | 'ids'>,
  place: Pick<NewResolution, 'connectionId' | 'object' | 'extId' | 'kind' | 'recordId' | 'mappingVersion'>,
  { winner, ...conflict }: Conflict,
): NewResolution {
  const at = deps.clock();
  const settled = winner === 'ask' ? { winner: null, settledAt: null } : { winner, settledAt: at };
  return { id: deps.ids(), ...place, ...conflict, ...settled, at };
}
