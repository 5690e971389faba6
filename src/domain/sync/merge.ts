import type { CanonicalValue } from '#src/domain/record.ts';
import { isBlank, sameValue, type ComparedAs } from './same-value.ts';

/**
 * The side that wins if both changed the same field. `crm`: the CRM · `fairway`: Fairway · `latest`: the
 * later change · `crm_unless_blank`: the CRM, unless it emptied the field · `ask`: a person decides.
 */
export const policies = ['crm', 'fairway', 'latest', 'crm_unless_blank', 'ask'] as const;
export type Policy = (typeof policies)[number];

/** One field of one record, seen from both sides. Values are canonical. */
export interface FieldSides {
  readonly policy: Policy;
  /** The type for comparing values. Default: text. */
  readonly type?: ComparedAs;
  /** The last value that both sides had. */
  readonly base: CanonicalValue;
  readonly theirs: CanonicalValue;
  readonly ours: CanonicalValue;
  /** The vendor's modification time of the record. */
  readonly theirsAt: Date;
  /** When the field was changed in Fairway. Null if it was not. */
  readonly oursAt: Date | null;
}

/**
 * The result for one field. Unless `winner` is `ask`, the CRM's value has been dealt with and must become the
 * new base; with the old base, the next merge would report the same conflict again.
 */
export interface FieldMerge {
  /** The new value in Fairway. */
  readonly value: CanonicalValue;
  /** True if it must be written to the CRM. */
  readonly write: boolean;
  readonly winner: 'equal' | 'crm' | 'fairway' | 'ask';
  /** True if both sides changed the field differently. The caller logs it with base, theirs and ours. */
  readonly conflict: boolean;
}

/** Merges a field that either side may change. */
export function mergeField(sides: FieldSides): FieldMerge {
  const { base, theirs, ours, type } = sides;
  if (sameValue(theirs, ours, type)) return equal(ours);
  if (sameValue(ours, base, type)) return { value: theirs, write: false, winner: 'crm', conflict: false };
  if (sameValue(theirs, base, type)) return { value: ours, write: true, winner: 'fairway', conflict: false };
  return conflicts[sides.policy](sides);
}

/**
 * Merges a field that only Fairway may change. Fairway's value always wins. It is a conflict only if somebody
 * changed a value that Fairway had written; `base` is undefined if Fairway has not written the field yet.
 */
export function mergeOutboundField({
  base,
  theirs,
  ours,
  type,
}: Pick<FieldSides, 'theirs' | 'ours' | 'type'> & { readonly base: CanonicalValue | undefined }): FieldMerge {
  if (sameValue(theirs, ours, type)) return equal(ours);
  return { ...fairwayWins(ours), conflict: base !== undefined && !sameValue(theirs, base, type) };
}

const equal = (value: CanonicalValue): FieldMerge => ({
  value,
  write: false,
  winner: 'equal',
  conflict: false,
});
const crmWins = (value: CanonicalValue): FieldMerge => ({
  value,
  write: false,
  winner: 'crm',
  conflict: true,
});
const fairwayWins = (value: CanonicalValue): FieldMerge => ({
  value,
  write: true,
  winner: 'fairway',
  conflict: true,
});

const conflicts: Readonly<Record<Policy, (sides: FieldSides) => FieldMerge>> = {
  crm: ({ theirs }) => crmWins(theirs),
  fairway: ({ ours }) => fairwayWins(ours),
  // For equal times, and for a change without a time, the CRM wins because it is the system of record.
  latest: ({ theirs, ours, theirsAt, oursAt }) =>
    oursAt !== null && oursAt > theirsAt ? fairwayWins(ours) : crmWins(theirs),
  crm_unless_blank: ({ theirs, ours }) => (isBlank(theirs) ? fairwayWins(ours) : crmWins(theirs)),
  ask: ({ ours }) => ({ value: ours, write: false, winner: 'ask', conflict: true }),
};
