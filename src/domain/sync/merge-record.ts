import type { CanonicalValue, CanonicalValues } from '#src/domain/record.ts';
import { mergeField, mergeOutboundField, type FieldMerge, type Policy } from './merge.ts';
import { isBlank, sameValue, type ComparedAs } from './same-value.ts';

/** A field that Fairway writes: only Fairway changes it (direction `out`), or either side may (`both`). */
export interface WrittenField {
  /** The canonical name. */
  readonly field: string;
  readonly direction: 'out' | 'both';
  readonly policy: Policy;
  readonly type?: ComparedAs;
}

/** One record from both sides. All values are canonical, by canonical field name. */
export interface RecordSides {
  /**
   * The current values in the CRM (`knownRemoteFields`), as the mapping reads them. A field that the mapping
   * could not read is absent and is not merged.
   */
  readonly theirs: CanonicalValues;
  readonly ours: CanonicalValues;
  /** The fields of the shadow, as the mapping reads them. */
  readonly bases: CanonicalValues;
  /** Field → ISO instant of an edit in Fairway that is not known to have been written. */
  readonly edits: Readonly<Record<string, string>>;
  /**
   * Values that were sent for each field and may have arrived, although the answer is missing (see
   * `withAttempt`).
   */
  readonly sent?: Readonly<Record<string, readonly CanonicalValue[]>>;
  /** The vendor's modification time of the record. */
  readonly theirsAt: Date;
}

export interface Conflict {
  readonly field: string;
  readonly base: CanonicalValue;
  readonly theirs: CanonicalValue;
  readonly ours: CanonicalValue;
  readonly policy: Policy;
  /** `ask`: neither side is changed until a person has decided. */
  readonly winner: 'crm' | 'fairway' | 'ask';
}

export interface RecordMerge {
  /** The new values in Fairway of the merged fields. */
  readonly values: CanonicalValues;
  /** Fields whose value in Fairway must be written to the CRM. */
  readonly writes: readonly string[];
  /**
   * Fields whose new base is the current value in the CRM. The shadow must store it, or the next merge
   * reports the same conflict again.
   */
  readonly rebased: readonly string[];
  /** Edits that are still not known to have been written. */
  readonly edits: Readonly<Record<string, string>>;
  readonly conflicts: readonly Conflict[];
}

/**
 * Merges a record field by field, because two people who change different fields do not disagree. A field
 * without a shadow has Fairway's value as base, because every edit in Fairway leaves a shadow. A field of
 * direction `both` is written only if it was edited. A sent value that arrived without a known answer is not
 * another person's edit.
 */
export function mergeRecord(fields: readonly WrittenField[], sides: RecordSides): RecordMerge {
  const values: Record<string, CanonicalValue> = {};
  const writes: string[] = [];
  const rebased: string[] = [];
  const edits = { ...sides.edits };
  const conflicts: Conflict[] = [];
  for (const { field, direction, policy, type } of fields) {
    const theirs = sides.theirs[field];
    if (theirs === undefined) continue;
    const base = sides.bases[field];
    const sent = sides.sent?.[field] ?? [];
    const arrived = sent.some((value) => sameValue(value, theirs, type));
    const state: FieldState = {
      theirs,
      ours: sides.ours[field] ?? null,
      known: arrived ? theirs : base,
      ...(type && { type }),
    };
    const merge =
      direction === 'out' ? mergeOutbound(state) : mergeShared(state, policy, sides.theirsAt, edits[field]);
    values[field] = merge.value;
    if (merge.write) writes.push(field);
    if (merge.conflict) conflicts.push(conflictOf(field, state, policy, merge));
    if (merge.winner === 'ask') continue;
    if (movesBase({ ...state, known: base }, arrived || (direction === 'out' && merge.winner === 'equal')))
      rebased.push(field);
    // The edit stays if a different value that was sent may still arrive.
    const mayStillChange = sent.some((value) => !sameValue(value, merge.value, type));
    if (merge.winner === 'crm' || (merge.winner === 'equal' && !mayStillChange)) delete edits[field];
  }
  return { values, writes, rebased, edits, conflicts };
}

interface FieldState {
  readonly theirs: CanonicalValue;
  readonly ours: CanonicalValue;
  /** The base. Undefined if the shadow has none. */
  readonly known: CanonicalValue | undefined;
  readonly type?: ComparedAs;
}

function mergeOutbound({ known, ...values }: FieldState): FieldMerge {
  return mergeOutboundField({ ...values, base: known });
}

function mergeShared(
  { known, ...values }: FieldState,
  policy: Policy,
  theirsAt: Date,
  edit: string | undefined,
): FieldMerge {
  const base = known === undefined ? values.ours : known;
  if (edit !== undefined) return mergeField({ ...values, policy, base, theirsAt, oursAt: new Date(edit) });
  // Without an edit, a changed value in the CRM is accepted. While the CRM still has the base, our value
  // stays: the CRM may have stored a shortened form of it.
  const follows =
    !sameValue(values.theirs, base, values.type) && !sameValue(values.theirs, values.ours, values.type);
  return {
    value: follows ? values.theirs : values.ours,
    write: false,
    winner: follows ? 'crm' : 'equal',
    conflict: false,
  };
}

function conflictOf(
  field: string,
  { known, theirs, ours }: FieldState,
  policy: Policy,
  { winner }: FieldMerge,
): Conflict {
  if (winner === 'equal') throw new TypeError(`a conflict about ${field}, which is equal`);
  return { field, base: known ?? null, theirs, ours, policy, winner };
}

/**
 * @param isOurs the current value in the CRM came from Fairway. It becomes the base, so that a later change
 * by
 *   somebody else is noticed
 */
function movesBase({ known, theirs, type }: FieldState, isOurs: boolean): boolean {
  return known === undefined ? isOurs && !isBlank(theirs) : !sameValue(known, theirs, type);
}
