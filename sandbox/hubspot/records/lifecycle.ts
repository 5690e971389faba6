import { addAlias } from '#sandbox/hubspot/aliases.ts';
import { associate, associationsOf, associationTypes, dissociate } from './associations.ts';
import { invalid, notFound } from '#sandbox/hubspot/errors.ts';
import { extendHistory, forgetHistory, moveHistory } from './history.ts';
import { objectTypes, type ObjectType } from '#sandbox/hubspot/schema/object-types.ts';
import { nextId, stamp, type Portal } from '#sandbox/hubspot/portal.ts';
import {
  findByUnique,
  findRecord,
  recordsOf,
  removeRecord,
  requireRecord,
  requireUnique,
  saveRecord,
  type CrmRecord,
} from './records.ts';
import { recordChange } from './record-change.ts';
import { settingsOf } from '#sandbox/hubspot/settings.ts';
import { barEmail } from '#sandbox/hubspot/schema/write-rules.ts';

/** Puts a record out of sight; it keeps its values and associations and can come back. */
export function archiveRecord(portal: Portal, type: ObjectType, record: CrmRecord): void {
  saveRecord(
    portal,
    type,
    { ...record, archived: true, archivedAt: stamp(portal), updatedAt: stamp(portal) },
    record,
  );
  recordChange(portal, { kind: 'deletion', type, id: record.id });
}

/** @throws HubspotError when the record is not archived, or another has taken its unique value meanwhile */
export function restoreRecord(portal: Portal, type: ObjectType, id: string): CrmRecord {
  const archived = recordsOf(portal, type).get(id);
  if (!archived?.archived)
    throw notFound(`No archived ${type.name} with ID ${id} exists`, { context: { ids: [id] } });
  requireUnique(portal, type, id, archived.properties);
  const { archivedAt: _, ...rest } = archived;
  const record = { ...rest, archived: false, updatedAt: stamp(portal) };
  saveRecord(portal, type, record, archived);
  recordChange(portal, { kind: 'restore', type, id });
  return record;
}

/**
 * Gives records one and the same modification stamp, as a bulk edit does; nothing else about them changes.
 */
export function touchRecords(
  portal: Portal,
  type: ObjectType,
  records: readonly CrmRecord[],
  updatedAt: string,
): void {
  for (const record of records) saveRecord(portal, type, { ...record, updatedAt }, record);
}

/** The property with the ids that were merged into a survivor. */
const mergedIds = 'hs_merged_object_ids';

/**
 * Merges `otherId` into `primaryId`: the primary's values win, the other's fill its gaps. Both ids go on
 * being read as the survivor, which may get a new id.
 */
export function mergeRecords(
  portal: Portal,
  type: ObjectType,
  primaryId: string,
  otherId: string,
): CrmRecord {
  if (primaryId === otherId) throw invalid(`A ${type.name} cannot be merged with itself: ${primaryId}`);
  const primary = requireRecord(portal, type, primaryId);
  const other = requireRecord(portal, type, otherId);
  const id = givesNewId(portal) ? String(nextId(portal, 'record')) : primaryId;
  const fillsGap = (name: string): boolean => name !== mergedIds && primary.properties[name] === undefined;
  const moved = Object.fromEntries(Object.entries(other.properties).filter(([name]) => fillsGap(name)));
  const merged = [primary, other].flatMap((record) => [
    record.id,
    ...(record.properties[mergedIds]?.split(';') ?? []),
  ]);
  const survivor: CrmRecord = {
    ...primary,
    id,
    properties: {
      ...moved,
      ...primary.properties,
      [mergedIds]: [...new Set(merged)].filter((one) => one !== id).join(';'),
    },
    updatedAt: stamp(portal),
  };
  const gone = [...(id === primaryId ? [] : [primary]), other];
  for (const record of gone) removeRecord(portal, type, record);
  saveRecord(portal, type, survivor, id === primaryId ? primary : undefined);
  for (const record of gone) {
    moveAssociations(portal, type, record.id, id);
    addAlias(portal, type, record.id, id);
  }
  forgetHistory(portal, type, otherId);
  if (id !== primaryId) moveHistory(portal, type, primaryId, id);
  extendHistory(portal, type, { ...primary, id }, moved);
  recordChange(portal, {
    kind: 'merge',
    type,
    id,
    primaryId,
    mergedIds: [otherId],
    propertiesMoved: Object.keys(moved).length,
  });
  return survivor;
}

function givesNewId(portal: Portal): boolean {
  const { mergeIds } = settingsOf(portal);
  return mergeIds === 'new' || (mergeIds === 'alternate' && nextId(portal, 'merge') % 2 === 1);
}

function moveAssociations(portal: Portal, type: ObjectType, from: string, to: string): void {
  for (const otherType of objectTypes(portal)) {
    const labelled = associationTypes(portal, type, otherType).filter(
      (known) => known.label !== null && known.label !== 'Primary',
    );
    for (const { id, typeIds } of associationsOf(portal, type, from, otherType)) {
      const other = { type: otherType, id };
      dissociate(portal, { type, id: from }, other);
      // Archived records lose their associations, and restoring does not bring them back.
      if (!findRecord(portal, otherType, id)) continue;
      for (const { typeId } of labelled)
        if (typeIds.includes(typeId)) associate(portal, { type, id: to }, other, typeId);
      // The default type, from the side that has a primary company, gives that label to the survivor only
      // where it is free.
      if (type.name === 'company') associate(portal, other, { type, id: to }, null);
      else associate(portal, { type, id: to }, other, null);
    }
  }
}

/**
 * Erases a record permanently. An erased contact's e-mail can never be used again, even when no contact had
 * it.
 * @param idProperty null when `id` is a record id
 */
export function eraseRecord(portal: Portal, type: ObjectType, id: string, idProperty: string | null): void {
  const record =
    idProperty === null ? recordsOf(portal, type).get(id) : findByUnique(portal, type, idProperty, id);
  const email = record?.properties['email'] ?? (idProperty === 'email' ? id : undefined);
  if (type.name === 'contact' && email !== undefined) barEmail(portal, email);
  if (!record && email === undefined)
    throw notFound(`No ${type.name} with ID ${id} exists`, { context: { ids: [id] } });
  if (!record) return;
  for (const to of objectTypes(portal)) {
    for (const other of associationsOf(portal, type, record.id, to)) {
      dissociate(portal, { type, id: record.id }, { type: to, id: other.id });
    }
  }
  removeRecord(portal, type, record);
  forgetHistory(portal, type, record.id);
  // HubSpot publishes both, so that subscribers to deletions notice too.
  if (!record.archived) recordChange(portal, { kind: 'deletion', type, id: record.id });
  recordChange(portal, { kind: 'privacyDeletion', type, id: record.id });
}
