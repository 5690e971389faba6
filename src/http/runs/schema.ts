import { z } from 'zod';
import type { RunSummary } from '#src/operations/runs/summarise-run.ts';
import { instant } from '#src/http/schema.ts';

export const summary = z.object({
  /** New or changed records that were read. */
  pulled: z.object({
    accounts: z.number(),
    opportunities: z.number(),
    registrations: z.number(),
    invoices: z.number(),
  }),
  registrations: z.object({
    total: z.number(),
    approved: z.number(),
    /** Summaries of runs that are older than this status lack it. */
    informationNeeded: z.number().default(0),
    inReview: z.number(),
    rejected: z.number(),
  }),
  conflicts: z.number(),
  /** By kind of CRM. */
  written: z.record(z.string(), z.number()),
  accruals: z.number(),
  payouts: z.number(),
  problems: z.number(),
  /** By kind of CRM. */
  calls: z.record(z.string(), z.number()),
  durationMs: z.number(),
  /** Why the run is worth little although it reached its end, one sentence each. */
  attention: z.array(z.string()).readonly().default([]),
  /** False when a job failed or a connection was paused, so that not everything was read and written. */
  complete: z.boolean().default(true),
  /** Why nothing was closed, drafted or expired: the clocks disagree. Null while they agree. */
  clocks: z.string().nullable().default(null),
  paused: z.array(z.object({ connection: z.string(), until: z.string(), reason: z.string() })).default([]),
}) satisfies z.ZodType<RunSummary>;

export const runSummary = z.object({
  id: z.uuid(),
  trigger: z.enum(['start', 'person', 'schedule']),
  stage: z.string(),
  status: z.enum(['running', 'done', 'failed']),
  startedAt: instant,
  finishedAt: instant.nullable(),
  /** Null until the run has finished, and for a failed run. */
  summary: summary.nullable(),
  error: z.string().nullable(),
});

export const stage = z.object({
  stage: z.string(),
  jobs: z.number(),
  done: z.number(),
  failed: z.number(),
  steps: z.array(z.object({ label: z.string(), done: z.number(), total: z.number().nullable() })).readonly(),
});

export const runDetail = runSummary.extend({
  stages: z.array(stage),
  tallies: z.array(
    z.object({ connectionId: z.uuid(), connectionName: z.string(), measure: z.string(), count: z.number() }),
  ),
});

export const runs = z.object({ runs: z.array(runSummary) });

export const started = z.object({
  runId: z.uuid(),
  /** True when a run was already running; `runId` is that run. */
  alreadyRunning: z.boolean(),
});
