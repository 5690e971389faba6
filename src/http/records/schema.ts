import { z } from 'zod';
import { namedKinds } from '#src/db/records/record-view.ts';
import { policies } from '#src/domain/sync/merge.ts';
import { crmRecord, failure, instant, systemKind } from '#src/http/schema.ts';

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

/** Canonical: a decimal, a date and an instant are text. */
export const canonicalValue = z.union([z.string(), z.boolean(), z.null()]);

const shownField = {
  /** Fairway's name; `extra.…` for a field of the customer's own. */
  field: z.string(),
  /** What the customer calls a field of their own; null for Fairway's, whose name says it. */
  label: z.string().nullable(),
  type: z.enum(['text', 'boolean', 'decimal', 'date', 'instant', 'reference']),
  /** What it may say; null when it may say anything. */
  values: z.array(z.string()).readonly().nullable(),
  value: canonicalValue,
};

/** A field the customer has declared in a mapping. */
export const extraField = z.object(shownField);

/** A field that is kept the same in Fairway and a CRM, and may be changed in either. */
export const editableField = z.object({
  ...shownField,
  /** No record may be without it. */
  required: z.boolean(),
  /** Who wins when both sides change it, differently. */
  policy: z.enum(policies),
  /** Where it is written to. */
  connection: z.string(),
  /** True while a person has to choose between the CRM's value and Fairway's. */
  hasOpenConflict: z.boolean(),
});

const fieldValues = z.record(z.string().max(100), z.union([z.string().max(4000), z.boolean(), z.null()]));

export const editBody = z.strictObject({
  /** Canonical, or text as people enter it; null empties. */
  values: fieldValues,
  /**
   * For each of these fields the value under `editable` that the person saw. The answer is 409 if it has
   * changed since.
   */
  expectedValues: fieldValues,
});
export const edited = z.object({
  /** Fields that say something else now; their CRM is being told. */
  changed: z.array(z.string()).readonly(),
});

export const recordParams = z.object({ kind, id: z.uuid() });
export const record = z.object({
  id: z.uuid(),
  kind,
  name: z.string().nullable(),
  deleted: z.boolean(),
  /** Empty where it is in no CRM, or nothing of it goes both ways. */
  editable: z.array(editableField),
  /** The customer's own fields. */
  extra: z.array(extraField),
  /** The record in each CRM, as it was last read. */
  remoteRecords: z.array(
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
    change: z.enum(['changed', 'deleted', 'restored', 'merged', 'erased']),
    /** How Fairway learnt of it. */
    via: z.enum(['read', 'hint', 'scan', 'write']),
    changes: z.array(
      z.object({
        field: z.string(),
        label: z.string(),
        before: z.string().nullable(),
        after: z.string().nullable(),
      }),
    ),
    /** True when the CRM only shows values that Fairway wrote. */
    isEcho: z.boolean(),
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
