import type { Change } from '#sandbox/hubspot/records/change.ts';
import { conflict, notFound } from '#sandbox/hubspot/errors.ts';
import { findType } from '#sandbox/hubspot/schema/object-types.ts';
import { removeRow, nextId, save, stamp, table, type Portal } from '#sandbox/hubspot/portal.ts';

export const webhookKinds = [
  'creation',
  'deletion',
  'propertyChange',
  'associationChange',
  'merge',
  'restore',
  'privacyDeletion',
] as const satisfies readonly Change['kind'][];

/** An app's target for events. */
export interface WebhookTarget {
  readonly targetUrl: string;
  readonly throttling: { readonly maxConcurrentRequests: number };
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** An app's event subscription. */
export interface Subscription {
  readonly id: string;
  readonly appId: number;
  /** `object.creation` with a type id, or the older `company.creation` without. */
  readonly eventType: string;
  readonly objectTypeId?: string;
  /** For property changes: only this one. */
  readonly propertyName?: string;
  readonly active: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export const targetOf = (portal: Portal, appId: number): WebhookTarget | undefined =>
  table<WebhookTarget>(portal, 'webhook-target').get(String(appId));

export function setTarget(
  portal: Portal,
  appId: number,
  wanted: Pick<WebhookTarget, 'targetUrl' | 'throttling'>,
): WebhookTarget {
  const target = {
    ...wanted,
    createdAt: targetOf(portal, appId)?.createdAt ?? stamp(portal),
    updatedAt: stamp(portal),
  };
  save(portal, 'webhook-target', String(appId), target);
  return target;
}

export const removeTarget = (portal: Portal, appId: number): void =>
  removeRow(portal, 'webhook-target', String(appId));

export const subscriptionsOf = (portal: Portal): Subscription[] => [
  ...table<Subscription>(portal, 'webhook-subscription').values(),
];

export function subscribe(
  portal: Portal,
  appId: number,
  wanted: Pick<Subscription, 'eventType' | 'objectTypeId' | 'propertyName' | 'active'>,
): Subscription {
  const same = (known: Subscription): boolean =>
    known.appId === appId &&
    known.eventType === wanted.eventType &&
    known.objectTypeId === wanted.objectTypeId &&
    known.propertyName === wanted.propertyName;
  if (subscriptionsOf(portal).some(same)) throw conflict('A subscription for this event already exists.');
  const id = String(nextId(portal, 'subscription'));
  const subscription = { ...wanted, id, appId, createdAt: stamp(portal), updatedAt: stamp(portal) };
  save(portal, 'webhook-subscription', id, subscription);
  return subscription;
}

export function findSubscription(portal: Portal, appId: number, id: string): Subscription {
  const found = table<Subscription>(portal, 'webhook-subscription').get(id);
  if (found?.appId !== appId) throw notFound(`No subscription ${id} exists for app ${appId}`);
  return found;
}

export function setActive(portal: Portal, subscription: Subscription, active: boolean): Subscription {
  const changed = { ...subscription, active, updatedAt: stamp(portal) };
  save(portal, 'webhook-subscription', subscription.id, changed);
  return changed;
}

export const unsubscribe = (portal: Portal, subscription: Subscription): void =>
  removeRow(portal, 'webhook-subscription', subscription.id);

export function wants(portal: Portal, subscription: Subscription, change: Change): boolean {
  const [object = '', kind] = subscription.eventType.split('.');
  const typeId = object === 'object' ? subscription.objectTypeId : object;
  if (!subscription.active || kind !== change.kind || typeId === undefined) return false;
  if (findType(portal, typeId)?.objectTypeId !== change.type.objectTypeId) return false;
  return (
    change.kind !== 'propertyChange' ||
    subscription.propertyName === undefined ||
    subscription.propertyName === change.name
  );
}
