import { conflict, invalid } from '#sandbox/hubspot/errors.ts';
import { nextId, save, stamp, table, type Portal } from '#sandbox/hubspot/portal.ts';

/** A kind of record: standard ones have ids `0-…`, an account's own `2-…`. */
export interface ObjectType {
  readonly objectTypeId: string;
  readonly name: string;
  readonly plural: string;
  /** `p<portal>_<name>` for custom objects. */
  readonly fullyQualifiedName: string;
  readonly labels: { readonly singular: string; readonly plural: string };
  readonly custom: boolean;
  readonly primaryDisplayProperty: string;
  readonly requiredProperties: readonly string[];
  readonly searchableProperties: readonly string[];
  readonly createdProperty: 'createdate' | 'hs_createdate';
  readonly modifiedProperty: 'hs_lastmodifieddate' | 'lastmodifieddate';
  readonly createdAt: string;
  readonly updatedAt: string;
}

export const objectTypes = (portal: Portal): ObjectType[] => [...table<ObjectType>(portal, 'type').values()];

/**
 * HubSpot takes many spellings: type id, `p<portal>_name`, the `p_name` shorthand, singular, plural, in any
 * case.
 */
export function findType(portal: Portal, spelling: string): ObjectType | undefined {
  const wanted = spelling.toLowerCase();
  const namesOf = (type: ObjectType): string[] => [
    type.objectTypeId,
    type.fullyQualifiedName,
    type.name,
    type.plural,
    ...(type.custom ? [`p_${type.name}`] : []),
  ];
  return objectTypes(portal).find((type) => namesOf(type).some((name) => name.toLowerCase() === wanted));
}

export function resolveType(portal: Portal, spelling: string): ObjectType {
  const found = findType(portal, spelling);
  if (!found) throw invalid(`Unable to infer object type from: ${spelling}`);
  return found;
}

/** The name of a type in the vendor's messages. */
export const shouted = (type: ObjectType): string =>
  (type.custom ? type.fullyQualifiedName : type.name).toUpperCase();

export interface NewObjectType {
  readonly name: string;
  readonly labels: { readonly singular: string; readonly plural: string };
  readonly primaryDisplayProperty: string;
  readonly requiredProperties: readonly string[];
  readonly searchableProperties: readonly string[];
}

export function createType(portal: Portal, input: NewObjectType): ObjectType {
  if (objectTypes(portal).some((type) => type.name === input.name))
    throw conflict(`Object type with name ${input.name} already exists`);
  const type: ObjectType = {
    ...input,
    objectTypeId: `2-${nextId(portal, 'objectType')}`,
    plural: `${input.name}s`,
    fullyQualifiedName: `p${portal.portalId}_${input.name}`,
    custom: true,
    createdProperty: 'hs_createdate',
    modifiedProperty: 'hs_lastmodifieddate',
    createdAt: stamp(portal),
    updatedAt: stamp(portal),
  };
  save(portal, 'type', type.objectTypeId, type);
  return type;
}
