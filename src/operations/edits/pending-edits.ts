import type { RemoteFields } from '#connectors/contract/records.ts';
import { applyOutbound, sameField } from '#mappings/engine/apply.ts';
import type { CompiledMapping } from '#mappings/engine/compile.ts';
import type { Db } from '#src/db/client.ts';
import { openConflictQuestions } from '#src/db/sync/conflict-store.ts';
import { dropEdits, editedRecords, type EditedRecord } from '#src/db/sync/shadow-store.ts';
import type { CanonicalKind, CanonicalValues } from '#src/domain/record.ts';
import { isEditable, canonicalRecords } from '#src/operations/records/canonical-values.ts';

export interface EditedObject {
  readonly connectionId: string;
  readonly mapping: CompiledMapping;
  readonly kind: CanonicalKind;
}

export interface EditedValues {
  /** By Fairway's field names. */
  readonly values: CanonicalValues;
  /**
   * By the vendor's field names: the synced values from before the edits. A field is written only while the CRM
   * still has this value.
   */
  readonly base: RemoteFields;
}

/**
 * The edits that people made in Fairway and that this CRM does not have yet, by Fairway's ids. A field with an
 * open conflict is left out until the conflict is resolved.
 */
export async function pendingEdits(
  db: Db,
  object: EditedObject,
  recordIds: readonly string[],
): Promise<ReadonlyMap<string, EditedValues>> {
  const edited = await editsWithValues(db, object, recordIds);
  if (edited.length === 0) return new Map();
  const { connectionId, mapping } = object;
  const questions = await openConflictQuestions(
    db,
    connectionId,
    mapping.object,
    edited.map((one) => one.extId),
  );
  const written = edited.map(
    ({ extId, recordId, edits, fields: synced, values }): readonly [string, EditedValues] => {
      const fields = mapping.twoWay.filter(
        ({ local }) => edits[local] !== undefined && !questions.get(extId)?.has(local),
      );
      return [
        recordId,
        {
          values: Object.fromEntries(fields.map(({ local }) => [local, values[local] ?? null])),
          base: Object.fromEntries(fields.map(({ remote }) => [remote, synced[remote] ?? null])),
        },
      ];
    },
  );
  return new Map(written.filter(([, { values }]) => Object.keys(values).length > 0));
}

/**
 * Drops edits whose value equals the last synced value: they were reverted, or the CRM has them already. An
 * edit that may be part of a write in progress stays. Call it under `lockObject`.
 */
export async function dropRevertedEdits(
  tx: Db,
  object: EditedObject,
  recordIds: readonly string[],
): Promise<void> {
  const { connectionId, mapping } = object;
  const reverted = (await editsWithValues(tx, object, recordIds)).map(
    ({ extId, edits, fields: synced, sent, values }) => {
      const ours = applyOutbound(mapping, values).fields;
      const fields = mapping.twoWay.filter(
        (field) =>
          edits[field.local] !== undefined &&
          sent[field.remote] === undefined &&
          ours[field.remote] !== undefined &&
          synced[field.remote] !== undefined &&
          sameField(field, ours[field.remote], synced[field.remote]),
      );
      return { extId, fields: fields.map((field) => field.local) };
    },
  );
  await dropEdits(
    tx,
    connectionId,
    mapping.object,
    reverted.filter(({ fields }) => fields.length > 0),
  );
}

/** The records with edits, and their current values in Fairway. */
async function editsWithValues(
  db: Db,
  { connectionId, mapping, kind }: EditedObject,
  recordIds: readonly string[],
): Promise<readonly (EditedRecord & { readonly values: CanonicalValues })[]> {
  if (!isEditable(kind) || mapping.twoWay.length === 0) return [];
  const edited = await editedRecords(db, connectionId, mapping.object, recordIds);
  if (edited.length === 0) return [];
  const canonical = await canonicalRecords(
    db,
    kind,
    edited.map((one) => one.recordId),
  );
  return edited.map((one) => ({ ...one, values: canonical.get(one.recordId)?.values ?? {} }));
}
