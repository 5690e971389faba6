import { z } from 'zod';
import { processMetricNames } from '#src/domain/analytics/process-metrics.ts';
import { instant } from '#src/http/schema.ts';

const metricName = z.enum(processMetricNames);

const day = z.iso
  .date()
  .refine((text) => text >= '1970-01-01' && text <= '2199-12-31', 'Enter a day from 1970 to 2199.');

export const metricSearch = z.strictObject({
  /** The first day. */
  from: day,
  /** The last day, included. */
  to: day,
  partner: z.uuid().optional(),
});
export const rowSearch = metricSearch.extend({
  metric: metricName,
  series: z.string().max(20).optional(),
  offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
});

export const processAnswer = z.object({
  from: z.string(),
  to: z.string(),
  /** The zone whose days count. */
  zone: z.string(),
  asOf: instant,
  /** False while the period runs: its numbers still change. */
  isOver: z.boolean(),
  metrics: z.array(
    z.object({
      metric: metricName,
      definition: z.object({
        version: z.int(),
        question: z.string(),
        period: z.string(),
        counts: z.string(),
        leavesOut: z.string(),
        /** Changes with the definition. */
        hash: z.string(),
      }),
      series: z.array(
        z.object({
          name: z.string(),
          n: z.int(),
          hits: z.int().nullable(),
          /** 0 to 1; null with fewer than five cases. */
          rate: z.number().nullable(),
          p50Seconds: z.number().nullable(),
          p90Seconds: z.number().nullable(),
          medianWithOpenSeconds: z.number().nullable(),
          leftOut: z.record(z.string(), z.int()),
        }),
      ),
    }),
  ),
});

export const rowsAnswer = z.object({
  total: z.int(),
  rows: z.array(
    z.object({
      registrationId: z.uuid(),
      number: z.string(),
      partnerId: z.uuid(),
      partnerName: z.string(),
      clock: z.enum(['decision', 'appeal']),
      source: z.enum(['lifecycle', 'earlier']),
      series: z.array(z.string()),
      /** The instant that puts it into the period. */
      at: instant,
      /** Why it is not counted; null for a row that is. */
      leftOut: z.string().nullable(),
      isHit: z.boolean(),
      seconds: z.number().nullable(),
      wallSeconds: z.number(),
      startedAt: instant,
      decidedAt: instant.nullable(),
      dueAt: instant.nullable(),
      outcome: z.enum(['approved', 'rejected']).nullable(),
      decidedBy: z.enum(['rules', 'person', 'time']).nullable(),
      reversedAt: instant.nullable(),
    }),
  ),
});
