import { currentLateMs } from '#sandbox/hubspot/actor.ts';
import type { Portal } from '#sandbox/hubspot/portal.ts';
import { settingsOf } from '#sandbox/hubspot/settings.ts';

interface Unindexed<T> {
  readonly until: number;
  /** The record that search shows in the meantime: the old state, or nothing for a new record. */
  readonly before: T | undefined;
}

/**
 * Changes that search does not show yet, oldest first, by record. In memory only: a restarted account has
 * indexed everything. Keyed by the collection itself, so that it goes when the store forgets the collection.
 */
const waiting = new WeakMap<object, Map<string, readonly Unindexed<unknown>[]>>();

/** Called with every write: remembers what search will go on to show. */
export function delayIndexing<T>(
  portal: Portal,
  records: ReadonlyMap<string, T>,
  id: string,
  before: T | undefined,
): void {
  const lagMs = Math.max(settingsOf(portal).searchLagMs, currentLateMs());
  if (lagMs === 0) return;
  const byId = waiting.get(records) ?? new Map<string, readonly Unindexed<unknown>[]>();
  waiting.set(records, byId);
  const now = portal.now().getTime();
  const others = (byId.get(id) ?? []).filter((entry) => entry.until > now);
  byId.set(id, [...others, { until: now + lagMs, before }]);
}

/** A record as search knows it; undefined when it does not know it yet. */
export function asIndexed<T extends { readonly id: string }>(
  portal: Portal,
  records: ReadonlyMap<string, T>,
  record: T,
): T | undefined {
  const byId = waiting.get(records);
  if (!byId) return record;
  const now = portal.now().getTime();
  const oldest = byId.get(record.id)?.find((entry) => entry.until > now);
  return oldest ? (oldest.before as T | undefined) : record;
}
