import type { RemoteFields } from '#connectors/contract/crm.ts';
import { applyOutbound, sameField } from '#mappings/engine/apply.ts';
import type { CompiledMapping } from '#mappings/engine/compile.ts';
import type { Db } from '#src/db/client.ts';
import { openConflictQuestions } from '#src/db/sync/resolution-store.ts';
import { dropEdits, editedRecords, type EditedRecord } from '#src/db/sync/shadow-store.ts';
import type { CanonicalKind, CanonicalValues } from '#src/domain/record.ts';
import { isEditable, canonicalRecords } from '#src/operations/records/canonical-values.ts';

export interface EditedObject {
  readonly connectionId: string;
  readonly mapping: CompiledMapping;
  readonly kind: CanonicalKind;
}

export interface EditedValues {
  /** Ours. */
  readonly values: CanonicalValues;
  /**
   * What was agreed when they were edited, under the vendor's names: only while that stands may they be
   * written.
   */
  readonly base: RemoteFields;
}

/**
 * What people have edited here and this CRM has not been seen to hold, by our ids. A field about which a
 * person is asked is left out until there is an answer.
 */
export async function editsToWrite(
  db: Db,
  object: EditedObject,
  recordIds: readonly string[],
): Promise<ReadonlyMap<string, EditedValues>> {
  const edited = await ownEdits(db, object, recordIds);
  if (edited.length === 0) return new Map();
  const { connectionId, mapping } = object;
  const questions = await openConflictQuestions(
    db,
    connectionId,
    mapping.object,
    edited.map((one) => one.extId),
  );
  const written = edited.map(
    ({ extId, recordId, edits, fields: agreed, values }): readonly [string, EditedValues] => {
      const fields = mapping.twoWay.filter(
        ({ local }) => edits[local] !== undefined && !questions.get(extId)?.has(local),
      );
      return [
        recordId,
        {
          values: Object.fromEntries(fields.map(({ local }) => [local, values[local] ?? null])),
          base: Object.fromEntries(fields.map(({ remote }) => [remote, agreed[remote] ?? null])),
        },
      ];
    },
  );
  return new Map(written.filter(([, { values }]) => Object.keys(values).length > 0));
}

/**
 * An edit after which the field says what was agreed all the same is none any more: it was taken back, or the
 * CRM has accepted it. One that may be on its way stays. Call it under `lockObject`.
 */
export async function dropRevertedEdits(
  tx: Db,
  object: EditedObject,
  recordIds: readonly string[],
): Promise<void> {
  const { connectionId, mapping } = object;
  const takenBack = (await ownEdits(tx, object, recordIds)).map(
    ({ extId, edits, fields: agreed, sent, values }) => {
      const ours = applyOutbound(mapping, values).fields;
      const over = mapping.twoWay.filter(
        (field) =>
          edits[field.local] !== undefined &&
          sent[field.remote] === undefined &&
          ours[field.remote] !== undefined &&
          agreed[field.remote] !== undefined &&
          sameField(field, ours[field.remote], agreed[field.remote]),
      );
      return { extId, fields: over.map((field) => field.local) };
    },
  );
  await dropEdits(
    tx,
    connectionId,
    mapping.object,
    takenBack.filter(({ fields }) => fields.length > 0),
  );
}

/** Records with edits, and what their fields say here. */
async function ownEdits(
  db: Db,
  { connectionId, mapping, kind }: EditedObject,
  recordIds: readonly string[],
): Promise<readonly (EditedRecord & { readonly values: CanonicalValues })[]> {
  if (!isEditable(kind) || mapping.twoWay.length === 0) return [];
  const edited = await editedRecords(db, connectionId, mapping.object, recordIds);
  if (edited.length === 0) return [];
  const own = await canonicalRecords(
    db,
    kind,
    edited.map((one) => one.recordId),
  );
  return edited.map((one) => ({ ...one, values: own.get(one.recordId)?.values ?? {} }));
}
