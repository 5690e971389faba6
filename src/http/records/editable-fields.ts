import type { z } from 'zod';
import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import { askedFields } from '#src/db/sync/conflict-view.ts';
import { listConnections } from '#src/db/connections/connection-store.ts';
import { crmRecordsOf } from '#src/db/sync/write-back-view.ts';
import type { Deps } from '#src/deps.ts';
import { extraPrefix, fieldsOf, type CanonicalField, type CanonicalValues } from '#src/domain/record.ts';
import { packFor } from '#src/operations/connections/use-connection.ts';
import {
  isEditableField,
  canonicalRecords,
  type EditableKind,
} from '#src/operations/records/canonical-values.ts';
import type { editableField, extraField } from './schema.ts';

type ExtraField = z.infer<typeof extraField>;
type EditableField = z.infer<typeof editableField>;

/**
 * What the mappings in force of the CRMs that hold a record make of its fields. A field of two CRMs comes
 * once.
 */
export interface EditableFields {
  /** What may be changed on either side. */
  readonly editable: EditableField[];
  /** The customer's own, whether they may be changed or not. */
  readonly extra: ExtraField[];
}

export async function editableFieldsOf(deps: Deps, kind: EditableKind, id: string): Promise<EditableFields> {
  const [places, connections, own, asked] = await Promise.all([
    crmRecordsOf(deps.db, [id]),
    listConnections(deps.db),
    canonicalRecords(deps.db, kind, [id]),
    askedFields(deps.db, id),
  ]);
  const values = own.get(id)?.values ?? {};
  const mapped = places.flatMap((place) => {
    const connection = connections.find((one) => one.name === place.connectionName);
    const pack = connection && packFor(deps, connection, kind);
    return pack?.object === place.object ? [{ pack, connection: place.connectionName }] : [];
  });
  return {
    editable: once(mapped.flatMap((place) => editableOf(kind, place, { values, asked }))),
    extra: once(mapped.flatMap(({ pack }) => extraOf(pack, values))),
  };
}

function editableOf(
  kind: EditableKind,
  { pack, connection }: { readonly pack: MappingPack; readonly connection: string },
  { values, asked }: { readonly values: CanonicalValues; readonly asked: ReadonlySet<string> },
): EditableField[] {
  const known: Readonly<Record<string, CanonicalField>> = fieldsOf(kind, pack.extra);
  const extras = new Map(extraOf(pack, values).map((field) => [field.field, field]));
  const twoWay = pack.fields.filter(
    ({ direction, local }) => direction === 'both' && isEditableField(kind, local),
  );
  return twoWay.map(({ local, policy, required }) => ({
    field: local,
    label: extras.get(local)?.label ?? null,
    type: known[local]?.type ?? 'text',
    values: extras.get(local)?.values ?? null,
    value: values[local] ?? null,
    required: required ?? known[local]?.required ?? false,
    policy: policy ?? 'crm',
    connection,
    hasOpenConflict: asked.has(local),
  }));
}

function extraOf({ extra = [] }: MappingPack, values: CanonicalValues): ExtraField[] {
  return extra.map(({ name, label, type, values: choices }) => {
    const field = `${extraPrefix}${name}`;
    return { field, label, type, values: choices ?? null, value: values[field] ?? null };
  });
}

function once<Field extends { readonly field: string }>(fields: readonly Field[]): Field[] {
  return [...new Map(fields.map((field) => [field.field, field])).values()];
}
