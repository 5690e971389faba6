import { createHmac } from 'node:crypto';
import type { RecordedChange } from '#sandbox/hubspot/records/change.ts';
import { removeRow, nextId, save, table, type Portal } from '#sandbox/hubspot/portal.ts';
import { settingsOf } from '#sandbox/hubspot/settings.ts';

export const journalActions = [
  'CREATE',
  'UPDATE',
  'DELETE',
  'MERGE',
  'RESTORE',
  'ASSOCIATION_ADDED',
  'ASSOCIATION_REMOVED',
  'GDPR_DELETE',
] as const;
export type JournalAction = (typeof journalActions)[number];
export const journalSubscriptionTypes = ['OBJECT', 'ASSOCIATION', 'GDPR_PRIVACY_DELETION'] as const;

/** An app's journal subscription for one object. */
export interface JournalSubscription {
  readonly id: number;
  readonly appId: number;
  readonly subscriptionType: (typeof journalSubscriptionTypes)[number];
  readonly objectTypeId: string;
  readonly actions: readonly JournalAction[];
  /** For updates: only these; null for all. */
  readonly properties: readonly string[] | null;
  /** For associations: only with these; null for all. */
  readonly associatedObjectTypeIds: readonly string[] | null;
  readonly portalId: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** One noted change, with the app it was noted for. */
interface Entry {
  readonly id: string;
  readonly appId: number;
  readonly occurredAt: string;
  readonly event: Readonly<Record<string, unknown>>;
}

/** A file of consecutive changes, oldest first; its offset is that of its last one. */
export interface JournalFile {
  readonly offset: string;
  readonly publishedAt: string;
  readonly journalEvents: readonly Entry['event'][];
}

const retentionMs = 3 * 86_400_000;
const collection = 'journal';

export const journalSubscriptions = (portal: Portal): JournalSubscription[] => [
  ...table<JournalSubscription>(portal, 'journal-subscription').values(),
];

/** Notes the change once for every app that subscribed to it. */
export function journalChange(portal: Portal, change: RecordedChange): void {
  const action = actionOf(change);
  const apps = new Set(
    journalSubscriptions(portal).flatMap((one) => (notes(one, change, action) ? [one.appId] : [])),
  );
  for (const appId of apps) {
    // Offsets are UUIDs that sort by time, so that the store gives the entries back in order after a restart.
    const id = `00000000-0000-7000-8000-${String(nextId(portal, 'journal')).padStart(12, '0')}`;
    save(portal, collection, id, {
      id,
      appId,
      occurredAt: change.occurredAt,
      event: eventOf(portal, change, action),
    });
  }
}

function notes(subscription: JournalSubscription, change: RecordedChange, action: JournalAction): boolean {
  if (subscription.objectTypeId !== change.type.objectTypeId || !subscription.actions.includes(action))
    return false;
  const { properties, associatedObjectTypeIds } = subscription;
  if (change.kind === 'propertyChange') return !properties?.length || properties.includes(change.name);
  if (change.kind === 'associationChange')
    return associatedObjectTypeIds === null || associatedObjectTypeIds.includes(change.toType.objectTypeId);
  return true;
}

function actionOf(change: RecordedChange): JournalAction {
  switch (change.kind) {
    case 'creation':
      return 'CREATE';
    case 'propertyChange':
      return 'UPDATE';
    case 'deletion':
      return 'DELETE';
    case 'merge':
      return 'MERGE';
    case 'restore':
      return 'RESTORE';
    case 'privacyDeletion':
      return 'GDPR_DELETE';
    case 'associationChange':
      return change.removed ? 'ASSOCIATION_REMOVED' : 'ASSOCIATION_ADDED';
  }
}

function eventOf(portal: Portal, change: RecordedChange, action: JournalAction): Entry['event'] {
  const type = change.kind === 'associationChange' ? 'ASSOCIATION' : 'OBJECT';
  return {
    type: change.kind === 'privacyDeletion' ? 'GDPR_PRIVACY_DELETION' : type,
    portalId: portal.portalId,
    occurredAt: change.occurredAt,
    action,
    objectTypeId: change.type.objectTypeId,
    objectId: Number(change.id),
    ...detailsOf(change),
    source: change.actor.source,
    sourceId: change.actor.sourceId,
  };
}

function detailsOf(change: RecordedChange): object {
  switch (change.kind) {
    case 'propertyChange':
      return { propertyChanges: { [change.name]: change.value } };
    case 'merge':
      return {
        primaryObjectId: Number(change.primaryId),
        mergedObjectIds: change.mergedIds.map(Number),
        newObjectId: change.id === change.primaryId ? null : Number(change.id),
      };
    case 'associationChange':
      return {
        associatedObjectTypeId: change.toType.objectTypeId,
        associatedObjectId: Number(change.toId),
        associationTypeId: change.typeId,
      };
    case 'creation':
    case 'deletion':
    case 'restore':
    case 'privacyDeletion':
      return {};
  }
}

/** An app's entries of the last three days; older ones go. */
function entriesOf(portal: Portal, appId: number): Entry[] {
  const oldest = new Date(portal.now().getTime() - retentionMs).toISOString();
  const all = [...table<Entry>(portal, collection).values()];
  portal.store.batch(() => {
    for (const entry of all) if (entry.occurredAt < oldest) removeRow(portal, collection, entry.id);
  });
  return all.filter((entry) => entry.appId === appId && entry.occurredAt >= oldest);
}

/**
 * @param after an offset, or null for the earliest
 * @returns null when there is nothing (more); `expired` when the offset is unknown or older than the journal
 * goes back
 */
export function nextFile(
  portal: Portal,
  appId: number,
  after: string | null,
): JournalFile | null | 'expired' {
  const entries = entriesOf(portal, appId);
  const at = after === null ? -1 : entries.findIndex((entry) => entry.id === after);
  if (after !== null && at < 0) return 'expired';
  return fileOf(entries.slice(at + 1, at + 1 + settingsOf(portal).journalFileSize));
}

/** The last file alone: where a client starts that has read everything by other means. */
export const latestFile = (portal: Portal, appId: number): JournalFile | null =>
  fileOf(entriesOf(portal, appId).slice(-1));

/** The file that ends at an offset and holds that many entries. */
export function fileEndingAt(
  portal: Portal,
  appId: number,
  offset: string,
  length: number,
): JournalFile | null {
  const entries = entriesOf(portal, appId);
  const end = entries.findIndex((entry) => entry.id === offset) + 1;
  return fileOf(entries.slice(Math.max(0, end - length), end));
}

function fileOf(entries: readonly Entry[]): JournalFile | null {
  const last = entries.at(-1);
  return last
    ? { offset: last.id, publishedAt: last.occurredAt, journalEvents: entries.map((entry) => entry.event) }
    : null;
}

/** The signature in the address of a journal file. */
export const signFile = (clientSecret: string, path: string, expires: string): string =>
  createHmac('sha256', clientSecret).update(`${path} ${expires}`).digest('hex');
