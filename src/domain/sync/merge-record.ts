import type { CanonicalValue, CanonicalValues } from '#src/domain/record.ts';
import { mergeField, mergeOutboundField, type FieldMerge, type Policy } from './merge.ts';
import { isBlank, sameValue, type ComparedAs } from './same-value.ts';

/**
 * A field that Fairway writes: one it owns (direction `out`), or one that either side may change (`both`).
 */
export interface WrittenField {
  /** Our name. */
  readonly field: string;
  readonly direction: 'out' | 'both';
  readonly policy: Policy;
  readonly type?: ComparedAs;
}

/** One record, seen from both sides. All values are canonical, under our names. */
export interface RecordSides {
  /**
   * What stands in the CRM (`standingFields`), as the mapping reads it. A field it could not read is absent,
   * and left alone.
   */
  readonly theirs: CanonicalValues;
  readonly ours: CanonicalValues;
  /** The shadow's fields, as the mapping reads them. */
  readonly bases: CanonicalValues;
  /** Field → ISO instant of an edit in Fairway that is not known to be written. */
  readonly edits: Readonly<Record<string, string>>;
  /** What went out of each field and may have arrived, though nobody said so (see `withAttempt`). */
  readonly sent?: Readonly<Record<string, readonly CanonicalValue[]>>;
  /** The vendor's stamp of the record. */
  readonly theirsAt: Date;
}

export interface Conflict {
  readonly field: string;
  readonly base: CanonicalValue;
  readonly theirs: CanonicalValue;
  readonly ours: CanonicalValue;
  readonly policy: Policy;
  /** `ask`: neither side is touched until a person has answered. */
  readonly winner: 'crm' | 'fairway' | 'ask';
}

export interface RecordMerge {
  /** What ours becomes, of the fields that were merged. */
  readonly values: CanonicalValues;
  /** Fields whose value of ours must be written to the CRM. */
  readonly writes: readonly string[];
  /**
   * Fields whose base is what stands in the CRM from now on: the shadow takes it over, or the next look
   * reports the same again.
   */
  readonly rebased: readonly string[];
  /** What is left of the edits. */
  readonly edits: Readonly<Record<string, string>>;
  readonly conflicts: readonly Conflict[];
}

/**
 * Field by field, because two people who change two fields of one record do not disagree. Of a field without
 * a shadow the base is ours: every edit in Fairway leaves one. Only what was edited is written to a field of
 * direction `both`. A write that arrived without our knowing is not somebody's edit.
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
    const seen: Seen = {
      theirs,
      ours: sides.ours[field] ?? null,
      known: arrived ? theirs : base,
      ...(type && { type }),
    };
    const merge =
      direction === 'out' ? mergeOwned(seen) : mergeShared(seen, policy, sides.theirsAt, edits[field]);
    values[field] = merge.value;
    if (merge.write) writes.push(field);
    if (merge.conflict) conflicts.push(conflictOf(field, seen, policy, merge));
    if (merge.winner === 'ask') continue;
    if (movesBase({ ...seen, known: base }, arrived || (direction === 'out' && merge.winner === 'equal')))
      rebased.push(field);
    // Equal for now only, as long as another value of ours may still arrive.
    const maySway = sent.some((value) => !sameValue(value, merge.value, type));
    if (merge.winner === 'crm' || (merge.winner === 'equal' && !maySway)) delete edits[field];
  }
  return { values, writes, rebased, edits, conflicts };
}

interface Seen {
  readonly theirs: CanonicalValue;
  readonly ours: CanonicalValue;
  /** The base, when the shadow has one. */
  readonly known: CanonicalValue | undefined;
  readonly type?: ComparedAs;
}

function mergeOwned({ known, ...values }: Seen): FieldMerge {
  return mergeOutboundField({ ...values, base: known });
}

function mergeShared(
  { known, ...values }: Seen,
  policy: Policy,
  theirsAt: Date,
  edit: string | undefined,
): FieldMerge {
  const base = known === undefined ? values.ours : known;
  if (edit !== undefined) return mergeField({ ...values, policy, base, theirsAt, oursAt: new Date(edit) });
  // Where nobody edited, ours is nobody's wish: it follows the CRM, or stays what the CRM made a shorter text
  // of.
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
  { known, theirs, ours }: Seen,
  policy: Policy,
  { winner }: FieldMerge,
): Conflict {
  if (winner === 'equal') throw new TypeError(`a conflict about ${field}, which is equal`);
  return { field, base: known ?? null, theirs, ours, policy, winner };
}

/**
 * @param isOurs what stands there came from us: that is the base from now on, so that it is noticed when
 * somebody changes it
 */
function movesBase({ known, theirs, type }: Seen, isOurs: boolean): boolean {
  return known === undefined ? isOurs && !isBlank(theirs) : !sameValue(known, theirs, type);
}
