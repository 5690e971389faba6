import type { PortalProfile } from '#sandbox/profiles/profile.ts';
import type { Body, Store } from '#sandbox/store.ts';

/**
 * One HubSpot account. Everything it knows is in the store, so a restarted sandbox goes on where it stopped.
 */
export interface Portal {
  readonly store: Store;
  readonly now: () => Date;
  readonly portalId: number;
  readonly profile: PortalProfile;
}

/** A collection of this account as typed rows; write through `save`. */
export function table<T extends object>(portal: Portal, name: string): ReadonlyMap<string, T> {
  return portal.store.collection(`hubspot:${name}`) as unknown as ReadonlyMap<string, T>;
}

export function save<T extends object>(portal: Portal, name: string, id: string, row: T): void {
  portal.store.put(`hubspot:${name}`, id, row as Body);
}

export function removeRow(portal: Portal, name: string, id: string): void {
  portal.store.remove(`hubspot:${name}`, id);
}

/**
 * Ids start high enough that all of a series have the same number of digits: they sort alike as text and as
 * numbers.
 */
const firstOf = {
  record: 40_000_000_001,
  objectType: 100_001,
  associationType: 101,
  app: 3_000_001,
  subscription: 5_000_001,
  event: 100_000_001,
  journal: 1,
  merge: 1,
} as const;

export function nextId(portal: Portal, series: keyof typeof firstOf): number {
  const next = table<{ next: number }>(portal, 'sequence').get(series)?.next ?? firstOf[series];
  save(portal, 'sequence', series, { next: next + 1 });
  return next;
}

export const stamp = (portal: Portal): string => portal.now().toISOString();
