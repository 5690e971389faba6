import { defineAssociation } from './records/associations.ts';
import { objectTypes, type ObjectType } from './schema/object-types.ts';
import { save, stamp, type Portal } from './portal.ts';
import type { PropertyDefinition } from './schema/properties.ts';
import type { PortalProfile } from '#sandbox/profiles/profile.ts';
import {
  standardAssociations,
  standardProperties,
  standardTypes,
  stampProperties,
  type StandardProperty,
} from './schema/standard.ts';

/**
 * Gives a new account the standard objects; one restored from disk is given those that its version did not
 * know.
 */
export function bootstrap(portal: Portal): void {
  const known = new Set(objectTypes(portal).map((type) => type.objectTypeId));
  const missing = standardTypes.filter((type) => !known.has(type.objectTypeId));
  if (missing.length === 0) return;
  portal.store.batch(() => {
    for (const standard of missing) {
      const type: ObjectType = {
        ...standard,
        fullyQualifiedName: standard.name.toUpperCase(),
        createdAt: stamp(portal),
        updatedAt: stamp(portal),
      };
      save(portal, 'type', type.objectTypeId, type);
      addVendorProperties(portal, type);
    }
    const isNew = (id: string): boolean => !known.has(id);
    for (const [from, to, typeId, label] of standardAssociations.filter(
      ([from, to]) => isNew(from) || isNew(to),
    )) {
      defineAssociation(portal, from, to, { typeId, label, category: 'HUBSPOT_DEFINED' });
    }
  });
}

/** The stamps every type has, the standard properties of a standard one, and a group to hold them. */
export function addVendorProperties(portal: Portal, type: ObjectType): void {
  const groupName = `${type.custom ? type.name : type.name.toLowerCase()}_information`;
  save(portal, `group:${type.objectTypeId}`, groupName, {
    name: groupName,
    label: `${type.labels.singular} information`,
  });
  const standards = [...stampProperties(type), ...(standardProperties[type.objectTypeId] ?? [])];
  for (const standard of standards.flatMap((one) => inCurrencies(portal.profile, one))) {
    const definition: PropertyDefinition = {
      ...standard,
      description: '',
      groupName,
      hubspotDefined: true,
      createdAt: stamp(portal),
      updatedAt: stamp(portal),
    };
    save(portal, `property:${type.objectTypeId}`, definition.name, definition);
  }
}

const currencyProperties = new Set(['deal_currency_code', 'hs_line_item_currency_code']);

/** An account with one currency has no properties that name one. */
function inCurrencies(
  { companyCurrency, additionalCurrencies }: PortalProfile,
  property: StandardProperty,
): StandardProperty[] {
  if (!currencyProperties.has(property.name)) return [property];
  if (additionalCurrencies.length === 0) return [];
  const options = [companyCurrency, ...additionalCurrencies].map((value) => ({ value, label: value }));
  return [{ ...property, options }];
}
