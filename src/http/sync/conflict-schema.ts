import { z } from 'zod';
import { policies } from '#src/domain/sync/merge.ts';
import { canonicalValue } from '#src/http/records/schema.ts';
import { crmRecord, instant } from '#src/http/schema.ts';

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
  /** A number or a name; null when the record is gone on our side. */
  recordName: z.string().nullable(),
  /** Fairway's name of the field. */
  field: z.string(),
  /** Last known equal on both sides. */
  base: canonicalValue,
  theirs: canonicalValue,
  ours: canonicalValue,
  policy: z.enum(policies),
  /** Null while a person is asked. */
  winner: z.enum(['crm', 'fairway']).nullable(),
  mappingVersion: z.number(),
  /** Who answered; null when the policy did, or nobody yet. */
  decidedBy: z.string().nullable(),
  at: instant,
  settledAt: instant.nullable(),
});

export const conflicts = z.object({
  /** Open: the oldest first. Settled: the newest first. */
  conflicts: z.array(conflict),
  nextCursor: z.string().nullable(),
  /** Fields on which a person is asked, in all connections. */
  open: z.number(),
});

export const answerBody = z.strictObject({ winner: z.enum(['crm', 'fairway']) });
export const answered = z.object({ winner: z.enum(['crm', 'fairway']) });
