import { z } from 'zod';

/**
 * Every kind of job: what its payload is and how it is retried. A payload names things; it never carries a
 * secret or the truth. The key that makes a job idempotent is the work it names: doing it again finds it
 * done.
 */
const inRun = z.object({ runId: z.uuid() });
const onConnection = inRun.extend({ connectionId: z.uuid() });

/** Attempts in all, and the first wait between them, doubling. */
interface Retry {
  readonly attempts: number;
  readonly backoffMs: number;
}
const vendor: Retry = { attempts: 4, backoffMs: 2_000 };
const local: Retry = { attempts: 3, backoffMs: 500 };
/** About ten minutes in all: long enough for a receiver that is being restarted. */
const receiver: Retry = { attempts: 8, backoffMs: 5_000 };

export const jobs = {
  /** Read what changed at one connection. */
  pull: { payload: onConnection, retry: vendor },
  /** Place everything that was pulled. */
  map: { payload: inRun, retry: local },
  /** Detect conflicts and decide registrations. */
  decide: { payload: inRun, retry: local },
  /** Compute every partner's tier. */
  assess: { payload: inRun, retry: local },
  /** Post what partners have earned. */
  accrue: { payload: inRun, retry: local },
  /** Draft the payout batches of finished periods. */
  payout: { payload: inRun, retry: local },
  /** Compare what the CRM says with what it should say. */
  plan: { payload: inRun, retry: local },
  /** Write the difference to one CRM. */
  push: { payload: onConnection, retry: vendor },
  /** Send what is pending for one CRM, outside a run. */
  replay: { payload: z.object({ connectionId: z.uuid() }), retry: vendor },
  /** Write single accounts, registrations or a payout batch to the CRM at once, outside a run. */
  'write-back': {
    payload: z.object({
      accountIds: z.array(z.uuid()).default([]),
      opportunityIds: z.array(z.uuid()).default([]),
      registrationIds: z.array(z.uuid()),
      payoutBatchIds: z.array(z.uuid()),
      /** `hint` when it follows from a change in a CRM, and no person has decided it. */
      lane: z.enum(['interactive', 'hint']).default('interactive'),
    }),
    retry: vendor,
  },
  /** Compare everything one object of a connection holds with what we know of it. */
  reconcile: {
    payload: z.object({
      connectionId: z.uuid(),
      kind: z.enum(['account', 'contact', 'product', 'opportunity', 'opportunity_line', 'registration']),
      vanishAgreed: z.boolean().default(false),
    }),
    retry: vendor,
  },
  /** Find out what publishing a mapping version would do; nothing is changed. */
  'dry-run-mapping': { payload: z.object({ versionId: z.uuid() }), retry: vendor },
  /** Carry the live mapping over to the records that were there before it. */
  'backfill-mapping': { payload: z.object({ backfillId: z.uuid() }), retry: vendor },
  /** Restore CRM values from before some writes. */
  'restore-writes': { payload: z.object({ restoreId: z.uuid() }), retry: vendor },
  /**
   * Look through all accounts of one connection for those that are one customer; nothing is written to it.
   */
  'find-duplicates': { payload: z.object({ reportId: z.uuid() }), retry: local },
  /** Fetch what hints name at one connection, and let it take effect at once. */
  freshen: { payload: z.object({ connectionId: z.uuid() }), retry: vendor },
  /** Post one change of a connection's health to the admin's alert URL. */
  alert: { payload: z.object({ alertId: z.uuid() }), retry: receiver },
} as const satisfies Record<string, { readonly payload: z.ZodType; readonly retry: Retry }>;

export type JobName = keyof typeof jobs;
export type JobPayload<N extends JobName> = z.infer<(typeof jobs)[N]['payload']>;

/** True when the job fails with the vendor and is tried again. Other jobs record the failure and continue. */
export function failsWithItsVendor(name: JobName): boolean {
  return jobs[name].retry === vendor;
}

export function isJobName(name: string): name is JobName {
  return Object.hasOwn(jobs, name);
}
