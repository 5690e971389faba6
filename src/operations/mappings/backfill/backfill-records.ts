import type { JsonValue, RemoteFields } from '#connectors/contract/records.ts';
import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import { recordValues, type RecordValues } from '#src/db/records/record-values-view.ts';
import type { Db } from '#src/db/client.ts';
import { linkedRecordIds } from '#src/db/records/link-store.ts';
import type { UnmappedRecord } from '#src/db/sync/remote-store.ts';
import type { Deps } from '#src/deps.ts';
import type { CanonicalValue } from '#src/domain/record.ts';
import { mapBatch, type MapInput, type MappedBatch } from '#src/operations/place/place-records.ts';
import { placers, type PlacedKind } from '#src/operations/place/kinds/placers.ts';
import { planRecords, type WriteDraft } from '#src/operations/write/plan-writes.ts';
import { projectedKinds, type ProjectedKind } from '#src/operations/write/decided-values.ts';
import { writeDefaults } from '#src/operations/place/write-defaults.ts';

export interface BackfillInput extends MapInput {
  readonly pack: MappingPack;
  /** What the writes carry as their run: they go out after what people wait for, and are counted by it. */
  readonly runId: string;
}

/** Something of a record that was left out or shortened, or all of it. */
export interface Refusal {
  /** `record`: none of it was placed or written · `value`: the rest of it was · `cut`: it was shortened. */
  readonly effect: 'record' | 'value' | 'cut';
  readonly way: 'in' | 'out';
  /** Ours; null when no single field is the reason. */
  readonly field: string | null;
  readonly code: string;
  readonly message: string;
  readonly fix: string;
}

/** What carrying a mapping over made of one of the vendor's records. */
export interface BackfilledRecord {
  /** The vendor's id; of one that is only to be made, ours. */
  readonly ref: string;
  /** What became of ours: `added` and `removed` records have no changes of their own. */
  readonly ours: 'added' | 'removed' | 'changed' | 'same' | 'absent';
  /** By our names: before and after. */
  readonly changes: Readonly<Record<string, readonly [CanonicalValue, CanonicalValue]>>;
  /** What is to be written; null when nothing is. */
  readonly write: BackfilledWrite | null;
  readonly refusals: readonly Refusal[];
}

export interface BackfilledWrite {
  readonly operation: WriteDraft['address']['operation'];
  readonly fields: RemoteFields;
  /** By the vendor's names: what stands there, and what will. */
  readonly changes: Readonly<Record<string, readonly [JsonValue, JsonValue]>>;
}

/**
 * Maps these records anew, whether they have changed or not, and plans what follows, in the caller's
 * transaction, under `lockObject`. Dry run, preview and backfill all do exactly this; the first two take it
 * back.
 */
export async function backfillRecords(
  deps: Deps,
  tx: Db,
  input: BackfillInput,
  records: readonly UnmappedRecord[],
): Promise<readonly BackfilledRecord[]> {
  const { connection, mapping, kind } = input;
  const extIds = records.map((record) => record.extId);
  const known = await linkedRecordIds(tx, connection.id, mapping.object, extIds);
  const before = await recordValues(tx, kind, [...known.values()]);
  const mapped = await mapBatch(deps, tx, input, records);
  const linked = await linkedRecordIds(tx, connection.id, mapping.object, extIds);
  const recordIds = [...new Set(linked.values())];
  const after = await recordValues(tx, kind, recordIds);
  const drafts = new Map(
    (await planCarried(deps, tx, input, recordIds)).map((draft) => [draft.recordId, draft]),
  );
  const placing = refusalsOf(mapped);
  return records.map(({ extId }) => {
    const id = linked.get(extId) ?? '';
    const draft = drafts.get(id);
    return {
      ref: extId,
      ...difference(before.get(known.get(extId) ?? ''), after.get(id)),
      write: draft ? writeOf(draft) : null,
      refusals: [...(placing.get(extId) ?? []), ...(draft ? outboundRefusals(draft) : [])],
    };
  });
}

/** The same for records that only Fairway makes, by our ids: nothing is read of them. */
export async function backfillCanonicalRecords(
  deps: Deps,
  tx: Db,
  input: BackfillPlanInput,
  recordIds: readonly string[],
): Promise<readonly BackfilledRecord[]> {
  const drafts = await planRecords(deps, tx, { ...input, urgent: false }, recordIds);
  return drafts.map((draft) => ({
    ref: draft.address.extId ?? draft.address.keyValue ?? draft.recordId,
    ours: 'same',
    changes: {},
    write: writeOf(draft),
    refusals: outboundRefusals(draft),
  }));
}

export interface BackfillPlanInput extends Omit<BackfillInput, 'kind' | 'currency'> {
  readonly kind: ProjectedKind;
}

export function isProjected(kind: string): kind is ProjectedKind {
  return (projectedKinds as readonly string[]).includes(kind);
}

export function isPlacedKind(kind: string): kind is PlacedKind {
  return Object.hasOwn(placers, kind);
}

async function planCarried(
  deps: Deps,
  tx: Db,
  input: BackfillInput,
  recordIds: readonly string[],
): Promise<readonly WriteDraft[]> {
  const { connection, mapping, kind, runId } = input;
  if (!isProjected(kind) || mapping.outbound.length === 0) return [];
  await writeDefaults(deps, tx, input, recordIds);
  return planRecords(deps, tx, { connection, mapping, kind, runId, urgent: false }, recordIds);
}

/** @param before,after undefined: there is no such record of ours */
function difference(
  before: RecordValues | undefined,
  after: RecordValues | undefined,
): Pick<BackfilledRecord, 'ours' | 'changes'> {
  const was = before !== undefined && before['deleted'] !== true;
  const is = after !== undefined && after['deleted'] !== true;
  if (!was || !is) return { ours: is ? 'added' : was ? 'removed' : 'absent', changes: {} };
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const changed = [...names].filter((name) => (before[name] ?? null) !== (after[name] ?? null));
  const changes = Object.fromEntries(
    changed.map((name) => [name, [before[name] ?? null, after[name] ?? null] as const]),
  );
  return { ours: changed.length > 0 ? 'changed' : 'same', changes };
}

function writeOf({ address, fields, base }: WriteDraft): BackfilledWrite | null {
  const names = Object.keys(fields);
  if (names.length === 0) return null;
  const changes = Object.fromEntries(
    names.map((name) => [name, [base[name] ?? null, fields[name] ?? null] as const]),
  );
  return { operation: address.operation, fields, changes };
}

function refusalsOf({ stuck, problems }: MappedBatch): ReadonlyMap<string, readonly Refusal[]> {
  const refusals = problems.map(({ ref, field = null, failure: { code, message, fix } }) => {
    const effect = stuck.has(ref) ? ('record' as const) : ('value' as const);
    return { ref, refusal: { effect, way: 'in' as const, field, code, message, fix } };
  });
  return new Map(
    [...Map.groupBy(refusals, ({ ref }) => ref)].map(([ref, found]) => [
      ref,
      found.map(({ refusal }) => refusal),
    ]),
  );
}

function outboundRefusals({ problems }: WriteDraft): readonly Refusal[] {
  return problems.map(({ field, code, message, fix, severity }) => {
    const effect = severity === 'warning' ? ('cut' as const) : ('value' as const);
    return { effect, way: 'out', field, code, message: `${field}: ${message}`, fix };
  });
}
