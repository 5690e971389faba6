import { makeId } from '#sandbox/salesforce/records/ids.ts';
import type { Org } from '#sandbox/salesforce/records/org.ts';
import { validationRuleObjects } from '#sandbox/salesforce/metadata/rule-metadata.ts';
import { Schema } from '#sandbox/salesforce/records/schema.ts';
import type { FieldDef } from '#sandbox/salesforce/records/schema.ts';
import { systemFields } from '#sandbox/salesforce/records/standard-objects.ts';
import { eventEntity } from './change-event.ts';

const collection = 'salesforce:PlatformEventChannelMember';
const text = (name: string, label: string): FieldDef => ({ name, label, type: 'string', length: 255 });

/** The Tooling API's view of a member. */
export const toolingSchema = new Schema(
  [
    ...validationRuleObjects,
    {
      name: 'PlatformEventChannelMember',
      label: 'Platform Event Channel Member',
      labelPlural: 'Platform Event Channel Members',
      keyPrefix: '0v8',
      custom: false,
      fields: [
        ...systemFields(),
        text('DeveloperName', 'Name'),
        text('EventChannel', 'Event Channel'),
        text('SelectedEntity', 'Selected Entity'),
      ],
    },
  ],
  null,
);

export interface ChannelMember {
  readonly eventChannel: string;
  readonly selectedEntity: string;
}

/** @throws Error in the vendor's words when there is no such channel or entity */
export function checkMember(
  objectNames: readonly string[],
  { eventChannel, selectedEntity }: ChannelMember,
): void {
  if (eventChannel !== 'ChangeEvents')
    throw new Error(`In field: eventChannel - no PlatformEventChannel named ${eventChannel} found`);
  if (!objectNames.some((name) => eventEntity(name) === selectedEntity))
    throw new Error(`In field: selectedEntity - no Entity named ${selectedEntity} found`);
}

/** @returns whether it is new */
export function putMember(
  org: Org,
  developerName: string,
  { eventChannel, selectedEntity }: ChannelMember,
): boolean {
  const rows = org.store.collection(collection);
  const known = rows.values().find((row) => row['DeveloperName'] === developerName);
  const id = known ? String(known['Id']) : makeId('0v8', rows.size + 1);
  const stamps = { CreatedDate: org.stamp(), SystemModstamp: org.stamp() };
  org.store.put(collection, id, {
    Id: id,
    IsDeleted: false,
    ...stamps,
    DeveloperName: developerName,
    EventChannel: eventChannel,
    SelectedEntity: selectedEntity,
  });
  return !known;
}

export const isMember = (org: Org, developerName: string): boolean =>
  org.store
    .collection(collection)
    .values()
    .some((row) => row['DeveloperName'] === developerName);

/** The entities whose changes the org sends. */
export const selectedEntities = (org: Org): ReadonlySet<string> =>
  new Set(
    org.store
      .collection(collection)
      .values()
      .map((row) => String(row['SelectedEntity'])),
  );
