import type { RemoteView } from './remote-state.ts';

/**
 * Whether what a read brought replaces what is stored of the record. Pages and fetches overtake each other:
 * an older stamp never replaces a newer one, and of two answers with one stamp the one asked for later
 * counts. A record does not come back from the dead with the stamp it died with: that is an index which has
 * not heard of its end.
 *
 * @param by `stamp`; or `asked`, for a record that was fetched because we doubt what we have of it: the later
 * answer counts, and
 *   also one that says the same does, because it is from after our write
 */
export function replacesStored(next: RecordVersion, stored: RecordVersion, by: 'stamp' | 'asked' = 'stamp'): boolean {
  if (by === 'asked') return next.pulledAt >= stored.pulledAt;
  if (next.modifiedAt.getTime() !== stored.modifiedAt.getTime()) return next.modifiedAt > stored.modifiedAt;
  return next.hash !== stored.hash && next.pulledAt >= stored.pulledAt && (next.deleted || !stored.deleted);
}

export interface RecordVersion extends Omit<RemoteView<unknown>, 'fields'> {
  /** Of the content, the deletion included. */
  readonly hash: string;
  readonly deleted: boolean;
}
