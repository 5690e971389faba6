/** A record as a read last showed it; `Value` is whatever the reader holds of a field. */
export interface RemoteView<Value> {
  readonly fields: Readonly<Record<string, Value>>;
  /** The shared clock just before the page it came in was asked for. */
  readonly pulledAt: Date;
  /** The vendor's stamp. */
  readonly modifiedAt: Date;
}

/** What we know of a record's fields from having written or edited them. */
export interface RecordShadow<Value> {
  readonly fields: Readonly<Record<string, Value>>;
  /** The shared clock when the vendor had accepted our last write; null when nothing was written. */
  readonly writtenAt: Date | null;
  /** The vendor's stamp of that write, or a lower bound. */
  readonly modifiedAt: Date | null;
}

/**
 * Whether a view shows our last write. Both clocks are asked: a page asked for before the write may carry a
 * fresh stamp of another field, and a page asked for after it may come from an index that has not caught up.
 */
export function includesLastWrite(
  view: Omit<RemoteView<unknown>, 'fields'>,
  shadow: Omit<RecordShadow<unknown>, 'fields'> | null,
): boolean {
  if (shadow === null) return true;
  return (
    (shadow.writtenAt === null || view.pulledAt >= shadow.writtenAt) &&
    (shadow.modifiedAt === null || view.modifiedAt >= shadow.modifiedAt)
  );
}

/**
 * What stands in the CRM as far as we know: the view, and over it what we wrote since. Without this a stale
 * poll, a lagging index or a look-back's duplicate makes our own write look like somebody's edit.
 */
export function knownRemoteFields<Value>(sides: {
  readonly view: RemoteView<Value> | null;
  readonly shadow: RecordShadow<Value> | null;
}): Readonly<Record<string, Value>> {
  const { view, shadow } = sides;
  if (view === null) return shadow?.fields ?? {};
  return includesLastWrite(view, shadow) ? view.fields : { ...view.fields, ...shadow?.fields };
}

/**
 * Whether a view that is not trusted may yet show more than our write: it was asked for while the write's
 * answer was under way, and its stamp is not from before. No later read tells, because it brings the same
 * again and falls out as seen; the record is to be fetched.
 */
export function needsRefetch(
  view: Omit<RemoteView<unknown>, 'fields'>,
  shadow: Omit<RecordShadow<unknown>, 'fields'> | null,
): boolean {
  return !includesLastWrite(view, shadow) && (shadow?.modifiedAt == null || view.modifiedAt >= shadow.modifiedAt);
}
