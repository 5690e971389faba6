import type { JsonValue, RemoteField, RemoteFields } from '#connectors/contract/crm.ts';
import type { CompiledMapping } from '#mappings/engine/compile.ts';
import { isRefusal } from '#mappings/engine/refusal.ts';
import type { LandedWrite } from '#src/db/mappings/restore-store.ts';
import type { CanonicalValues } from '#src/domain/record.ts';
import { sameValue } from '#src/domain/sync/same-value.ts';
import { sameRemote } from '#src/operations/write/same-remote-value.ts';

/** One value that was written and what stood there before the first of the writes that are undone. */
export interface UndoneValue {
  readonly field: string;
  /** Undefined: nobody had read it. */
  readonly previous: JsonValue | undefined;
  readonly written: JsonValue;
}

export interface UndoneRecord {
  readonly recordId: string;
  /** Null: one of the writes made the record. */
  readonly extId: string | null;
  readonly values: readonly UndoneValue[];
}

/** What these writes changed, record by record. @param writes the last first */
export function undoneRecords(writes: readonly LandedWrite[]): readonly UndoneRecord[] {
  return [...Map.groupBy(writes, (write) => write.recordId)].map(([recordId, ofRecord]) => {
    const values = new Map<string, UndoneValue>();
    for (const { fields, base } of ofRecord) {
      for (const [field, value] of Object.entries(fields)) {
        // Walking back in time: the first met is what was written last, the last met is what stood there
        // first.
        values.set(field, { field, previous: base[field], written: values.get(field)?.written ?? value });
      }
    }
    const made = ofRecord.some((write) => write.extId === null);
    return { recordId, extId: made ? null : (ofRecord[0]?.extId ?? null), values: [...values.values()] };
  });
}

export const skipReasons = ['edited', 'unknown', 'made', 'owned', 'gone'] as const;
export type SkipReason = (typeof skipReasons)[number];

export interface SkippedValue {
  /** The vendor's id, or ours of a record that was made. */
  readonly ref: string;
  readonly field: string | null;
  readonly reason: SkipReason;
  readonly says: string;
}

/** What is to be done about one record. */
export interface RecordRestore {
  readonly recordId: string;
  readonly extId: string;
  /** Fields no mapping writes any more: written as they were. */
  readonly direct: RemoteFields;
  /** What stands in them now; only while it does may they be written. */
  readonly base: RemoteFields;
  /** Fields that go both ways: put back here, too, or the two sides would differ. */
  readonly shared: RemoteFields;
  /** What stands in the latter now. */
  readonly stands: RemoteFields;
  readonly skipped: readonly SkippedValue[];
}

export interface Standing {
  readonly mapping: CompiledMapping;
  readonly described: ReadonlyMap<string, RemoteField>;
  /** What the vendor shows now; null when the record is not there. */
  readonly fields: RemoteFields | null;
}

/** Puts back what was there, where what was written still stands. */
export function restoreOf(
  { recordId, extId, values }: UndoneRecord,
  { mapping, described, fields }: Standing,
): RecordRestore {
  const ref = extId ?? recordId;
  const nothing = { recordId, extId: ref, direct: {}, base: {}, shared: {}, stands: {} };
  if (extId === null)
    return {
      ...nothing,
      skipped: [
        skip(
          ref,
          null,
          'made',
          'Fairway made this record, so nothing stood there before. Delete it in the CRM if it is not wanted.',
        ),
      ],
    };
  if (fields === null)
    return { ...nothing, skipped: [skip(ref, null, 'gone', 'The record is not there any more.')] };
  const direct: Record<string, JsonValue> = {};
  const base: Record<string, JsonValue> = {};
  const shared: Record<string, JsonValue> = {};
  const stands: Record<string, JsonValue> = {};
  const skipped: SkippedValue[] = [];
  for (const { field, previous, written } of values) {
    const standing = fields[field] ?? null;
    const reason = reasonToSkip({ ref, field, previous, written, standing }, mapping, described.get(field));
    if (reason) skipped.push(reason);
    else if (previous !== undefined && !sameRemote(described.get(field), standing, previous)) {
      if (mapping.twoWay.some(({ remote }) => remote === field))
        [shared[field], stands[field]] = [previous, standing];
      else [direct[field], base[field]] = [previous, standing];
    }
  }
  return { recordId, extId, direct, base, shared, stands, skipped };
}

/**
 * The same without what somebody has entered here since and the CRM has not been told yet. @param ours the
 * record's values now
 */
export function withoutOurEdits(
  restore: RecordRestore,
  mapping: CompiledMapping,
  ours: CanonicalValues,
): RecordRestore {
  const { extId, shared, stands } = restore;
  const edited = mapping.twoWay.filter(({ local, remote, type, read }) => {
    const says = [stands[remote], shared[remote]].flatMap((value) =>
      value === undefined ? [] : [read(value)],
    );
    return (
      says.length > 0 &&
      !says.some((value) => isRefusal(value) || sameValue(ours[local] ?? null, value ?? null, type))
    );
  });
  const names = new Set(edited.map(({ remote }) => remote));
  const skipped = edited.map(({ local, remote }) =>
    skip(extId, remote, 'edited', `Somebody has changed ${local} in Fairway since.`),
  );
  const left = Object.fromEntries(Object.entries(shared).filter(([field]) => !names.has(field)));
  return { ...restore, shared: left, skipped: [...restore.skipped, ...skipped] };
}

function reasonToSkip(
  {
    ref,
    field,
    previous,
    written,
    standing,
  }: UndoneValue & { readonly ref: string; readonly standing: JsonValue },
  { outbound, twoWay, version }: CompiledMapping,
  described: RemoteField | undefined,
): SkippedValue | null {
  const owned =
    outbound.some(({ remote }) => remote === field) && !twoWay.some(({ remote }) => remote === field);
  if (owned)
    return skip(
      ref,
      field,
      'owned',
      `Version ${version}, which is live, writes ${field} itself and puts it right with the next run.`,
    );
  if (!described?.updateable)
    return skip(ref, field, 'gone', `${field} is not there any more, or may not be written.`);
  if (previous === undefined)
    return skip(ref, field, 'unknown', `Nobody had read ${field} before it was first written.`);
  if (sameRemote(described, standing, written) || sameRemote(described, standing, previous)) return null;
  return skip(ref, field, 'edited', `Somebody has changed ${field} since.`);
}

function skip(ref: string, field: string | null, reason: SkipReason, says: string): SkippedValue {
  return { ref, field, reason, says };
}
