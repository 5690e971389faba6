import { rowError } from '#sandbox/salesforce/rest/api-error.ts';
import type { Org } from './org.ts';
import type { Row } from './row.ts';
import type { FieldDef, ObjectDef } from './schema.ts';
import { systemRow } from './system-row.ts';

/** The record type of records in an object without record types. No query shows it. */
const masterId = '012000000000000AAA';
const collection = 'salesforce:#recordTypeValues';

/** The record types of the profile as `RecordType` records, each with the values that it offers. */
export function putRecordTypes(org: Org): void {
  const object = org.schema().object('RecordType');
  if (!object || org.rows(object.name).size > 0) return;
  for (const { object: SobjectType, name, developerName, values } of org.profile.recordTypes) {
    const row = systemRow(org, object, {
      Name: name,
      DeveloperName: developerName,
      SobjectType,
      IsActive: true,
    });
    org.save(object, row);
    org.store.put(collection, row.Id, { ...values });
  }
}

/** The record types of an object, the default one first. Empty where records have no type. */
export const recordTypesOf = (org: Org, objectName: string): readonly Row[] =>
  [...org.rows('RecordType').values()].filter((row) => row['SobjectType'] === objectName);

/** The record type of an object that its profile lists at this place. */
export const recordTypeAt = (org: Org, objectName: string, place: number): string | null =>
  recordTypesOf(org, objectName)[place]?.Id ?? null;

/**
 * The values of a picklist that records of a type may have. The values of a custom field that was deployed without
 * record types belong to no record type until an admin adds them.
 * Source: Metadata API Developer Guide, RecordType, `picklistValues`.
 */
export function valuesOfType(org: Org, typeId: string, field: FieldDef): readonly string[] {
  const limited = org.store.collection(collection).get(typeId)?.[field.name] as readonly string[] | undefined;
  return limited ?? (field.custom ? [] : (field.values ?? []));
}

/** An administrator adds values of a field to a record type. */
export function addValuesToType(
  org: Org,
  developerName: string,
  fieldName: string,
  values: readonly string[],
): void {
  const type = org
    .rows('RecordType')
    .values()
    .find((row) => row['DeveloperName'] === developerName);
  const object = type && org.schema().object(String(type['SobjectType']));
  const field = object && org.schema().field(object, fieldName);
  if (!type || !field) throw rowError('INVALID_FIELD', `No record type ${developerName} with ${fieldName}`);
  const offered = new Set([...valuesOfType(org, type.Id, field), ...values]);
  const before = org.store.collection(collection).get(type.Id) ?? {};
  org.store.put(collection, type.Id, { ...before, [field.name]: [...offered] });
}

/**
 * Only restricted picklists are checked when a record is saved by API.
 * Source: https://gearset.com/blog/data-deployments-and-picklist-errors/
 * @throws ApiError for a value that the record's type does not offer
 */
export function refuseOtherValues(org: Org, object: ObjectDef, row: Row, changed: Iterable<string>): void {
  const typeId = row['RecordTypeId'];
  if (typeof typeId !== 'string') return;
  for (const name of changed) {
    const field = org.schema().field(object, name);
    const value = row[name];
    if (!field?.restricted || name === 'CurrencyIsoCode' || typeof value !== 'string') continue;
    const offered = valuesOfType(org, typeId, field);
    const [other] = value.split(';').filter((choice) => !offered.includes(choice));
    if (other === undefined) continue;
    throw rowError(
      'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
      `${field.label}: bad value for restricted picklist field: ${other}`,
      [field.name],
    );
  }
}

/** The record types of an object as its description lists them; the master one is last. */
export function describeRecordTypes(org: Org, object: ObjectDef): readonly object[] {
  const types = recordTypesOf(org, object.name);
  const info = (recordTypeId: string, name: string, developerName: string, master: boolean) => ({
    active: true,
    available: true,
    defaultRecordTypeMapping: master ? types.length === 0 : types[0]?.Id === recordTypeId,
    developerName,
    master,
    name,
    recordTypeId,
    urls: {},
  });
  return [
    ...types.map((row) => info(row.Id, String(row['Name']), String(row['DeveloperName']), false)),
    info(masterId, 'Master', 'Master', true),
  ];
}
