import type { JsonValue, RemoteFields } from '#connectors/contract/records.ts';
import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import { recordValues, type RecordValues } from '#src/db/records/record-values-view.ts';
import type { Db } from '#src/db/client.ts';
import { inHalves } from '#src/db/refused-record.ts';
import { unmergedRecordIds } from '#src/db/records/link-store.ts';
import type { UnmappedRecord } from '#src/db/sync/remote-store.ts';
import type { Deps } from '#src/deps.ts';
import type { CanonicalValue } from '#src/domain/record.ts';
import type { PlaceInput } from '#src/operations/place/mapped-object.ts';
import { placeBatch, type PlacedBatch } from '#src/operations/place/place-batch.ts';
import { placers, type PlacedKind } from '#src/operations/place/kinds/placers.ts';
import type { WriteDraft } from '#src/operations/write/draft-writes.ts';
import { planRecords } from '#src/operations/write/plan-writes.ts';
import { projectedKinds, type ProjectedKind } from '#src/operations/write/values/decided-values.ts';
import { writeDefaults } from '#src/operations/place/write-defaults.ts';

export interface BackfillInput extends PlaceInput {
  readonly pack: MappingPack;
  /** Stored as the run of the planned writes. They are counted by it and sent after people's own writes. */
  readonly runId: string;
}

/** A value, or a whole record, that cannot be placed or written as it is. */
export interface Refusal {
  /** `record`: the whole record was left out · `value`: only this value was · `cut`: the value was shortened. */
  readonly effect: 'record' | 'value' | 'cut';
  readonly direction: 'in' | 'out';
  /** Fairway's field; null when no single field is the reason. */
  readonly field: string | null;
  readonly code: string;
  readonly message: string;
  readonly fix: string;
}

/** The effect of a mapping on one of the vendor's records. */
export interface BackfilledRecord {
  /** The vendor's id; Fairway's key or id when the record is only to be created. */
  readonly ref: string;
  /** The effect on the record in Fairway. Only `changed` records have `changes`. */
  readonly ours: 'added' | 'removed' | 'changed' | 'same' | 'absent';
  /** By Fairway's field names: before and after. */
  readonly changes: Readonly<Record<string, readonly [CanonicalValue, CanonicalValue]>>;
  /** The write to the CRM; null when there is nothing to write. */
  readonly write: BackfilledWrite | null;
  readonly refusals: readonly Refusal[];
}

export interface BackfilledWrite {
  readonly operation: WriteDraft['address']['operation'];
  readonly fields: RemoteFields;
  /** By the vendor's field names: before and after. */
  readonly changes: Readonly<Record<string, readonly [JsonValue, JsonValue]>>;
}

/**
 * Maps these records again, whether they have changed or not, and plans the writes that follow. Runs in the
 * caller's transaction, under `lockObject`. Dry run, preview and backfill all use it; a dry run and a preview
 * roll the transaction back.
 */
export async function backfillRecords(
  deps: Deps,
  tx: Db,
  input: BackfillInput,
  records: readonly UnmappedRecord[],
): Promise<readonly BackfilledRecord[]> {
  return inHalves(
    records,
    (part) => tx.transaction((savepoint) => backfillTogether(deps, savepoint, input, part)),
    async ({ extId }, reason) => [refusedAsWhole(extId, reason)],
  );
}

function refusedAsWhole(ref: string, reason: string): BackfilledRecord {
  const refusal = {
    effect: 'record',
    direction: 'in',
    field: null,
    code: 'record_refused',
    message: `Fairway cannot store this record: ${reason}.`,
    fix: 'Correct the unusual value of this record.',
  } as const;
  return { ref, ours: 'same', changes: {}, write: null, refusals: [refusal] };
}

async function backfillTogether(
  deps: Deps,
  tx: Db,
  input: BackfillInput,
  records: readonly UnmappedRecord[],
): Promise<readonly BackfilledRecord[]> {
  const { connection, mapping, kind } = input;
  const extIds = records.map((record) => record.extId);
  const known = await unmergedRecordIds(tx, connection.id, mapping.object, extIds);
  const before = await recordValues(tx, kind, [...known.values()]);
  const placed = await placeBatch(deps, tx, input, { origin: 'stored', records });
  const linked = await unmergedRecordIds(tx, connection.id, mapping.object, extIds);
  const recordIds = [...new Set(linked.values())];
  const after = await recordValues(tx, kind, recordIds);
  const drafts = new Map(
    (await planPlaced(deps, tx, input, recordIds)).map((draft) => [draft.recordId, draft]),
  );
  const inbound = inboundRefusals(placed);
  return records.map(({ extId }) => {
    const id = linked.get(extId) ?? '';
    const draft = drafts.get(id);
    return {
      ref: extId,
      ...difference(before.get(known.get(extId) ?? ''), after.get(id)),
      write: draft ? writeOf(draft) : null,
      refusals: [...(inbound.get(extId) ?? []), ...(draft ? outboundRefusals(draft) : [])],
    };
  });
}

/** The same for records that only Fairway creates, by Fairway's ids. They are planned, but not mapped. */
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

/** A payout is read back as well, but all its values come from Fairway, so a mapping of it is tried on those. */
export function isPlacedKind(kind: string): kind is Exclude<PlacedKind, 'payout'> {
  return kind !== 'payout' && Object.hasOwn(placers, kind);
}

async function planPlaced(
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

/** @param before,after undefined when Fairway has no such record */
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

function inboundRefusals({ waiting, problems }: PlacedBatch): ReadonlyMap<string, readonly Refusal[]> {
  const refusals = problems.map(({ ref, field = null, failure: { code, message, fix } }) => {
    const effect = waiting.has(ref) ? ('record' as const) : ('value' as const);
    return { ref, refusal: { effect, direction: 'in' as const, field, code, message, fix } };
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
    return { effect, direction: 'out', field, code, message: `${field}: ${message}`, fix };
  });
}
