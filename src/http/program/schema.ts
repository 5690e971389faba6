import { z } from 'zod';
import { programDraftStatuses } from '#src/domain/program/draft-status.ts';
import { simulatedOutcomes } from '#src/operations/program/simulate-program.ts';
import { businessDate, instant, shown, shownBody, versionNumber, versionText } from '#src/http/schema.ts';

/** Larger than any programme, and small enough to be read while others wait. */
const longestText = 200_000;

const version = z.object({
  version: z.number(),
  name: z.string(),
  hash: z.string(),
  publishedAt: instant,
  /** Null: it has always been in force. */
  effectiveFrom: instant.nullable(),
  effectiveOn: businessDate.nullable(),
  /** The people who submitted and approved it; null for Fairway's own version. */
  submittedBy: z.string().nullable(),
  approvedBy: z.string().nullable(),
});

const openDraft = z.object({
  id: z.uuid(),
  status: z.enum(programDraftStatuses),
  text: z.string(),
  revision: z.number(),
  basedOn: z.number(),
  note: z.string().nullable(),
  effectiveOn: businessDate.nullable(),
  updatedBy: z.string().nullable(),
  updatedAt: instant,
  submittedBy: z.string().nullable(),
  /** A sentence each; a programme with problems cannot be submitted. */
  problems: z.array(z.string()),
  /** The changes to the latest version, a sentence each. */
  changes: z.array(z.string()),
  /** Send it back with the decision. */
  shown,
  /** Why the person cannot approve it; null if they can. */
  blocker: z.string().nullable(),
});

const approvalsCounted = { decided: z.number(), overturned: z.number() };

const automaticApproval = z.object({
  enabled: z.boolean(),
  /** Null: the programme sets no limit, and it never stops. */
  limit: z.object({ percent: z.number(), ofLast: z.number(), atLeast: z.number() }).nullable(),
  /** The newest automatic approvals; null without a limit. */
  measured: z.object(approvalsCounted).nullable(),
  /** Null: it has not stopped. */
  stop: z.object({ since: businessDate, ...approvalsCounted }).nullable(),
});

export const resumeBody = z.strictObject({
  reason: z
    .string('Write why automatic approval may go on.')
    .trim()
    .min(1, 'Write why automatic approval may go on.')
    .max(500, 'Use at most 500 characters.'),
});
export const resumedAnswer = z.object({ resumed: z.literal(true) });

export const programPage = z.object({
  inForce: z.number(),
  latest: z.number(),
  /** Newest first. */
  versions: z.array(version),
  open: openDraft.nullable(),
  automaticApproval,
});
export type ProgramPage = z.infer<typeof programPage>;

export const textBody = z.strictObject({ text: z.string().max(longestText) });
export const saveTextBody = textBody.extend({ revision: versionNumber });
export const discardQuery = z.object({ revision: versionText });
export const submitBody = z.strictObject({
  revision: versionNumber,
  note: z.string().trim().max(500, 'Use at most 500 characters.').default(''),
  /** The first day on which it is in force. Left out: from the approval on. */
  effectiveOn: z.iso.date('Use a date like 2026-12-01.').optional(),
});
export const approveBody = z.strictObject({ draftId: z.uuid(), shown: shownBody });
export const rejectBody = approveBody.extend({
  reason: z.string().trim().min(1, 'Enter a reason.').max(500, 'Use at most 500 characters.'),
});

export const draftAnswer = z.object({
  id: z.uuid(),
  revision: z.number(),
  status: z.enum(programDraftStatuses),
  problems: z.array(z.string()),
});
export const publishedAnswer = z.object({
  version: z.number(),
  effectiveFrom: instant,
  effectiveOn: businessDate,
});
export const rejectedAnswer = z.object({ rejected: z.literal(true) });
export const discardedAnswer = z.object({ discarded: z.literal(true) });

export const checkAnswer = z.object({
  problems: z.array(z.string()),
  tests: z.array(z.object({ name: z.string(), failures: z.array(z.string()) })),
  /** The changes to the latest version, a sentence each. */
  changes: z.array(z.string()),
  /** Null while there are problems in the settings. */
  hash: z.string().nullable(),
});

const isoDay = z.iso.date('Use a date like 2026-07-01.');
export const simulateBody = textBody
  .extend({ from: isoDay.optional(), to: isoDay.optional() })
  .refine(({ from, to }) => from !== undefined || to === undefined, 'Give `from` with `to`.');
const verdict = z.object({ outcome: z.enum(simulatedOutcomes), protectedUntil: businessDate.nullable() });
const outcomeCounts = z.record(z.enum(simulatedOutcomes), z.number());
export const simulateAnswer = z.object({
  from: businessDate,
  to: businessDate,
  registrations: z.number(),
  unchanged: z.number(),
  changes: z.array(
    z.object({
      number: z.string(),
      decidedOn: businessDate,
      /** A person had the last word then. */
      byPerson: z.boolean(),
      earlier: verdict,
      now: verdict,
    }),
  ),
  unknown: z.array(z.object({ number: z.string(), reason: z.string() })),
  earlier: outcomeCounts,
  now: outcomeCounts,
});

export const versionParams = z.object({ version: versionText });
export const yamlAnswer = z.object({ version: z.number(), yaml: z.string() });
export const differenceQuery = z.object({ from: versionText, to: versionText });
export const differenceAnswer = z.object({ changes: z.array(z.string()) });
export const schemaAnswer = z.record(z.string(), z.unknown());
