import type { CanonicalValue, CanonicalValues } from '../record.ts';
import { mergeField, mergeOwnedField, type FieldMerge, type Policy } from './merge.ts';
import { isBlank, sameValue, type ComparedAs } from './same-value.ts';

/** A field that Fairway writes: one it owns (direction `out`), or one that either side may change (`both`). */
export interface WrittenField {
  /** Our name. */
  readonly field: string;
  readonly direction: 'out' | 'both';
  readonly policy: Policy;
  readonly type?: ComparedAs;
}

/** One record, seen from both sides. All values are canonical, under our names. */
export interface RecordSides {
  /** What stands in the CRM (`standingFields`), as the mapping reads it. A field it could not read is absent, and left alone. */
  readonly theirs: CanonicalValues;
  readonly ours: CanonicalValues;
  /** The shadow's fields, as the mapping reads them. */
  readonly bases: CanonicalValues;
  /** Field → ISO instant of an edit in Fairway that is not known to be written. */
  readonly edits: Readonly<Record<string, string>>;
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
  /** Fields whose base is what stands in the CRM from now on: the shadow takes it over, or the next look reports the same again. */
  readonly rebased: readonly string[];
  /** What is left of the edits. */
  readonly edits: Readonly<Record<string, string>>;
  readonly conflicts: readonly Conflict[];
}

/**
 * Field by field, because two people who change two fields of one record do not disagree. Of a field without a shadow the base is ours:
 * every edit in Fairway leaves one. Only what was edited is written to a field of direction `both`: where nobody edited, a
 * difference is what the CRM made of our value, e.g. a text it could not hold whole.
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
    const seen: Seen = { theirs, ours: sides.ours[field] ?? null, known: sides.bases[field], ...(type && { type }) };
    const merge = direction === 'out' ? mergeOwned(seen) : mergeShared(seen, policy, sides.theirsAt, edits[field]);
    values[field] = merge.value;
    if (merge.write && (direction === 'out' || edits[field] !== undefined)) writes.push(field);
    if (merge.conflict) conflicts.push(conflictOf(field, seen, policy, merge));
    if (merge.winner === 'ask') continue;
    if (movesBase(seen, direction, merge)) rebased.push(field);
    if (merge.winner !== 'fairway') delete edits[field];
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
  return mergeOwnedField({ ...values, base: known });
}

function mergeShared({ known, ...values }: Seen, policy: Policy, theirsAt: Date, edit: string | undefined): FieldMerge {
  const oursAt = edit === undefined ? null : new Date(edit);
  return mergeField({ ...values, policy, base: known === undefined ? values.ours : known, theirsAt, oursAt });
}

function conflictOf(field: string, { known, theirs, ours }: Seen, policy: Policy, { winner }: FieldMerge): Conflict {
  if (winner === 'equal') throw new TypeError(`a conflict about ${field}, which is equal`);
  return { field, base: known ?? null, theirs, ours, policy, winner };
}

/** A field that Fairway owns gets its base when it is first seen to hold our value, so that it is noticed when somebody changes it. */
function movesBase({ known, theirs, ours, type }: Seen, direction: WrittenField['direction'], { winner }: FieldMerge): boolean {
  if (known !== undefined) return !sameValue(known, theirs, type);
  return direction === 'out' && winner === 'equal' && !isBlank(ours);
}
