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
  const references = await readReferenceFields(api, object, ids, fields);
  const valueOf = (record: WireRecord, field: string): RemoteFields[string] =>
    associationTarget(field) === null
      ? fromWire(record.properties[field])
      : (references.get(record.id)?.[field] ?? null);
  return found.map((record) => ({
    extId: record.id,
    fields: Object.fromEntries(fields.map((field) => [field, valueOf(record, field)])),
    modifiedAt: stampOf(object, record),
    deleted: record.archived ?? false,
  }));
}

/** The references among these fields, by record id. Every asked record has an entry. */
export async function readReferenceFields(
  api: HubspotApi,
  object: string,
  extIds: readonly string[],
  fields: readonly string[],
): Promise<ReadonlyMap<string, RemoteFields>> {
  const values = new Map<string, Record<string, RemoteFields[string]>>(extIds.map((id) => [id, {}]));
  for (const field of fields) {
    const target = associationTarget(field);
    if (target === null) continue;
    const found = await readReferences(api, object, target, extIds);
    for (const [id, one] of values) one[field] = referenceIn(object, field, found.get(id)?.choices ?? []);
  }
  return values;
}

/**
 * All companies of a record of a custom object when no label says which one is meant. The step that places the record
 * knows which of them is a partner. Other references mean the first one.
 */
function referenceIn(object: string, field: string, choices: readonly string[]): RemoteFields[string] {
  const isOpen = choices.length > 1 && object.startsWith('p_') && associationTarget(field) === 'companies';
  return isOpen ? choices : (choices[0] ?? null);
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
