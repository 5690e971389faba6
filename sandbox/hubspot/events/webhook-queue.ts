import { findApp } from '#sandbox/hubspot/apps.ts';
import type { RecordedChange } from '#sandbox/hubspot/records/change.ts';
import { nextId, save, type Portal } from '#sandbox/hubspot/portal.ts';
import { subscriptionsOf, targetOf, wants, type Subscription } from './webhook-subscriptions.ts';

/**
 * One event on its way to an app. It stays until the app has taken it or the retries are used up, also over a
 * restart.
 */
export interface QueuedEvent {
  readonly id: string;
  readonly appId: number;
  /** The attempts made so far. */
  readonly attempts: number;
  /** In real time, epoch milliseconds: a stopped vendor's clock must not stop deliveries. */
  readonly dueAt: number;
  /** Already taken once, and sent again because the account delivers everything twice. */
  readonly again: boolean;
  readonly event: Readonly<Record<string, unknown>>;
}

export const queueName = 'webhook-queue';

/** Queues an event for every subscription that wants this change. */
export function queueWebhooks(portal: Portal, change: RecordedChange): void {
  const interested = subscriptionsOf(portal).filter((subscription) => wants(portal, subscription, change));
  for (const subscription of interested) {
    if (!findApp(portal, subscription.appId)?.installed || !targetOf(portal, subscription.appId)) continue;
    const eventId = nextId(portal, 'event');
    const queued: QueuedEvent = {
      id: String(eventId),
      appId: subscription.appId,
      attempts: 0,
      dueAt: Date.now(),
      again: false,
      event: eventOf(portal, subscription, change, eventId),
    };
    save(portal, queueName, queued.id, queued);
  }
}

/** The event as HubSpot documents it, all but its `attemptNumber`. */
function eventOf(
  portal: Portal,
  subscription: Subscription,
  change: RecordedChange,
  eventId: number,
): QueuedEvent['event'] {
  return {
    eventId,
    subscriptionId: Number(subscription.id),
    portalId: portal.portalId,
    appId: subscription.appId,
    occurredAt: Date.parse(change.occurredAt),
    subscriptionType: subscription.eventType,
    objectId: Number(change.id),
    ...(subscription.eventType.startsWith('object.') && change.kind !== 'associationChange'
      ? { objectTypeId: change.type.objectTypeId }
      : {}),
    ...detailsOf(change),
    changeSource: change.actor.source,
    sourceId: change.actor.sourceId,
  };
}

function detailsOf(change: RecordedChange): object {
  switch (change.kind) {
    case 'creation':
      return { changeFlag: 'CREATED' };
    case 'deletion':
    case 'privacyDeletion':
      return { changeFlag: 'DELETED' };
    case 'restore':
      return { changeFlag: 'RESTORED' };
    case 'propertyChange':
      return { propertyName: change.name, propertyValue: change.value ?? '' };
    case 'merge':
      return {
        primaryObjectId: Number(change.primaryId),
        mergedObjectIds: change.mergedIds.map(Number),
        newObjectId: change.id === change.primaryId ? null : Number(change.id),
        numberOfPropertiesMoved: change.propertiesMoved,
      };
    case 'associationChange':
      return {
        associationType: `${change.type.name}_TO_${change.toType.name}`.toUpperCase(),
        associationTypeId: change.typeId,
        fromObjectTypeId: change.type.objectTypeId,
        fromObjectId: Number(change.id),
        toObjectTypeId: change.toType.objectTypeId,
        toObjectId: Number(change.toId),
        associationRemoved: change.removed,
        isPrimaryAssociation: change.primary,
      };
  }
}
