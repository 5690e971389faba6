import { invalid } from '#sandbox/hubspot/errors.ts';
import type { ObjectType } from './object-types.ts';
import { removeRow, save, stamp, type Portal } from '#sandbox/hubspot/portal.ts';
import { propertyOf, type PropertyDefinition } from './properties.ts';
import { recordsOf, saveRecord } from '#sandbox/hubspot/records/records.ts';

/** Changes of properties by an administrator in the account's settings. */
interface Place {
  readonly type: ObjectType;
  readonly property: string;
}

/** A property gets another label. Its name never changes in HubSpot. */
export function relabelProperty(portal: Portal, place: Place, label: string): PropertyDefinition {
  return put(portal, place, { ...propertyOf(portal, place.type, place.property), label });
}

/** A property goes, with all its values. @throws HubspotError for one of HubSpot's own */
export function deleteProperty(portal: Portal, { type, property }: Place): void {
  if (propertyOf(portal, type, property).hubspotDefined)
    throw invalid(`Property '${property}' is defined by HubSpot and cannot be archived.`);
  for (const record of [...recordsOf(portal, type).values()]) {
    const { [property]: value, ...properties } = record.properties;
    if (value !== undefined) saveRecord(portal, type, { ...record, properties }, record);
  }
  removeRow(portal, `property:${type.objectTypeId}`, property);
}

/** From now on no record may be created without it, or may again. */
export function requireProperty(portal: Portal, { type, property }: Place, required: boolean): void {
  propertyOf(portal, type, property);
  const others = type.requiredProperties.filter((name) => name !== property);
  save(portal, 'type', type.objectTypeId, {
    ...type,
    requiredProperties: required ? [...others, property] : others,
  });
}

/** The option can no longer be chosen. Records that hold it keep it. */
export function retireOption(portal: Portal, place: Place, value: string): PropertyDefinition {
  const definition = propertyOf(portal, place.type, place.property);
  if (!definition.options.some((option) => option.value === value))
    throw invalid(`${value} is not an option of '${place.property}'.`);
  return put(portal, place, {
    ...definition,
    options: definition.options.filter((option) => option.value !== value),
  });
}

function put(portal: Portal, { type }: Place, definition: PropertyDefinition): PropertyDefinition {
  const saved = { ...definition, updatedAt: stamp(portal) };
  save(portal, `property:${type.objectTypeId}`, saved.name, saved);
  return saved;
}
