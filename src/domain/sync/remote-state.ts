/** A remote record as the last read returned it. `Value` is the type of a field value. */
export interface RemoteView<Value> {
  readonly fields: Readonly<Record<string, Value>>;
  /** Our shared clock just before the page was requested. */
  readonly pulledAt: Date;
  /** The vendor's modification time. */
  readonly modifiedAt: Date;
}

/** Our knowledge of a remote record from writing or editing it. */
export interface RecordShadow<Value> {
  readonly fields: Readonly<Record<string, Value>>;
  /** Our shared clock when the vendor had accepted our last write. Null if nothing was written. */
  readonly writtenAt: Date | null;
  /** The vendor's modification time after that write, or a lower bound of it. */
  readonly modifiedAt: Date | null;
}

/**
 * True if the view was read after our last write. Both clocks are compared: a page requested before the write
 * may have a new modification time because of another field, and a page requested after the write may come
 * from an index that is not up to date.
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
 * The current field values in the CRM as far as we know: the view, overlaid with our later writes. Without
 * the overlay, an outdated view would make our own write look like another person's edit.
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
 * True if a view that does not reliably include our last write may contain other changes: it was requested
 * before the write was answered, but its modification time is not older than the write. Later reads return
 * the same version and are skipped, so the record must be fetched by its id.
 */
export function needsRefetch(
  view: Omit<RemoteView<unknown>, 'fields'>,
  shadow: Omit<RecordShadow<unknown>, 'fields'> | null,
): boolean {
  return (
    !includesLastWrite(view, shadow) && (shadow?.modifiedAt == null || view.modifiedAt >= shadow.modifiedAt)
  );
}
