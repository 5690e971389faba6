import { currentActor, type Actor } from '#sandbox/hubspot/actor.ts';
import type { ObjectType } from '#sandbox/hubspot/schema/object-types.ts';
import { removeRow, save, stamp, table, type Portal } from '#sandbox/hubspot/portal.ts';

/** One value a property has had. */
export interface PropertyVersion {
  readonly value: string;
  readonly timestamp: string;
  readonly sourceType: Actor['source'] | 'IMPORT';
  readonly sourceId?: string;
  readonly updatedByUserId?: number;
}

/**
 * The data of a record that its history needs. Unchanged values have the creation time and author of the
 * record.
 */
export interface Historied {
  readonly id: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly createdAt: string;
  readonly createdBy?: Actor;
}

type History = Readonly<Record<string, readonly PropertyVersion[]>>;

/** HubSpot keeps the last twenty values; of contacts 45. */
const maxVersions = (type: ObjectType): number => (type.name === 'contact' ? 45 : 20);
const collection = (type: ObjectType): string => `history:${type.objectTypeId}`;

/** Every value a property has had that is still kept, newest first. */
export function propertyHistory(
  portal: Portal,
  type: ObjectType,
  record: Historied,
  name: string,
): readonly PropertyVersion[] {
  const versions = table<History>(portal, collection(type)).get(record.id)?.[name];
  if (versions) return versions;
  const value = record.properties[name];
  return value === undefined ? [] : [version(value, record.createdAt, record.createdBy ?? null)];
}

/** Adds the current actor's values for properties that differ; a cleared one gets an empty value. */
export function extendHistory(
  portal: Portal,
  type: ObjectType,
  before: Historied,
  changed: Readonly<Record<string, string | null>>,
): void {
  const actor = currentActor();
  const added = Object.entries(changed).map(([name, value]): [string, readonly PropertyVersion[]] => {
    const versions = [
      version(value ?? '', stamp(portal), actor),
      ...propertyHistory(portal, type, before, name),
    ];
    return [name, versions.slice(0, maxVersions(type))];
  });
  if (added.length === 0) return;
  const known = table<History>(portal, collection(type)).get(before.id) ?? {};
  save(portal, collection(type), before.id, { ...known, ...Object.fromEntries(added) });
}

/** Gives a survivor its predecessor's history. */
export function moveHistory(portal: Portal, type: ObjectType, from: string, to: string): void {
  const known = table<History>(portal, collection(type)).get(from);
  if (!known) return;
  save(portal, collection(type), to, known);
  forgetHistory(portal, type, from);
}

export function forgetHistory(portal: Portal, type: ObjectType, id: string): void {
  removeRow(portal, collection(type), id);
}

function version(value: string, timestamp: string, actor: Actor | null): PropertyVersion {
  if (actor === null) return { value, timestamp, sourceType: 'IMPORT' };
  const user = /^userId:(\d+)$/.exec(actor.sourceId)?.[1];
  return {
    value,
    timestamp,
    sourceType: actor.source,
    sourceId: actor.sourceId,
    ...(user === undefined ? {} : { updatedByUserId: Number(user) }),
  };
}
