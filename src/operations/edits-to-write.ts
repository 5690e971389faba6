import type { RemoteFields } from '#connectors/connector.ts';
import type { CompiledMapping } from '#mappings/engine/compile.ts';
import type { Db } from '#src/db/client.ts';
import { openQuestions } from '#src/db/resolution-store.ts';
import { editedRecords } from '#src/db/shadow-store.ts';
import type { CanonicalKind, CanonicalValues } from '#src/domain/record.ts';
import { isEditable, ownRecords } from './own-records.ts';

export interface EditedObject {
  readonly connectionId: string;
  readonly mapping: CompiledMapping;
  readonly kind: CanonicalKind;
}

export interface EditedValues {
  /** Ours. */
  readonly values: CanonicalValues;
  /** What was agreed when they were edited, under the vendor's names: only while that stands may they be written. */
  readonly base: RemoteFields;
}

/**
 * What people have edited here and this CRM has not been seen to hold, by our ids. A field about which a person is asked
 * is left out until there is an answer.
 *
 * @param recordIds limits it to these records
 */
export async function editsToWrite(
  tx: Db,
  { connectionId, mapping, kind }: EditedObject,
  recordIds: readonly string[] | undefined,
): Promise<ReadonlyMap<string, EditedValues>> {
  if (!isEditable(kind) || mapping.twoWay.length === 0) return new Map();
  const edited = await editedRecords(tx, connectionId, mapping.object, recordIds);
  if (edited.length === 0) return new Map();
  const own = await ownRecords(
    tx,
    kind,
    edited.map((one) => one.recordId),
  );
  const questions = await openQuestions(
    tx,
    connectionId,
    mapping.object,
    edited.map((one) => one.extId),
  );
  const written = edited.map(({ extId, recordId, edits, fields: agreed }): readonly [string, EditedValues] => {
    const values = own.get(recordId)?.values ?? {};
    const fields = mapping.twoWay.filter(({ local }) => edits[local] !== undefined && !questions.get(extId)?.has(local));
    return [
      recordId,
      {
        values: Object.fromEntries(fields.map(({ local }) => [local, values[local] ?? null])),
        base: Object.fromEntries(fields.map(({ remote }) => [remote, agreed[remote] ?? null])),
      },
    ];
  });
  return new Map(written.filter(([, { values }]) => Object.keys(values).length > 0));
}
