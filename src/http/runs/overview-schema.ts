import { z } from 'zod';
import { registrationCounts } from '#src/http/registrations/schema.ts';
import { runSummary, stage } from './schema.ts';
import { activity, failure, instant, money, systemKind } from '#src/http/schema.ts';

export const overview = z.object({
  now: instant,
  lastRun: runSummary.nullable(),
  running: runSummary.extend({ stages: z.array(stage) }).nullable(),
  registrations: z.object({
    byStatus: registrationCounts,
    waiting: z.number(),
    oldestWaitingAt: instant.nullable(),
    /** The deadline for the oldest one. */
    oldestDueAt: instant.nullable(),
    overdue: z.number(),
    responseBusinessDays: z.number(),
  }),
  problems: z.object({ records: z.number(), causes: z.number() }),
  /** Open conflicts that a person has to decide. */
  conflicts: z.number(),
  /** `2026-10`. */
  period: z.string(),
  accrued: z.array(money),
  batches: z.array(
    z.object({
      id: z.uuid(),
      key: z.string(),
      period: z.string(),
      status: z.enum(['draft', 'submitted', 'approved', 'exported']),
      total: money,
    }),
  ),
  connections: z.array(
    z.object({
      id: z.uuid(),
      name: z.string(),
      kind: systemKind,
      status: z.enum(['active', 'failing', 'disabled']),
      failure: failure.nullable(),
      /** No call is made before this. */
      pausedUntil: instant.nullable(),
      checkedAt: instant.nullable(),
    }),
  ),
  activity: z.array(activity),
});
