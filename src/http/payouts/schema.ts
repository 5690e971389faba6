import { z } from 'zod';
import { businessDate, instant, money, shown, shownBody } from '#src/http/schema.ts';

const batch = z.object({
  id: z.uuid(),
  /** `2026-10-USD`. */
  key: z.string(),
  period: z.string(),
  status: z.enum(['draft', 'submitted', 'approved', 'exported']),
  total: money,
  itemCount: z.number(),
  submittedBy: z.string().nullable(),
  approvedBy: z.string().nullable(),
  createdAt: instant,
  submittedAt: instant.nullable(),
  approvedAt: instant.nullable(),
  exportedAt: instant.nullable(),
  /** The time when the payout file was in every ERP outbox; until then each run tries again. */
  fileWrittenAt: instant.nullable(),
});

export const payouts = z.object({ batches: z.array(batch) });

export const payoutDetail = batch.extend({
  /** SHA-256 of partners and amounts; an approval is valid for exactly this content. */
  contentHash: z.string(),
  shown,
  /** True when the signed-in person created or submitted the batch and therefore cannot approve it. */
  needsAnotherApprover: z.boolean(),
  items: z.array(
    z.object({
      id: z.uuid(),
      partnerName: z.string(),
      partnerCode: z.string().nullable(),
      amount: money,
      lineCount: z.number(),
    }),
  ),
});

export const itemParams = z.object({ id: z.uuid(), itemId: z.uuid() });

const trace = z.object({
  document: z.string(),
  basis: money,
  /** `7.5 %`. */
  rate: z.string(),
  tier: z.string(),
  tierAsOf: businessDate,
  programVersion: z.number(),
});

export const payoutLines = z.object({
  lines: z.array(
    z.object({
      id: z.uuid(),
      reason: z.enum(['accrual', 'adjustment', 'clawback', 'payout']),
      component: z.string(),
      period: z.string(),
      document: z.string().nullable(),
      documentKind: z.enum(['invoice', 'credit_memo']).nullable(),
      customerName: z.string().nullable(),
      documentIssuedOn: businessDate.nullable(),
      documentPaidOn: businessDate.nullable(),
      amount: money,
      /** The calculation; null for entries that were not calculated from a document. */
      trace: trace.nullable(),
    }),
  ),
  /** False when there are more lines; the CSV file has all of them. */
  complete: z.boolean(),
});

export const stepBody = z.strictObject({ shown: shownBody });
/** The answer of a step; the new status is in the batch. */
export const stepDone = z.object({});

export const periodParams = z.object({ period: z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/) });
export const requestReopeningBody = z.object({ reason: z.string().trim().min(1).max(500) });
export const reopeningRequested = z.object({ reopeningId: z.uuid() });
/** The request that the person saw, so that nothing else is confirmed. */
export const confirmReopeningBody = z.object({ reopeningId: z.uuid() });

export const closedPeriod = z.object({
  /** Null while no month is closed. */
  closed: z
    .object({
      period: z.string(),
      closedAt: instant,
      /** The reasons why the month cannot be reopened, one sentence each. */
      blockers: z.array(z.string()),
      /** The request that waits for another person. */
      reopening: z
        .object({
          id: z.uuid(),
          reason: z.string(),
          requestedBy: z.string(),
          requestedAt: instant,
          /** True when the signed-in person made the request and therefore cannot confirm it. */
          needsAnotherPerson: z.boolean(),
          batches: z.array(z.object({ key: z.string(), itemCount: z.number(), total: money })),
        })
        .nullable(),
    })
    .nullable(),
});
