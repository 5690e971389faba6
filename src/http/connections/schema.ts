import { z } from 'zod';
import type { CallBudget } from '#src/operations/connections/call-budget.ts';
import { reconciledKinds } from '#src/operations/pull/reconcile-object.ts';
import { failure, instant, systemKind } from '#src/http/schema.ts';

const status = z.enum(['active', 'failing', 'disabled']);

export const connections = z.object({
  connections: z.array(
    z.object({
      id: z.uuid(),
      name: z.string(),
      kind: systemKind,
      status,
      account: z.string().nullable(),
      /** An address or a folder. */
      location: z.string().nullable(),
      failure: failure.nullable(),
      /** No call is made before this. */
      pausedUntil: instant.nullable(),
      pauseReason: z.string().nullable(),
      callsUsed: z.number().nullable(),
      callsAllowed: z.number().nullable(),
      checkedAt: instant.nullable(),
      installedAt: instant.nullable(),
      objects: z.array(
        z.object({
          object: z.string(),
          records: z.number(),
          unmapped: z.number(),
          completedAt: instant.nullable(),
          reading: z.boolean(),
        }),
      ),
    }),
  ),
});

export const checked = z.object({
  ok: z.boolean(),
  account: z.string().nullable(),
  failure: failure.nullable(),
  /** What the integration user may do and sees. `fix` names the page of the vendor's settings. */
  checks: z
    .array(
      z.object({
        about: z.string(),
        result: z.enum(['ok', 'degraded', 'missing']),
        message: z.string(),
        fix: z.string().nullable(),
      }),
    )
    .readonly(),
});

const waiting = z.object({ count: z.number(), oldestAt: instant.nullable() });

const reading = z.object({
  /** True while the object is read completely for the first time. */
  initial: z.boolean(),
  done: z.number(),
  /** Null while the vendor has not given a count. */
  total: z.number().nullable(),
  startedAt: instant.nullable(),
  /** At the pace so far; null before the first page. */
  remainingMs: z.number().nullable(),
});

const budgetWindow = z.object({
  /** `day`: the vendor's longest window, from midnight UTC · `burst`, `search`: short ones. */
  window: z.enum(['day', 'burst', 'search']),
  /** The vendor's limit for all callers. */
  allowed: z.number(),
  /** Calls of all callers today; in a short window, Fairway's calls of the last ten seconds. */
  used: z.number(),
  usedByFairway: z.number(),
  /** The connection's `dailyCallLimit`; null without one and for short windows. */
  dailyLimit: z.number().nullable(),
  /** Calls that runs and hints leave for people's decisions. */
  reservedForPeople: z.number(),
  /** The vendor refuses calls of this kind until then. */
  blockedUntil: instant.nullable(),
}) satisfies z.ZodType<CallBudget>;

const deadLetter = z.object({
  kind: z.string(),
  recordId: z.uuid(),
  /** The record's number or name; null when Fairway no longer has it. */
  name: z.string().nullable(),
  extId: z.string().nullable(),
  message: z.string(),
  attempts: z.number(),
  /** The names of the vendor's fields in the write. */
  fields: z.array(z.string()),
  at: z.string(),
});

export const connectionPage = z.object({
  id: z.uuid(),
  name: z.string(),
  kind: systemKind,
  status,
  account: z.string().nullable(),
  location: z.string().nullable(),
  failure: failure.nullable(),
  pausedUntil: instant.nullable(),
  pauseReason: z.string().nullable(),
  checkedAt: instant.nullable(),
  installedAt: instant.nullable(),
  /** The calls a day Fairway may make; null: the vendor's own limit. */
  dailyCallLimit: z.number().nullable(),
  /** A full comparison that finds more records missing than this share asks a person before it removes them. */
  removalLimitPercent: z.number(),
  /** True when Fairway writes to records of this connection; an ERP folder has none. */
  writable: z.boolean(),
  objects: z.array(
    z.object({
      object: z.string(),
      /** The kind it is mapped to; null when no mapping is enabled. */
      kind: z.string().nullable(),
      records: z.number(),
      unmapped: z.number(),
      completedAt: instant.nullable(),
      /** The end of the last complete read or comparison. */
      scannedAt: instant.nullable(),
      reading: reading.nullable(),
    }),
  ),
  /** The last 24 hours, the oldest first. */
  traffic: z.array(z.object({ hour: instant, read: z.number(), written: z.number() })),
  budget: z.array(budgetWindow),
  backlog: z.object({
    writes: waiting,
    refused: waiting,
    unmapped: waiting,
    hints: waiting,
    conflicts: waiting,
  }),
  /** Writes that the vendor refused and that are not retried, by cause. */
  deadLetters: z.array(
    z.object({
      object: z.string(),
      code: z.string(),
      class: z.string(),
      /** The vendor's message. */
      message: z.string(),
      fix: z.string(),
      count: z.number(),
      oldestAt: instant,
      /** The latest ones; `count` is the number of all. */
      records: z.array(deadLetter),
    }),
  ),
  /** The subscription to the vendor's change events; null when there never was one. */
  changeEvents: z
    .object({ connected: z.boolean(), lastEventAt: instant.nullable(), error: z.string().nullable() })
    .nullable(),
  /** The newest full comparison of each kind. */
  reconcile: z.array(
    z.object({
      kind: z.string(),
      state: z.enum(['running', 'done', 'failed']),
      startedAt: instant,
      finishedAt: instant.nullable(),
      error: z.string().nullable(),
      /** The current step with its count. */
      step: z.string().nullable(),
    }),
  ),
  /** One sentence for each object with more missing records than `removalLimitPercent`. */
  removalWarnings: z.array(z.string()),
  /** What became of the latest files of an ERP; empty for other connections. */
  receipts: z.array(
    z.object({
      file: z.string(),
      readAt: instant,
      rows: z.number(),
      accepted: z.number(),
      refused: z.number(),
      waiting: z.number(),
      /** The first rows that were refused or wait, by line. */
      notAccepted: z.array(z.object({ line: z.number().nullable(), reason: z.string(), fix: z.string() })),
      /** The net amount of the rows taken, by currency. */
      totals: z.record(z.string(), z.string()),
      control: z.enum(['not stated', 'correct', 'open', 'wrong']),
    }),
  ),
  /** Changes of the connection's health, the newest first. */
  alerts: z.array(
    z.object({
      state: z.enum([
        'failing',
        'paused',
        'recovered',
        'mass_deletion',
        'drift',
        'clock',
        'rival_deal',
        'webhook',
        'automatic_approval',
      ]),
      message: z.string(),
      at: instant,
    }),
  ),
});

const percentRange = 'Use a number from 1 to 100.';

export const limitsBody = z
  .strictObject({
    dailyCallLimit: z.int().min(1).max(100_000_000).nullable().exactOptional(),
    removalLimitPercent: z.int().min(1, percentRange).max(100, percentRange).exactOptional(),
  })
  .refine((body) => Object.keys(body).length > 0, 'Send dailyCallLimit, removalLimitPercent or both.');

export const limits = z.object({ dailyCallLimit: z.number().nullable(), removalLimitPercent: z.number() });

export const reconcileBody = z.strictObject({
  /** Only records of this kind; without it, all kinds. */
  kind: z.enum(reconciledKinds).exactOptional(),
  /** True: mark missing records as removed even above `removalLimitPercent`. */
  acceptRemovals: z.boolean().default(false),
});
export const started = z.object({ alreadyRunning: z.boolean() });

export const replayBody = z.strictObject({
  object: z.string().max(200).optional(),
  code: z.string().max(200).optional(),
});
export const replayed = z.object({ count: z.number() });
