import { conflict, HubspotError, invalid } from '#sandbox/hubspot/errors.ts';
import type { ObjectType } from './object-types.ts';
import { save, stamp, table, type Portal } from '#sandbox/hubspot/portal.ts';

export const propertyTypes = ['string', 'number', 'date', 'datetime', 'enumeration', 'bool'] as const;
export type PropertyType = (typeof propertyTypes)[number];

export interface PropertyOption {
  readonly value: string;
  readonly label: string;
}

export interface PropertyDefinition {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly groupName: string;
  readonly type: PropertyType;
  readonly fieldType: string;
  readonly options: readonly PropertyOption[];
  readonly hasUniqueValue: boolean;
  readonly readOnly: boolean;
  readonly hubspotDefined: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface PropertyGroup {
  readonly name: string;
  readonly label: string;
}

export type NewProperty = Pick<
  PropertyDefinition,
  'name' | 'label' | 'description' | 'groupName' | 'type' | 'fieldType' | 'options' | 'hasUniqueValue'
>;

export const propertiesOf = (portal: Portal, type: ObjectType): ReadonlyMap<string, PropertyDefinition> =>
  table(portal, `property:${type.objectTypeId}`);
export const groupsOf = (portal: Portal, type: ObjectType): ReadonlyMap<string, PropertyGroup> =>
  table(portal, `group:${type.objectTypeId}`);

export function propertyOf(portal: Portal, type: ObjectType, name: string): PropertyDefinition {
  const found = propertiesOf(portal, type).get(name);
  if (!found)
    throw new HubspotError(404, 'OBJECT_NOT_FOUND', `Property "${name}" does not exist`, {
      subCategory: 'Properties.PROPERTY_NOT_FOUND',
    });
  return found;
}

export function createGroup(portal: Portal, type: ObjectType, group: PropertyGroup): PropertyGroup {
  if (groupsOf(portal, type).has(group.name))
    throw conflict(`A property group named '${group.name}' already exists.`);
  save(portal, `group:${type.objectTypeId}`, group.name, group);
  return group;
}

export function createProperty(portal: Portal, type: ObjectType, input: NewProperty): PropertyDefinition {
  if (!/^[a-z][a-z0-9_]{0,99}$/.test(input.name))
    throw invalid(
      `Property name '${input.name}' is invalid. Only lowercase letters, numbers and underscores are allowed.`,
    );
  if (propertiesOf(portal, type).has(input.name))
    throw conflict(`A property named '${input.name}' already exists.`);
  if (!groupsOf(portal, type).has(input.groupName))
    throw invalid(`Property group '${input.groupName}' does not exist.`);
  if (input.type === 'enumeration' && input.options.length === 0)
    throw invalid(`Enumeration property '${input.name}' must have at least one option.`);
  if (input.hasUniqueValue && !['string', 'number'].includes(input.type))
    throw invalid(`Property '${input.name}' of type ${input.type} cannot have unique values.`);
  const definition: PropertyDefinition = {
    ...input,
    readOnly: false,
    hubspotDefined: false,
    createdAt: stamp(portal),
    updatedAt: stamp(portal),
  };
  save(portal, `property:${type.objectTypeId}`, definition.name, definition);
  return definition;
}

export function renderProperty(definition: PropertyDefinition): object {
  const { readOnly, ...shown } = definition;
  return {
    ...shown,
    options: definition.options.map((option, displayOrder) => ({ ...option, displayOrder, hidden: false })),
    archived: false,
    calculated: readOnly,
    displayOrder: -1,
    externalOptions: false,
    formField: !readOnly,
    hidden: false,
    modificationMetadata: {
      archivable: !definition.hubspotDefined,
      readOnlyDefinition: definition.hubspotDefined,
      readOnlyValue: readOnly,
    },
  };
}
