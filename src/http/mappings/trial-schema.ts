import { z } from 'zod';
import { refusalCauses } from '#src/operations/mappings/backfill/backfill-report.ts';
import { skipReasons } from '#src/operations/mappings/restore/restore-plan.ts';
import { instant } from '#src/http/schema.ts';
import { problem } from './schema.ts';

/** What a mapping would do, does and has done to records: previews, dry runs, backfills and restores. */

const list = <Item extends z.ZodType>(item: Item) => z.array(item).readonly();
/** A value as the vendor or Fairway has it: text, number, boolean, null, or what the vendor nests. */
const value = z.unknown();
const values = z.record(z.string(), value).readonly();

const effect = z.enum(['record', 'value', 'cut']);
const direction = z.enum(['in', 'out']);

const explained = z.object({
  local: z.string(),
  remote: z.string(),
  /** The vendor's fields while reading; ours while writing. */
  sources: list(z.object({ field: z.string(), value })),
  steps: list(z.object({ transform: z.string(), in: value, out: value })),
  /** Left out when nothing came of it. */
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
    /** Ours: null where there is no such record; `after` also when the filter or a problem leaves it out. */
    before: values.nullable(),
    after: values.nullable(),
    inbound: list(explained),
    outbound: list(explained),
    /** Exactly what would be sent; null when the CRM says all of it already. */
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
  /** Records the vendor shows. */
  read: z.number(),
  fairway: z.object({ changed: z.number(), added: z.number(), removed: z.number(), fields: fieldChanges }),
  crm: z.object({
    written: z.number(),
    fields: fieldChanges,
    /** The whole of one write. */
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
      /** False: the vendor may refuse it, and only says when asked. */
      certain: z.boolean(),
      /** The vendor's name of the rule that refuses it, when that is known. */
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
  /** Nothing was read: publishing it as it is would stop the whole object. */
  z.object({ fits: z.literal(false), revision: z.number(), problems: list(problem) }),
]);

const progress = z.object({ label: z.string(), done: z.number(), total: z.number().nullable() });

export const dryRun = z.object({
  running: z.boolean(),
  progress: progress.nullable(),
  /** Why the last one ended without findings. */
  error: z.string().nullable(),
  at: instant.nullable(),
  /** The draft was saved since: the findings are about what it was. */
  stale: z.boolean(),
  findings: findings.nullable(),
});

/** Whether the records that were there before a mapping became live have been carried over to it. */
export const backfill = z.object({
  /** `needed`: nobody has begun it · `none`: nothing but the mapping Fairway comes with was ever in force. */
  state: z.enum(['none', 'needed', 'running', 'done', 'failed']),
  /** The version in force; null for the shipped one. */
  version: z.number().nullable(),
  /** Records there are. */
  records: z.number(),
  /** What its dry run found, or what it did so far. */
  report: report.extend({ writes: writes.optional() }).nullable(),
  progress: progress.nullable(),
  error: z.string().nullable(),
  startedAt: instant.nullable(),
  finishedAt: instant.nullable(),
  /** For the admin, in a sentence or two. */
  message: z.string(),
});

export const restore = z.object({
  version: z.number().nullable(),
  count: z.number().nullable(),
  phase: z.enum(['plan', 'push', 'done', 'failed']),
  /** Of the part that is under way; null before it, and afterwards. */
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

/** Without a pack: the draft, or else what is in force. */
export const previewBody = z.strictObject({
  recordRef: z.string().min(1).max(200),
  pack: z.looseObject({}).optional(),
});
export const started = z.object({ alreadyRunning: z.boolean() });
export const restoreBody = z
  .strictObject({ version: z.int().positive().optional(), last: z.int().positive().max(100_000).optional() })
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
