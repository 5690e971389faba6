import type { RemoteView } from './remote-state.ts';

export interface RecordVersion extends Omit<RemoteView<unknown>, 'fields'> {
  /** Hash of the content, including the deletion. */
  readonly hash: string;
  readonly deleted: boolean;
}

/**
 * True if a version of a record that was read replaces the stored one. Reads and fetches may arrive in any
 * order: an older modification time never replaces a newer one, and for equal modification times the later
 * request wins. A deleted record does not come back with the modification time of its deletion, because such
 * a version comes from an index that is not up to date.
 *
 * @param by `stamp` compares modification times. `asked` is for a record that was fetched because the stored
 *   version is in doubt (`needsRefetch`): the later request wins, even with the same content, because it was
 *   made after our write
 */
export function replacesStored(
  next: RecordVersion,
  stored: RecordVersion,
  by: 'stamp' | 'asked' = 'stamp',
): boolean {
  if (by === 'asked') return next.pulledAt >= stored.pulledAt;
  if (next.modifiedAt.getTime() !== stored.modifiedAt.getTime()) return next.modifiedAt > stored.modifiedAt;
  return next.hash !== stored.hash && next.pulledAt >= stored.pulledAt && (next.deleted || !stored.deleted);
}
