import { z } from 'zod';
import { namedKinds } from '#src/db/records/record-view.ts';
import { policies } from '#src/domain/sync/merge.ts';
import { canonicalValue, crmRecord, failure, instant, systemKind } from '#src/http/schema.ts';

const kind = z.enum(namedKinds);

export const searchQuery = z.object({ search: z.string().trim().min(1).max(200) });
export const found = z.object({
  records: z.array(
    z.object({
      kind,
      id: z.uuid(),
      name: z.string(),
      /** Distinguishes records with the same name, such as a city or a date. */
      detail: z.string().nullable(),
    }),
  ),
});

const shownField = {
  /** Fairway's name of the field; `extra.…` for a custom field. */
  field: z.string(),
  /** The label of a custom field; null for Fairway's fields. */
  label: z.string().nullable(),
  type: z.enum(['text', 'boolean', 'decimal', 'date', 'instant', 'reference']),
  /** The allowed values; null when any value is allowed. */
  values: z.array(z.string()).readonly().nullable(),
  value: canonicalValue,
};

/** A custom field, declared in a mapping. */
export const extraField = z.object(shownField);

/** A two-way field: people may change it in Fairway and in the CRM. */
export const editableField = z.object({
  ...shownField,
  /** True when the field must have a value. */
  required: z.boolean(),
  /** Decides which value wins when both sides change the field. */
  policy: z.enum(policies),
  /** The name of the connection it is written to. */
  connection: z.string(),
  /** True while a person has to choose between the CRM's value and Fairway's. */
  hasOpenConflict: z.boolean(),
});

const fieldValues = z.record(z.string().max(100), z.union([z.string().max(4000), z.boolean(), z.null()]));

export const editBody = z.strictObject({
  /** Canonical values, or text as people enter it; null clears the field. */
  values: fieldValues,
  /**
   * For each of these fields the value under `editable` that the person saw. The answer is 409 if it has
   * changed since.
   */
  expectedValues: fieldValues,
});
export const edited = z.object({
  /** Fields with a new value; a job writes them to the CRM. */
  changed: z.array(z.string()).readonly(),
});

export const recordParams = z.object({ kind, id: z.uuid() });
export const record = z.object({
  id: z.uuid(),
  kind,
  name: z.string().nullable(),
  deleted: z.boolean(),
  /** Empty when the record is in no CRM or has no two-way fields. */
  editable: z.array(editableField),
  /** Custom fields. */
  extra: z.array(extraField),
  /** The record in each CRM, as it was last read. */
  remoteRecords: z.array(
    z.object({
      record: crmRecord,
      /** The id of the record that the vendor merged this one into. */
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

const entryBase = {
  id: z.string(),
  at: instant,
  /** Null for events in Fairway. */
  connection: z.object({ id: z.uuid(), name: z.string(), system: systemKind }).nullable(),
  object: z.string().nullable(),
  extId: z.string().nullable(),
};

const entry = z.discriminatedUnion('type', [
  z.object({
    ...entryBase,
    type: z.literal('received'),
    change: z.enum(['changed', 'deleted', 'restored', 'merged', 'erased']),
    /** The way Fairway received the change: an incremental read, a hint, a full comparison or a write. */
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
    /** The time of the change in the CRM. */
    modifiedAt: z.string(),
  }),
  z.object({
    ...entryBase,
    type: z.literal('conflict'),
    field: z.string(),
    base: canonicalValue,
    theirs: canonicalValue,
    ours: canonicalValue,
    policy: z.enum(policies),
    /** Null while a person has to decide. */
    winner: z.enum(['crm', 'fairway']).nullable(),
    mappingVersion: z.number(),
    decidedBy: z.string().nullable(),
    settledAt: z.string().nullable(),
  }),
  z.object({
    ...entryBase,
    type: z.literal('write'),
    status: z.enum(['pending', 'done', 'dead', 'superseded']),
    operation: z.enum(['update', 'upsert']),
    fields: z.array(z.object({ field: z.string(), label: z.string(), value: z.string().nullable() })),
    mappingVersion: z.number(),
    attempts: z.number(),
    failure: failure.nullable(),
    createdAt: z.string(),
  }),
  z.object({
    ...entryBase,
    type: z.literal('problem'),
    source: z.enum(['pull', 'map', 'plan', 'write', 'connection']),
    code: z.string(),
    message: z.string(),
    fix: z.string(),
    status: z.enum(['open', 'resolved']),
    occurrences: z.number(),
  }),
  z.object({
    ...entryBase,
    type: z.literal('action'),
    action: z.string(),
    actor: z.string().nullable(),
    reason: z.string().nullable(),
    /** Fields by Fairway's names. */
    changes: z.array(z.object({ field: z.string(), before: canonicalValue, after: canonicalValue })),
    /** Changed fields whose values the audit trail does not have; the entries for writes have them. */
    fields: z.array(z.string()),
  }),
]);
export type TimelineAnswerEntry = z.infer<typeof entry>;

export const timeline = z.object({
  /** Newest first. */
  entries: z.array(entry),
  /** Pass it as `cursor` for older ones; null at the end. */
  nextCursor: z.string().nullable(),
});
