import type { RecordShadow } from './remote-state.ts';

export interface EditedShadow<Value> extends RecordShadow<Value> {
  /** Our field → ISO instant of an edit in Fairway that is not known to be written. */
  readonly edits: Readonly<Record<string, string>>;
  /**
   * What went out of a field, and nobody knows whether it arrived: the answer is under way, or was lost with
   * the process or the line.
   */
  readonly sent?: Readonly<Record<string, readonly Value[]>>;
}

export function emptyShadow<Value>(): EditedShadow<Value> {
  return { fields: {}, edits: {}, writtenAt: null, modifiedAt: null };
}

/**
 * Somebody edits a field in Fairway. The base is what they saw: ours before the edit, in the vendor's form.
 * It is not what stands in the CRM, which may have been read and not yet been placed: an edit nobody has seen
 * would be taken for agreed.
 *
 * @param field our name, and the vendor's
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
 * A write is about to leave. Kept before it does: should it be read back before its answer is known, it is
 * recognised as our own, and an edit made in Fairway meanwhile does not lose to it. Of a field written for
 * the first time, what stands there is the base.
 *
 * @param write what is written, and what stood in these fields when that was planned
 */
export function withAttempt<Value>(
  shadow: EditedShadow<Value>,
  {
    fields,
    base,
  }: { readonly fields: Readonly<Record<string, Value>>; readonly base: Readonly<Record<string, Value>> },
): EditedShadow<Value> {
  const sent = Object.entries(fields).map(
    ([field, value]) => [field, [...new Set(shadow.sent?.[field]), value]] as const,
  );
  return {
    ...shadow,
    fields: { ...base, ...shadow.fields },
    sent: { ...shadow.sent, ...Object.fromEntries(sent) },
  };
}

/**
 * The vendor accepted a write. The edits stay until a merge finds both sides equal: one made while the write
 * was on its way is not in it, and by its instant nobody can tell, because edits commit later than they are
 * dated.
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
 * The vendor refused a write: it did not arrive, and nothing waits for it to be read back. An earlier attempt
 * with the same value whose end nobody knows may have arrived all the same.
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

/** A merge has reckoned with what stands in the CRM: that is the base of these fields now. */
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
