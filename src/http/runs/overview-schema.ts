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
    /** When the oldest was promised its answer. */
    oldestDueAt: instant.nullable(),
    overdue: z.number(),
    responseBusinessDays: z.number(),
  }),
  problems: z.object({ records: z.number(), causes: z.number() }),
  /** Fields changed on both sides, differently, on which a person is asked. */
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
      /** Nothing is asked of the vendor before this. */
      pausedUntil: instant.nullable(),
      checkedAt: instant.nullable(),
    }),
  ),
  activity: z.array(activity),
});
