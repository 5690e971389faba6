import type { RemoteFields, RemoteRecord } from '#connectors/contract/records.ts';
import type { HubspotApi } from './api.ts';
import { readReferences } from './associations.ts';
import { associationTarget, mergedIdsProperty, modifiedProperty } from './schema/naming.ts';
import { asInstant, fromWire } from './values.ts';
import type { WireRecord } from './wire.ts';

/** The properties to request, so that `asRecords` can return these fields. */
export const propertiesFor = (object: string, fields: readonly string[]): string[] => [
  ...fields.filter((field) => associationTarget(field) === null),
  modifiedProperty(object),
  mergedIdsProperty,
];

/**
 * Converts HubSpot's records and adds their references, which take one more call for each thousand records.
 */
export async function asRecords(
  api: HubspotApi,
  object: string,
  fields: readonly string[],
  found: readonly WireRecord[],
): Promise<RemoteRecord[]> {
  const ids = found.map((record) => record.id);
  const references = new Map<string, Awaited<ReturnType<typeof readReferences>>>();
  for (const field of fields) {
    const target = associationTarget(field);
    if (target !== null) references.set(field, await readReferences(api, object, target, ids));
  }
  const valueOf = (record: WireRecord, field: string): RemoteFields[string] =>
    associationTarget(field) === null
      ? fromWire(record.properties[field])
      : (references.get(field)?.get(record.id)?.reference ?? null);
  return found.map((record) => ({
    extId: record.id,
    fields: Object.fromEntries(fields.map((field) => [field, valueOf(record, field)])),
    modifiedAt: stampOf(object, record),
    deleted: record.archived ?? false,
  }));
}

/** The records that were merged into these. */
export const mergedAway = (object: string, survivors: readonly WireRecord[]): RemoteRecord[] =>
  survivors.flatMap((survivor) =>
    mergedIds(survivor).map((extId) => ({
      extId,
      fields: {},
      modifiedAt: stampOf(object, survivor),
      deleted: true,
      mergedInto: survivor.id,
    })),
  );

const mergedIds = (record: WireRecord): string[] =>
  record.properties[mergedIdsProperty]?.split(';').filter((id) => id !== '') ?? [];

/** A write is answered with the same stamp that reads return. */
export const stampOf = (object: string, record: WireRecord): string =>
  asInstant(record.properties[modifiedProperty(object)] ?? record.updatedAt);
