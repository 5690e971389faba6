import type { Shadow } from './standing.ts';

export interface EditedShadow<Value> extends Shadow<Value> {
  /** Our field → ISO instant of an edit in Fairway that is not known to be written. */
  readonly edits: Readonly<Record<string, string>>;
}

export function emptyShadow<Value>(): EditedShadow<Value> {
  return { fields: {}, edits: {}, writtenAt: null, modifiedAt: null };
}

/**
 * Somebody edits a field in Fairway. The base is what they saw: ours before the edit, in the vendor's form. It is not what
 * stands in the CRM, which may have been read and not yet been placed: an edit nobody has seen would be taken for agreed.
 *
 * @param field our name, and the vendor's
 */
export function withEdit<Value>(
  shadow: EditedShadow<Value>,
  field: { readonly ours: string; readonly theirs: string },
  { before, at }: { readonly before: Value; readonly at: Date },
): EditedShadow<Value> {
  const fields = shadow.fields[field.theirs] === undefined ? { ...shadow.fields, [field.theirs]: before } : shadow.fields;
  return { ...shadow, fields, edits: { ...shadow.edits, [field.ours]: at.toISOString() } };
}

/**
 * The vendor accepted a write. The edits stay until a merge finds both sides equal: one made while the write was on its way is not
 * in it, and by its instant nobody can tell, because edits commit later than they are dated.
 */
export function withWrite<Value>(
  shadow: EditedShadow<Value>,
  written: { readonly fields: Readonly<Record<string, Value>>; readonly answeredAt: Date; readonly modifiedAt: Date },
): EditedShadow<Value> {
  return { ...shadow, fields: { ...shadow.fields, ...written.fields }, writtenAt: written.answeredAt, modifiedAt: written.modifiedAt };
}
