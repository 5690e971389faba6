import { z } from 'zod';
import { registrationOrders } from '#src/db/registrations/registration-view.ts';
import { lifecycleStates } from '#src/domain/registrations/lifecycle/states.ts';
import { type RegistrationStatus, registrationStatuses } from '#src/domain/status.ts';
import { ruleKinds } from '#src/domain/registrations/registration.ts';
import {
  activity,
  businessDate,
  crmRecord,
  failure,
  instant,
  money,
  shown,
  shownBody,
} from '#src/http/schema.ts';
import { deferredMove } from './lifecycle-schema.ts';
import { editableField, extraField } from '#src/http/records/schema.ts';

export const registrationStatus = z.enum(registrationStatuses);
export const registrationCounts = z.object({
  submitted: z.number(),
  information_needed: z.number(),
  in_review: z.number(),
  approved: z.number(),
  rejected: z.number(),
  expired: z.number(),
  withdrawn: z.number(),
} satisfies Record<RegistrationStatus, z.ZodType>);

const lifecycleState = z.enum(lifecycleStates).nullable();

/** Which registrations of the queue. */
export const registrationFilter = z.object({
  /** `waiting`: submitted, in review or appealed. */
  status: z.enum(['waiting', ...registrationStatuses]).optional(),
  search: z.string().trim().max(200).optional(),
  /** `me`: those of which the steps of the programme ask the signed-in person to decide now. */
  decider: z.enum(['me']).optional(),
  /** `late`: those that still wait after their answer was due. */
  answer: z.enum(['late']).optional(),
});

export const registrationQuery = registrationFilter.extend({
  sort: z.enum(registrationOrders).default('oldest'),
  cursor: z.string().max(400).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

const listedRegistration = z.object({
  id: z.uuid(),
  number: z.string(),
  partnerName: z.string(),
  customerName: z.string(),
  customerDomain: z.string().nullable(),
  amount: money.nullable(),
  /** As typed in the CRM. */
  submittedAt: instant,
  /** Precedence and the response deadline count from this instant. */
  precedenceAt: instant,
  status: registrationStatus,
  /** The state of its lifecycle; null when the rules of engagement alone decide it. */
  state: lifecycleState,
  /** The version of its lifecycle, which a decision names; null without a lifecycle. */
  version: z.number().nullable(),
  /** Who is asked to decide next, by e-mail address. Null without a lifecycle or when no person is asked. */
  nextDecider: z.string().nullable(),
  /** A decision that is not applied yet; null when none waits. */
  deferred: deferredMove.nullable(),
  /** True when the last decision was refused after the time to undo it; its page says why. */
  notApplied: z.boolean(),
  conflictScore: z.number().nullable(),
  conflictSummary: z.string().nullable(),
  protectedUntil: businessDate.nullable(),
  /** The deadline for the answer to the partner. Null while the clock of its lifecycle is paused or stopped. */
  answerDueAt: instant.nullable(),
  /** True when it still waits after `answerDueAt`. */
  overdue: z.boolean(),
});

export const registrations = z.object({
  registrations: z.array(listedRegistration),
  /** Pass it as `cursor` for the next page; null on the last. */
  nextCursor: z.string().nullable(),
  /** Counts of all registrations, not only of those that match the query. */
  counts: registrationCounts,
  /** The number of all that wait for an answer: not decided yet, or appealed. */
  waiting: z.number(),
});

const evidence = z.object({
  field: z.enum([
    'registry_id',
    'domain',
    'phone',
    'name',
    'words',
    'numbers',
    'address',
    'postcode',
    'city',
    'country',
  ]),
  left: z.string().nullable(),
  right: z.string().nullable(),
  level: z.enum(['exact', 'strong', 'close', 'weak', 'different', 'missing']),
  weight: z.number(),
});
const match = z.object({
  verdict: z.enum(['same', 'related', 'different']),
  score: z.number(),
  evidence: z.array(evidence).readonly(),
  modelVersion: z.string(),
});

const rival = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('registration'),
    id: z.string(),
    number: z.string(),
    partnerName: z.string(),
    customerName: z.string(),
    productFamily: z.string().nullable(),
    status: registrationStatus,
    submittedAt: z.string(),
    protectedUntil: businessDate.nullable(),
    match,
  }),
  z.object({
    kind: z.literal('opportunity'),
    id: z.string(),
    name: z.string(),
    accountName: z.string(),
    stage: z.string().nullable(),
    openedAt: z.string().nullable(),
    outcome: z.enum(['open', 'won', 'lost']),
    closedOn: businessDate.nullable(),
    match,
  }),
  /** An open lead of the vendor's own sales team. */
  z.object({
    kind: z.literal('lead'),
    id: z.string(),
    accountName: z.string(),
    status: z.string().nullable(),
    openedAt: z.string().nullable(),
    match,
  }),
  /** An account with earlier purchases. */
  z.object({
    kind: z.literal('customer'),
    id: z.string(),
    accountName: z.string(),
    since: businessDate,
    match,
  }),
]);

