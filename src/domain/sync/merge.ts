import type { CanonicalValue } from '../record.ts';

/**
 * Who wins when both sides changed the same field: the CRM · Fairway · whoever changed it last · the CRM unless it emptied the
 * field · nobody until a person has answered.
 */
export const policies = ['crm', 'fairway', 'latest', 'crm_unless_blank', 'ask'] as const;
export type Policy = (typeof policies)[number];

/** One field of one record, seen from both sides. Values are canonical. */
export interface FieldSides {
  readonly policy: Policy;
  /** The value last known equal on both sides. */
  readonly base: CanonicalValue;
  readonly theirs: CanonicalValue;
  readonly ours: CanonicalValue;
  /** The vendor's stamp of the record. */
  readonly theirsAt: Date;
  /** When it was changed in Fairway; null when it was not. */
  readonly oursAt: Date | null;
}
