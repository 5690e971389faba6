import type { RecordShadow } from './remote-state.ts';

export interface EditedShadow<Value> extends RecordShadow<Value> {
  /** Canonical field → ISO instant of an edit in Fairway that is not known to have been written. */
  readonly edits: Readonly<Record<string, string>>;
  /**
   * Vendor field → values that were sent without a known answer: it is pending, or it was lost with the
   * process or connection.
   */
  readonly sent?: Readonly<Record<string, readonly Value[]>>;
}

export function emptyShadow<Value>(): EditedShadow<Value> {
  return { fields: {}, edits: {}, writtenAt: null, modifiedAt: null };
}

/**
 * Records that a person edits a field in Fairway. The base is the value they saw: Fairway's value before the
 * edit, in the vendor's form. The current value in the CRM must not be the base: it may have been read but
 * not applied yet, and then a change that the person has not seen would count as agreed.
 *
 * @param field the canonical name and the vendor's name
 */
export function withEdit<Value>(
  shadow: EditedShadow<Value>,
  field: { readonly ours: string; readonly theirs: string },
  { before, at }: { readonly before: Value; readonly at: Date },
): EditedShadow<Value> {
  const fields =
    shadow.edits[field.ours] === undefined ? { ...shadow.fields, [field.theirs]: before } : shadow.fields;
  return { ...shadow, fields, edits: { ...shadow.edits, [field.ours]: at.toISOString() } };
}

/**
 * Records a write before it is sent. If the written value is read back before the answer is known, it is
 * recognised as ours, and an edit made in Fairway in the meantime does not lose against it. For a field that
 * is written for the first time, the current value in the CRM becomes the base.
 *
 * @param write `fields`: the values to write · `base`: the values of these fields when the write was planned
 */
export function withAttempt<Value>(
  shadow: EditedShadow<Value>,
  write: { readonly fields: Readonly<Record<string, Value>>; readonly base: Readonly<Record<string, Value>> },
): EditedShadow<Value> {
  const sent = Object.entries(write.fields).map(
    ([field, value]) => [field, [...new Set(shadow.sent?.[field]), value]] as const,
  );
  return {
    ...shadow,
    fields: { ...write.base, ...shadow.fields },
    sent: { ...shadow.sent, ...Object.fromEntries(sent) },
  };
}

/**
 * Records that the vendor accepted a write. The edits stay until a merge finds both sides equal: an edit made
 * while the write was being sent is not part of it, and its instant cannot show this, because edits are
 * committed later than their instant.
 */
export function withWrite<Value>(
  shadow: EditedShadow<Value>,
  written: {
    readonly fields: Readonly<Record<string, Value>>;
    readonly answeredAt: Date;
    readonly modifiedAt: Date;
  },
): EditedShadow<Value> {
  return {
    ...shadow,
    fields: { ...shadow.fields, ...written.fields },
    sent: without(shadow.sent, Object.keys(written.fields)),
    writtenAt: written.answeredAt,
    modifiedAt: written.modifiedAt,
  };
}

/**
 * Records that the vendor refused a write. Only the last attempt with the value is removed from `sent`: an
 * earlier attempt with the same value and an unknown answer may still have arrived.
 */
export function withRefusal<Value>(
  shadow: EditedShadow<Value>,
  fields: Readonly<Record<string, Value>>,
): EditedShadow<Value> {
  const left = Object.entries(shadow.sent ?? {}).map(([field, values]) => {
    const refused = Object.hasOwn(fields, field)
      ? values.findLastIndex((value) => value === fields[field])
      : -1;
    return [field, values.filter((_, index) => index !== refused)] as const;
  });
  return { ...shadow, sent: Object.fromEntries(left.filter(([, values]) => values.length > 0)) };
}

/** Stores new bases after a merge: the current values of these fields in the CRM. */
export function withBases<Value>(
  shadow: EditedShadow<Value>,
  bases: Readonly<Record<string, Value>>,
): EditedShadow<Value> {
  return {
    ...shadow,
    fields: { ...shadow.fields, ...bases },
    sent: without(shadow.sent, Object.keys(bases)),
  };
}

function without<Value>(
  sent: EditedShadow<Value>['sent'] = {},
  fields: readonly string[],
): Readonly<Record<string, readonly Value[]>> {
  return Object.fromEntries(Object.entries(sent).filter(([field]) => !fields.includes(field)));
}
