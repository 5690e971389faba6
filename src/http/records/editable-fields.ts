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

/** The fields of one record, from the mappings of the CRMs that have it. A field of two CRMs is listed once. */
export interface EditableFields {
  /** Two-way fields. */
  readonly editable: EditableField[];
  /** Custom fields, editable or not. */
  readonly extra: ExtraField[];
}

export async function editableFieldsOf(deps: Deps, kind: EditableKind, id: string): Promise<EditableFields> {
  const [crmRecords, connections, canonical, conflicts] = await Promise.all([
    crmRecordsOf(deps.db, [id]),
    listConnections(deps.db),
    canonicalRecords(deps.db, kind, [id]),
    askedFields(deps.db, id),
  ]);
  const values = canonical.get(id)?.values ?? {};
  const mapped = crmRecords.flatMap(({ connectionName, object }) => {
    const connection = connections.find(({ name }) => name === connectionName);
    const pack = connection && packFor(deps, connection, kind);
    return pack?.object === object ? [{ pack, connection: connectionName }] : [];
  });
  return {
    editable: withoutRepeats(mapped.flatMap((one) => editableOf(kind, one, { values, conflicts }))),
    extra: withoutRepeats(mapped.flatMap(({ pack }) => extraOf(pack, values))),
  };
}

function editableOf(
  kind: EditableKind,
  { pack, connection }: { readonly pack: MappingPack; readonly connection: string },
  { values, conflicts }: { readonly values: CanonicalValues; readonly conflicts: ReadonlySet<string> },
): EditableField[] {
  const canonical: Readonly<Record<string, CanonicalField>> = fieldsOf(kind, pack.extra);
  const extras = new Map(extraOf(pack, values).map((field) => [field.field, field]));
  const twoWay = pack.fields.filter(
    ({ direction, local }) => direction === 'both' && isEditableField(kind, local),
  );
  return twoWay.map(({ local, policy, required }) => ({
    field: local,
    label: extras.get(local)?.label ?? null,
    type: canonical[local]?.type ?? 'text',
    values: extras.get(local)?.values ?? null,
    value: values[local] ?? null,
    required: required ?? canonical[local]?.required ?? false,
    policy: policy ?? 'crm',
    connection,
    hasOpenConflict: conflicts.has(local),
  }));
}

function extraOf({ extra = [] }: MappingPack, values: CanonicalValues): ExtraField[] {
  return extra.map(({ name, label, type, values: allowed }) => {
    const field = `${extraPrefix}${name}`;
    return { field, label, type, values: allowed ?? null, value: values[field] ?? null };
  });
}

function withoutRepeats<Field extends { readonly field: string }>(fields: readonly Field[]): Field[] {
  return [...new Map(fields.map((field) => [field.field, field])).values()];
}
