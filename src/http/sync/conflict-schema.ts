import { z } from 'zod';
import { policies } from '#src/domain/sync/merge.ts';
import { canonicalValue, crmRecord, instant, shown, shownBody } from '#src/http/schema.ts';

export const conflictQuery = z.object({
  status: z.enum(['open', 'settled']).default('open'),
  connection: z.uuid().optional(),
  cursor: z.string().max(400).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(30),
});

const conflict = z.object({
  id: z.uuid(),
  crm: crmRecord,
  kind: z.string(),
  recordId: z.uuid(),
  /** The record's number or name; null when Fairway no longer has it. */
  recordName: z.string().nullable(),
  /** Fairway's name of the field. */
  field: z.string(),
  /** The last value that both sides had. */
  base: canonicalValue,
  theirs: canonicalValue,
  ours: canonicalValue,
  policy: z.enum(policies),
  /** Null while a person has to decide. */
  winner: z.enum(['crm', 'fairway']).nullable(),
  mappingVersion: z.number(),
  /** The person who decided; null when the policy did, and while the conflict is open. */
  decidedBy: z.string().nullable(),
  at: instant,
  settledAt: instant.nullable(),
  shown,
});

export const conflicts = z.object({
  /** Open conflicts: oldest first. Settled ones: newest first. */
  conflicts: z.array(conflict),
  nextCursor: z.string().nullable(),
  /** The number of open conflicts in all connections. */
  open: z.number(),
});

export const answerBody = z.strictObject({ winner: z.enum(['crm', 'fairway']), shown: shownBody });
export const answered = z.object({ winner: z.enum(['crm', 'fairway']) });
