import type { ObjectType } from './schema/object-types.ts';
import { save, table, type Portal } from './portal.ts';

const collection = (type: ObjectType): string => `alias:${type.objectTypeId}`;

/** From now on `old` means the survivor of its merge. */
export const addAlias = (portal: Portal, type: ObjectType, old: string, survivor: string): void =>
  save(portal, collection(type), old, { survivor });

/** The record an id refers to now, after any number of merges. */
export function currentId(portal: Portal, type: ObjectType, id: string): string {
  const survivor = table<{ survivor: string }>(portal, collection(type)).get(id)?.survivor;
  return survivor === undefined ? id : currentId(portal, type, survivor);
}
