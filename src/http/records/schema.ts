import { z } from 'zod';
import { namedKinds } from '#src/db/record-view.ts';
import { policies } from '#src/domain/sync/merge.ts';
import { crmRecord, failure, instant, systemKind } from '../schema.ts';

const kind = z.enum(namedKinds);

export const searchQuery = z.object({ search: z.string().trim().min(1).max(200) });
export const found = z.object({
  records: z.array(
    z.object({
      kind,
      id: z.uuid(),
      name: z.string(),
      /** What tells it apart from others of its name. */
      detail: z.string().nullable(),
    }),
  ),
});

export const recordParams = z.object({ kind, id: z.uuid() });
export const record = z.object({
  id: z.uuid(),
  kind,
  name: z.string().nullable(),
  deleted: z.boolean(),
  /** Where it is, and what each CRM showed of it last. */
  places: z.array(
    z.object({
      record: crmRecord,
      /** The id this one leads to since the vendor merged the two. */
      mergedInto: z.string().nullable(),
      deleted: z.boolean(),
      modifiedAt: instant.nullable(),
      pulledAt: instant.nullable(),
      fields: z.array(z.object({ name: z.string(), label: z.string(), value: z.string().nullable() })),
    }),
  ),
});

export const timelineQuery = z.object({
  cursor: z.string().max(400).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(30),
});

/** Canonical: a decimal, a date and an instant are text. */
export const canonicalValue = z.union([z.string(), z.boolean(), z.null()]);

const place = {
  id: z.string(),
  at: instant,
  /** Null for what happened in Fairway. */
  connection: z.object({ id: z.uuid(), name: z.string(), system: systemKind }).nullable(),
  object: z.string().nullable(),
  extId: z.string().nullable(),
};

const entry = z.discriminatedUnion('type', [
  z.object({
    ...place,
    type: z.literal('came'),
    what: z.enum(['changed', 'deleted', 'restored', 'merged', 'erased']),
    /** How Fairway learnt of it. */
    via: z.enum(['read', 'hint', 'scan', 'write']),
    changes: z.array(z.object({ field: z.string(), label: z.string(), before: z.string().nullable(), after: z.string().nullable() })),
    /** Nothing but what Fairway had written itself. */
    ours: z.boolean(),
    /** When it was changed, as the CRM says. */
    modifiedAt: z.string(),
  }),
  z.object({
    ...place,
    type: z.literal('resolved'),
    field: z.string(),
    base: canonicalValue,
    theirs: canonicalValue,
    ours: canonicalValue,
    policy: z.enum(policies),
    /** Null while a person is asked. */
    winner: z.enum(['crm', 'fairway']).nullable(),
    mappingVersion: z.number(),
    decidedBy: z.string().nullable(),
    settledAt: z.string().nullable(),
  }),
  z.object({
    ...place,
    type: z.literal('sent'),
    status: z.enum(['pending', 'done', 'dead', 'superseded']),
    operation: z.enum(['update', 'upsert']),
    fields: z.array(z.object({ field: z.string(), label: z.string(), value: z.string().nullable() })),
    mappingVersion: z.number(),
    attempts: z.number(),
    failure: failure.nullable(),
    createdAt: z.string(),
  }),
  z.object({
    ...place,
    type: z.literal('problem'),
    source: z.enum(['pull', 'map', 'plan', 'write', 'connection']),
    code: z.string(),
    message: z.string(),
    fix: z.string(),
    status: z.enum(['open', 'resolved']),
    occurrences: z.number(),
  }),
  z.object({
    ...place,
    type: z.literal('act'),
    action: z.string(),
    actor: z.string().nullable(),
    reason: z.string().nullable(),
    /** By Fairway's names. */
    changes: z.array(z.object({ field: z.string(), before: canonicalValue, after: canonicalValue })),
    /** Fields that were changed without their values being kept: what was written says those. */
    fields: z.array(z.string()),
  }),
]);
export type TimelineAnswerEntry = z.infer<typeof entry>;

export const timeline = z.object({
  /** The newest first. */
  entries: z.array(entry),
  /** Pass it as `cursor` for older ones; null at the end. */
  nextCursor: z.string().nullable(),
});
