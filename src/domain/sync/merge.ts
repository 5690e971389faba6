import type { CanonicalValue } from '#src/domain/record.ts';
import { isBlank, sameValue, type ComparedAs } from './same-value.ts';

/**
 * Who wins when both sides changed the same field: the CRM · Fairway · whoever changed it last · the CRM
 * unless it emptied the field · nobody until a person has answered.
 */
export const policies = ['crm', 'fairway', 'latest', 'crm_unless_blank', 'ask'] as const;
export type Policy = (typeof policies)[number];

/** One field of one record, seen from both sides. Values are canonical. */
export interface FieldSides {
  readonly policy: Policy;
  /** How values are compared; as text unless said. */
  readonly type?: ComparedAs;
  /** The value last known equal on both sides. */
  readonly base: CanonicalValue;
  readonly theirs: CanonicalValue;
  readonly ours: CanonicalValue;
  /** The vendor's stamp of the record. */
  readonly theirsAt: Date;
  /** When it was changed in Fairway; null when it was not. */
  readonly oursAt: Date | null;
}

/**
 * What becomes of a field. Unless `winner` is `ask`, theirs has been reckoned with and is the base from now
 * on: whoever keeps the old base reports the same conflict again at the next look.
 */
export interface FieldMerge {
  /** What ours becomes. */
  readonly value: CanonicalValue;
  /** Whether it must be written to the CRM. */
  readonly write: boolean;
  readonly winner: 'equal' | 'crm' | 'fairway' | 'ask';
  /** Both sides changed, differently: to be logged with base, theirs and ours. */
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
 * Merges a field that only Fairway may change. What stood there before Fairway first wrote (`base` undefined:
 * nothing was) is replaced without a word; what somebody made of our value since is replaced, too, but said.
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
  // A draw, and a change nobody dated, go to the system of record.
  latest: ({ theirs, ours, theirsAt, oursAt }) =>
    oursAt !== null && oursAt > theirsAt ? fairwayWins(ours) : crmWins(theirs),
  crm_unless_blank: ({ theirs, ours }) => (isBlank(theirs) ? fairwayWins(ours) : crmWins(theirs)),
  ask: ({ ours }) => ({ value: ours, write: false, winner: 'ask', conflict: true }),
};
