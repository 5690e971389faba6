import type { JsonValue, RemoteField, RemoteFields } from '#connectors/contract/records.ts';
import type { CompiledMapping } from '#mappings/engine/compile.ts';
import { isRefusal } from '#mappings/engine/refusal.ts';
import type { LandedWrite } from '#src/db/mappings/restore-store.ts';
import type { CanonicalValues } from '#src/domain/record.ts';
import { sameValue } from '#src/domain/sync/same-value.ts';
import { sameRemote } from '#src/operations/write/same-remote-value.ts';

/** One field of a record with the value Fairway wrote last and the value before the first undone write. */
export interface UndoneValue {
  readonly field: string;
  /** Undefined when Fairway had not read the field before it wrote to it. */
  readonly previous: JsonValue | undefined;
  readonly written: JsonValue;
}

export interface UndoneRecord {
  readonly recordId: string;
  /** Null when one of the undone writes created the record. */
  readonly extId: string | null;
  readonly values: readonly UndoneValue[];
}

/** Groups the writes to undo by record. @param writes the newest first */
export function undoneRecords(writes: readonly LandedWrite[]): readonly UndoneRecord[] {
  return [...Map.groupBy(writes, (write) => write.recordId)].map(([recordId, ofRecord]) => {
    const values = new Map<string, UndoneValue>();
    for (const { fields, base } of ofRecord) {
      for (const [field, value] of Object.entries(fields)) {
        // The newest write comes first, so it gives `written`; the oldest comes last and gives `previous`.
        values.set(field, { field, previous: base[field], written: values.get(field)?.written ?? value });
      }
    }
    const wasCreated = ofRecord.some((write) => write.extId === null);
    return {
      recordId,
      extId: wasCreated ? null : (ofRecord[0]?.extId ?? null),
      values: [...values.values()],
    };
  });
}

export const skipReasons = ['edited', 'unknown', 'created', 'only_written', 'gone'] as const;
export type SkipReason = (typeof skipReasons)[number];

export interface SkippedValue {
  /** The vendor's id; Fairway's id when Fairway created the record. */
  readonly ref: string;
  readonly field: string | null;
  readonly reason: SkipReason;
  readonly message: string;
}

/** The plan for one record: the values to restore and the values to leave alone. All by the vendor's names. */
export interface RecordRestore {
  readonly recordId: string;
  readonly extId: string;
  /** Previous values of fields that the live mapping does not write. They are written as they were. */
  readonly direct: RemoteFields;
  /** Current values of the `direct` fields. A field is written only while it still has this value. */
  readonly base: RemoteFields;
  /** Previous values of two-way fields. They are restored in Fairway too, so that both sides stay equal. */
  readonly shared: RemoteFields;
  /** Current values of the `shared` fields. */
  readonly current: RemoteFields;
  readonly skipped: readonly SkippedValue[];
}

export interface RecordNow {
  readonly mapping: CompiledMapping;
  readonly described: ReadonlyMap<string, RemoteField>;
  /** The record's current values in the CRM; null when it no longer exists. */
  readonly fields: RemoteFields | null;
}

/** Plans to restore each previous value whose field still has the value that Fairway wrote. */
export function planRecordRestore(
  { recordId, extId, values }: UndoneRecord,
  { mapping, described, fields }: RecordNow,
): RecordRestore {
  const ref = extId ?? recordId;
  if (extId === null) return skippedRecord(recordId, ref, 'created', createdByFairway);
  if (fields === null) return skippedRecord(recordId, ref, 'gone', 'The record no longer exists in the CRM.');
  const direct: Record<string, JsonValue> = {};
  const base: Record<string, JsonValue> = {};
  const shared: Record<string, JsonValue> = {};
  const current: Record<string, JsonValue> = {};
  const skipped: SkippedValue[] = [];
  for (const undone of values) {
    const { field, previous } = undone;
    const now = fields[field] ?? null;
    const reason = reasonToSkip({ ...undone, ref, now }, mapping, described.get(field));
    if (reason) {
      skipped.push(reason);
      continue;
    }
    if (previous === undefined || sameRemote(described.get(field), now, previous)) continue;
    if (mapping.twoWay.some(({ remote }) => remote === field)) {
      shared[field] = previous;
      current[field] = now;
    } else {
      direct[field] = previous;
      base[field] = now;
    }
  }
  return { recordId, extId, direct, base, shared, current, skipped };
}

const createdByFairway =
  'Fairway created this record, so there is no earlier value to restore. Delete it in the CRM if it is not wanted.';

function skippedRecord(recordId: string, ref: string, reason: SkipReason, message: string): RecordRestore {
  const skipped = [skip(ref, null, reason, message)];
  return { recordId, extId: ref, direct: {}, base: {}, shared: {}, current: {}, skipped };
}

/**
 * Leaves out the two-way fields that somebody has edited in Fairway since, where the CRM does not have the
 * edit yet. @param ours the record's current values in Fairway
 */
export function withoutLaterEdits(
  restore: RecordRestore,
  mapping: CompiledMapping,
  ours: CanonicalValues,
): RecordRestore {
  const { extId, shared, current } = restore;
  const edited = mapping.twoWay.filter(({ local, remote, type, read }) => {
    const inCrm = [current[remote], shared[remote]].flatMap((value) =>
      value === undefined ? [] : [read(value)],
    );
    return (
      inCrm.length > 0 &&
      !inCrm.some((value) => isRefusal(value) || sameValue(ours[local] ?? null, value ?? null, type))
    );
  });
  const names = new Set(edited.map(({ remote }) => remote));
  const skipped = edited.map(({ local, remote }) =>
    skip(extId, remote, 'edited', `Somebody has changed ${local} in Fairway since.`),
  );
  const left = Object.fromEntries(Object.entries(shared).filter(([field]) => !names.has(field)));
  return { ...restore, shared: left, skipped: [...restore.skipped, ...skipped] };
}

interface FieldNow extends UndoneValue {
  readonly ref: string;
  /** The field's value in the CRM now. */
  readonly now: JsonValue;
}

function reasonToSkip(
  { ref, field, previous, written, now }: FieldNow,
  { outbound, twoWay, version }: CompiledMapping,
  described: RemoteField | undefined,
): SkippedValue | null {
  const onlyWritten =
    outbound.some(({ remote }) => remote === field) && !twoWay.some(({ remote }) => remote === field);
  if (onlyWritten) {
    const message = `The live version ${version} writes ${field} itself. The next run sets it to the right value.`;
    return skip(ref, field, 'only_written', message);
  }
  if (!described?.updateable)
    return skip(ref, field, 'gone', `${field} no longer exists, or Fairway may not write to it.`);
  if (previous === undefined) {
    const message = `Fairway had not read ${field} before it first wrote to it, so the earlier value is unknown.`;
    return skip(ref, field, 'unknown', message);
  }
  if (sameRemote(described, now, written) || sameRemote(described, now, previous)) return null;
  return skip(ref, field, 'edited', `Somebody has changed ${field} in the CRM since.`);
}

function skip(ref: string, field: string | null, reason: SkipReason, message: string): SkippedValue {
  return { ref, field, reason, message };
}