const finding = z.object({
  rule: z.enum(ruleKinds),
  effect: z.enum(['ask', 'block', 'review', 'note']),
  message: z.string(),
});

export const conflictCase = z.object({
  outcome: z.enum(['approve', 'ask', 'review', 'reject']),
  reason: z.string(),
  modelVersion: z.string(),
  programVersion: z.number(),
  openedAt: instant,
  closedAt: instant.nullable(),
  /** Findings about the registration itself. */
  findings: z.array(finding),
  /** Competing registrations and opportunities, and earlier purchases, each with its findings and CRM records. */
  rivals: z.array(z.object({ rival, findings: z.array(finding), crm: z.array(crmRecord) })),
});

export const writeBackStates = ['written', 'waiting', 'refused'] as const;

/** The fields that Fairway writes to one CRM record. */
export const writeBack = z.object({
  record: crmRecord,
  writtenAt: instant.nullable(),
  failure: failure.nullable(),
  fields: z.array(
    z.object({
      name: z.string(),
      /** The value Fairway wants to see in the CRM. */
      desired: z.string().nullable(),
      /** The last known value. */
      current: z.string().nullable(),
      state: z.enum(writeBackStates),
    }),
  ),
});

export const registrationDetail = z.object({
  id: z.uuid(),
  number: z.string(),
  status: registrationStatus,
  partnerName: z.string(),
  customerName: z.string(),
  customerDomain: z.string().nullable(),
  customerCountry: z.string().nullable(),
  contactEmail: z.string().nullable(),
  productFamily: z.string().nullable(),
  dealType: z.enum(['new', 'renewal']),
  amount: money.nullable(),
  expectedClose: businessDate.nullable(),
  /** As typed in the CRM. */
  submittedAt: instant,
  /** Precedence and the response deadline count from this instant. */
  precedenceAt: instant,
  /** True when an ops admin confirmed the typed date. */
  isDateConfirmed: z.boolean(),
  /** When it was submitted again, or got its present terms if it named no customer or another deal before. */
  termsSince: instant.nullable(),
  /** The state of its lifecycle; null when the rules of engagement alone decide it. */
  state: lifecycleState,
  /** Null while the clock of its lifecycle is paused or stopped. */
  answerDueAt: instant.nullable(),
  overdue: z.boolean(),
  reason: z.string().nullable(),
  decidedAt: instant.nullable(),
  decidedBy: z.string().nullable(),
  protectedUntil: businessDate.nullable(),
  conflictSummary: z.string().nullable(),
  conflictScore: z.number().nullable(),
  programVersion: z.number().nullable(),
  opportunity: z
    .object({
      id: z.string(),
      name: z.string(),
      stage: z.string().nullable(),
      customer: z.string().nullable(),
    })
    .nullable(),
  conflictCase: conflictCase.nullable(),
  writeBack: z.array(writeBack),
  /** Empty when the registration is in no CRM or has no two-way fields. */
  editable: z.array(editableField),
  /** Custom fields. */
  extra: z.array(extraField),
  history: z.array(activity),
  /** True when the steps of its programme decide it: see `GET /api/registrations/:id/lifecycle`. */
  hasLifecycle: z.boolean(),
  shown,
});

export const decisionBody = z.object({
  decision: z.enum(['approve', 'reject', 'reopen']),
  /** Required to reject; the partner reads it. */
  reason: z.string().max(2000).default(''),
  shown: shownBody,
});

export const decided = z.object({ status: z.string(), protectedUntil: businessDate.nullable() });

export const confirmDateBody = z.object({
  /** Required: the evidence for the date, such as the system it was imported from. It goes to the audit trail. */
  reason: z.string().max(2000).default(''),
  shown: shownBody,
});

export const confirmedDate = z.object({ precedenceAt: instant });
