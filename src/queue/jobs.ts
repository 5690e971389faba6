import { z } from 'zod';

const inRun = z.object({ runId: z.uuid() });
const onConnection = inRun.extend({ connectionId: z.uuid() });

/** The number of attempts, and the first wait between them; each further wait is twice as long. */
interface Retry {
  readonly attempts: number;
  readonly backoffMs: number;
}
const vendor: Retry = { attempts: 4, backoffMs: 2_000 };
const local: Retry = { attempts: 3, backoffMs: 500 };
/** About ten minutes in total, long enough for a restart of the receiver. */
const receiver: Retry = { attempts: 8, backoffMs: 5_000 };

/**
 * All kinds of jobs, with their payload and retries. A payload has ids only, never secrets or data: the tables
 * have the data. Every job is idempotent, because it looks up what is left to do.
 */
export const jobs = {
  /** Reads the changes of one connection. */
  pull: { payload: onConnection, retry: vendor },
  /** Puts all new remote records into the canonical tables. */
  map: { payload: inRun, retry: local },
  /** Finds conflicts and decides registrations. */
  decide: { payload: inRun, retry: local },
  /** Computes the tier of each partner. */
  assess: { payload: inRun, retry: local },
  /** Posts the partners' earnings. */
  accrue: { payload: inRun, retry: local },
  /** Drafts the payout batches of finished periods. */
  payout: { payload: inRun, retry: local },
  /** Plans the differences between Fairway and the CRMs as writes. */
  plan: { payload: inRun, retry: local },
  /** Sends the planned writes to one CRM. */
  push: { payload: onConnection, retry: vendor },
  /** Sends pending writes to one CRM, outside a run. */
  replay: { payload: z.object({ connectionId: z.uuid() }), retry: vendor },
  /** Plans and sends the writes of single records at once, outside a run. */
  'write-back': {
    payload: z.object({
      accountIds: z.array(z.uuid()).default([]),
      opportunityIds: z.array(z.uuid()).default([]),
      registrationIds: z.array(z.uuid()),
      payoutBatchIds: z.array(z.uuid()),
      /** `hint` for the result of a change in a CRM, `interactive` for a person's decision or edit. */
      lane: z.enum(['interactive', 'hint']).default('interactive'),
    }),
    retry: vendor,
  },
  /** Compares all records of one object with Fairway's records. */
  reconcile: {
    payload: z.object({
      connectionId: z.uuid(),
      kind: z.enum([
        'account',
        'contact',
        'product',
        'opportunity',
        'opportunity_line',
        'lead',
        'registration',
      ]),
      acceptRemovals: z.boolean().default(false),
    }),
    retry: vendor,
  },
  /** Reports the effects of a mapping version before it is published; changes nothing. */
  'dry-run-mapping': { payload: z.object({ versionId: z.uuid() }), retry: vendor },
  /** Applies the live mapping to records that existed before it. */
  'backfill-mapping': { payload: z.object({ backfillId: z.uuid() }), retry: vendor },
  /** Restores the CRM's values from before some writes. */
  'restore-writes': { payload: z.object({ restoreId: z.uuid() }), retry: vendor },
  /** Searches the accounts of one connection for duplicates; writes nothing to the CRM. */
  'find-duplicates': { payload: z.object({ reportId: z.uuid() }), retry: local },
  /** Reads the records that hints name, and applies the changes at once. */
  'process-hints': { payload: z.object({ connectionId: z.uuid() }), retry: vendor },
  /** Sends one change of a connection's health to the admin's alert URL. */
  alert: { payload: z.object({ alertId: z.uuid() }), retry: receiver },
  /** Submits the rows of a CSV file with registrations. */
  'import-registrations': { payload: z.object({ importId: z.uuid() }), retry: local },
  /** Sends the e-mails about notices that are due. */
  'send-mails': { payload: z.object({}), retry: local },
  /** Sends the webhooks of one endpoint that are due. Its table, not the queue, has the time of the next attempt. */
  'deliver-webhooks': { payload: z.object({ endpointId: z.uuid() }), retry: local },
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
