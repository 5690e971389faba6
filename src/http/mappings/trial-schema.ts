import { z } from 'zod';
import { refusalCauses } from '#src/operations/mappings/backfill/backfill-report.ts';
import { skipReasons } from '#src/operations/mappings/restore/restore-plan.ts';
import { instant, versionNumber } from '#src/http/schema.ts';
import { problem } from './schema.ts';

/** The effects of a mapping on records: previews, dry runs, backfills and restores. */

const list = <Item extends z.ZodType>(item: Item) => z.array(item).readonly();
/** A value of the vendor or of Fairway: text, a number, a boolean, null or a nested JSON value. */
const value = z.unknown();
const values = z.record(z.string(), value).readonly();

const effect = z.enum(['record', 'value', 'cut']);
const direction = z.enum(['in', 'out']);

const explained = z.object({
  local: z.string(),
  remote: z.string(),
  /** The vendor's fields when reading, Fairway's when writing. */
  sources: list(z.object({ field: z.string(), value })),
  steps: list(z.object({ transform: z.string(), in: value, out: value })),
  /** Left out when the transforms gave no value. */
  result: value.optional(),
  problem: z
    .object({
      field: z.string(),
      code: z.string(),
      message: z.string(),
      fix: z.string(),
      severity: z.enum(['error', 'warning']),
    })
    .optional(),
});

const operation = z.string();

export const preview = z.discriminatedUnion('fits', [
  z.object({ fits: z.literal(false), problems: list(problem) }),
  z.object({
    fits: z.literal(true),
    ref: z.string(),
    /** Fairway's record before and after; null when there is none. `after` is also null for a record left out. */
    before: values.nullable(),
    after: values.nullable(),
    inbound: list(explained),
    outbound: list(explained),
    /** The exact write; null when the CRM already has all values. */
    write: z.object({ object: z.string(), operation, fields: values, changes: values }).nullable(),
    refusals: list(
      z.object({
        effect,
        direction,
        field: z.string().nullable(),
        code: z.string(),
        message: z.string(),
        fix: z.string(),
      }),
    ),
  }),
]);

const fieldChanges = list(
  z.object({
    field: z.string(),
    count: z.number(),
    examples: list(z.object({ ref: z.string(), before: value, after: value })),
  }),
);

const report = z.object({
  /** Records that the vendor returned. */
  read: z.number(),
  fairway: z.object({ changed: z.number(), added: z.number(), removed: z.number(), fields: fieldChanges }),
  crm: z.object({
    written: z.number(),
    fields: fieldChanges,
    /** One complete write as an example. */
    payload: z.object({ ref: z.string(), operation, fields: values }).nullable(),
  }),
  refused: list(
    z.object({
      effect,
      direction,
      field: z.string().nullable(),
      code: z.string(),
      fix: z.string(),
      cause: z.enum(refusalCauses),
      /** False when the vendor may refuse it, which only an attempt shows. */
      certain: z.boolean(),
      /** The vendor's name of the rule that refuses it, if known. */
      rule: z.string().optional(),
      count: z.number(),
      examples: list(z.object({ ref: z.string(), message: z.string() })),
    }),
  ),
});

const writes = z.object({
  written: z.number(),
  refused: z.number(),
  open: z.number(),
  superseded: z.number(),
});

export const findings = z.discriminatedUnion('fits', [
  z.object({ fits: z.literal(true), revision: z.number(), report }),
  /** The mapping has problems that would stop the object, so no records were read. */
  z.object({ fits: z.literal(false), revision: z.number(), problems: list(problem) }),
]);

const progress = z.object({ label: z.string(), done: z.number(), total: z.number().nullable() });

export const dryRun = z.object({
  running: z.boolean(),
  progress: progress.nullable(),
  /** The reason why the last dry run failed. */
  error: z.string().nullable(),
  at: instant.nullable(),
  /** True when the draft was saved after the dry run. */
  stale: z.boolean(),
  findings: findings.nullable(),
});

/** Applies the live mapping to the records that existed before it. */
export const backfill = z.object({
  /** `needed`: it has not been started · `none`: only the shipped mapping was ever live. */
  state: z.enum(['none', 'needed', 'running', 'done', 'failed']),
  /** The live version; null for the shipped one. */
  version: z.number().nullable(),
  /** All records of the object. */
  records: z.number(),
  /** The findings of the dry run, or the results of the backfill so far. */
  report: report.extend({ writes: writes.optional() }).nullable(),
  progress: progress.nullable(),
  error: z.string().nullable(),
  startedAt: instant.nullable(),
  finishedAt: instant.nullable(),
  /** One or two sentences for the admin. */
  message: z.string(),
});

export const restore = z.object({
  version: z.number().nullable(),
  count: z.number().nullable(),
  phase: z.enum(['plan', 'push', 'done', 'failed']),
  /** The progress of the current phase; null before the first and after the last one. */
  progress: progress.nullable(),
  report: z
    .object({
      records: z.number(),
      values: z.number(),
      skipped: z.record(z.enum(skipReasons), z.number()),
      examples: list(
        z.object({
          ref: z.string(),
          field: z.string().nullable(),
          reason: z.enum(skipReasons),
          message: z.string(),
        }),
      ),
      writes: writes.optional(),
    })
    .nullable(),
  startedAt: instant,
  finishedAt: instant.nullable(),
});

/** Without `pack`, the draft is tried, or the live mapping if there is no draft. */
export const previewBody = z.strictObject({
  recordRef: z.string().min(1).max(200),
  pack: z.looseObject({}).optional(),
});
export const started = z.object({ alreadyRunning: z.boolean() });
export const restoreBody = z
  .strictObject({ version: versionNumber.optional(), last: z.int().positive().max(100_000).optional() })
  .refine((body) => (body.version === undefined) !== (body.last === undefined), {
    error: 'Send either “version” or “last”.',
    path: ['version'],
  });
export const restoreStarted = started.extend({ restoreId: z.uuid().nullable() });
export const restoreParams = z.object({
  connectionId: z.uuid(),
  object: z.string().min(1).max(255),
  restoreId: z.uuid(),
});
