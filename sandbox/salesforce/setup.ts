import { rowError } from './rest/api-error.ts';
import type { Org } from './records/org.ts';
import type { FieldDef, ObjectDef } from './records/schema.ts';

/** Changes of fields by an administrator in Setup. A field is named by its object and its API name. */
interface Place {
  readonly object: string;
  readonly field: string;
}

/** @throws ApiError when there is no such field */
function placeOf(
  org: Org,
  { object: objectName, field: name }: Place,
): { readonly object: ObjectDef; readonly field: FieldDef } {
  const object = org.schema().object(objectName);
  const field = object && org.schema().field(object, name);
  if (!object || !field)
    throw rowError('INVALID_FIELD', `No such column '${name}' on sobject of type ${objectName}`);
  return { object, field };
}

/** A custom field gets another API name; its values, and who may see it, go along. */
export function renameField(org: Org, place: Place, to: string): void {
  const { object, field } = customPlace(org, place);
  if (org.schema().field(object, to))
    throw rowError('DUPLICATE_DEVELOPER_NAME', `There is already a field named ${to} on ${object.name}.`);
  org.removeField(object.name, field.name);
  org.putField(object.name, { ...field, name: to });
  for (const [id, granted] of org.grants()) {
    const renamed = (keys: readonly string[]): string[] =>
      keys.map((key) => (key === `${object.name}.${field.name}` ? `${object.name}.${to}` : key));
    org.putGrants(id, {
      ...granted,
      readable: renamed(granted.readable),
      editable: renamed(granted.editable),
    });
  }
  const after = placeOf(org, { object: object.name, field: to }).object;
  for (const row of [...org.rows(object.name).values()]) {
    const { [field.name]: value, ...rest } = row;
    org.save(after, { ...rest, Id: row.Id, [to]: value });
  }
}

/** A custom field goes, with all its values. */
export function deleteField(org: Org, place: Place): void {
  const { object, field } = customPlace(org, place);
  org.removeField(object.name, field.name);
  const after = org.schema().object(object.name) ?? object;
  for (const row of [...org.rows(object.name).values()]) {
    const { [field.name]: _, ...rest } = row;
    org.save(after, { ...rest, Id: row.Id });
  }
}

function customPlace(org: Org, place: Place): ReturnType<typeof placeOf> {
  const found = placeOf(org, place);
  if (!found.field.custom)
    throw rowError(
      'INVALID_OPERATION',
      `${place.field} is a standard field: it can be neither renamed nor deleted.`,
    );
  return found;
}

/**
 * A custom field is a formula or a roll-up from now on, and this is its result on one record. A result may change with
 * other records or with the day: the record gets no new stamp, and no event is sent.
 * Source: Pub/Sub and Change Data Capture guides: formula and roll-up fields cause no change events.
 */
export function calculateField(org: Org, place: Place, id: string, value: unknown): void {
  const { object, field } = customPlace(org, place);
  if (!field.readOnly) org.putField(object.name, { ...field, readOnly: true });
  const row = org.row(object.name, id);
  if (!row) throw rowError('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
  org.save(placeOf(org, place).object, { ...row, [field.name]: value });
}

/** From now on no record may be saved without it, or may again. */
export function requireField(org: Org, place: Place, required: boolean): void {
  const { object, field } = placeOf(org, place);
  org.putField(object.name, { ...field, required });
}

/** From now on only the listed values may be saved, or others again. */
export function restrictField(org: Org, place: Place, restricted: boolean): void {
  const { object, field } = placeOf(org, place);
  org.putField(object.name, { ...field, restricted });
}

/** The value can no longer be chosen. Records that hold it keep it. */
export function retireValue(org: Org, place: Place, value: string): void {
  const { object, field } = placeOf(org, place);
  if (!field.values?.includes(value))
    throw rowError('INVALID_FIELD', `${field.name} has no value '${value}'.`, [field.name]);
  org.putField(object.name, {
    ...field,
    values: field.values.filter((one) => one !== value),
    retired: [...(field.retired ?? []), value],
  });
}
