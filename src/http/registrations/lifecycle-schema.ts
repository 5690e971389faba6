import { z } from 'zod';
import { lifecycleStates, moveNames } from '#src/domain/registrations/lifecycle/states.ts';
import { businessDate, instant, versionNumber } from '#src/http/schema.ts';

const move = z.enum(moveNames);
const words = z.string().max(4_000);
const fields = z.record(z.string().max(100), z.string().max(1_000));

/** Seconds in which a decision can be undone. Nothing is written or sent before. Left out or 0: it is applied at once. */
const undoSeconds = z.int().min(0).max(60).optional();

export const moveBody = z.strictObject({
  move: z.enum([...moveNames, 'edit']),
  /** The version that the person saw. The move is refused when the registration has changed since. */
  ifVersion: versionNumber.optional(),
  reasonCode: z.string().max(100).optional(),
  text: words.optional(),
  question: words.optional(),
  answer: words.optional(),
  /** For `edit`: the new values by the names of the fields. */
  fields: fields.optional(),
  opportunity: z.uuid().optional(),
  /** For `approve` and `overturn`: the registrations in force that the person saw, and why this one is approved too. */
  over: z.strictObject({ rivals: z.array(z.uuid()).max(100), reason: words }).optional(),
  /** For `overturn`: the registration that this one replaces. */
  supersedes: z.uuid().optional(),
  /** For `supersede`: the registration that replaces this one. */
  supersededBy: z.uuid().optional(),
  undoSeconds,
});

/** A move that is made on several registrations with the same reason. */
export const sharedMoveBody = z.strictObject({
  move: z.enum(['approve', 'reject', 'request_info']),
  reasonCode: z.string().max(100).optional(),
  text: words.optional(),
  question: words.optional(),
  undoSeconds,
  /** With the version of each that the person saw. */
  registrations: z
    .array(z.strictObject({ id: z.uuid(), version: versionNumber }))
    .min(1, 'Name at least one registration.')
    .max(100, 'Name at most 100 registrations.'),
});

export const sharedMoveAnswer = z.object({
  /** In the order of the request. */
  decided: z.array(
    z.object({
      id: z.uuid(),
      /** Why nothing was changed; null when the move was made. */
      refused: z.string().nullable(),
    }),
  ),
});

export const undoBody = z.strictObject({
  registrations: z
    .array(z.uuid())
    .min(1, 'Name at least one registration.')
    .max(100, 'Name at most 100 registrations.'),
});

/** A decision that its author can still undo. */
export const deferredMove = z.object({
  move,
  by: z.string(),
  at: instant,
  /** When it is applied. */
  until: instant,
});

const content = z.record(z.string(), z.unknown());

export const lifecycleAnswer = z.object({
  id: z.uuid(),
  state: z.enum(lifecycleStates),
  version: z.number(),
  reasonCode: z.string().nullable(),
  /** The values of the deal by the names of the form's fields. Several choices are separated by `;`. */
  terms: z.record(z.string(), z.string()),
  /** The e-mail addresses of the people who created its record in a CRM. Null while they cannot be read. */
  createdBy: z.array(z.string()).nullable(),
  protectedUntil: businessDate.nullable(),
  programVersion: z.number(),
  /** The approval step that waits, from 1; null when no step waits or there is only one. */
  step: z.number().nullable(),
  steps: z.number(),
  infoDeadline: businessDate.nullable(),
  isExtensionOpen: z.boolean(),
  extensionsUsed: z.number(),
  /** Null while the clock is paused. */
  decisionDue: instant.nullable(),
  clock: z.string().nullable(),
  /** The people who may decide now, by their e-mail addresses. */
  mayDecide: z.array(z.string()),
  /** Those of them who are not away. */
  asked: z.array(z.string()),
  /** What the signed-in person may do now. */
  legalMoves: z.array(move),
  /** A decision that is not applied yet; null when none waits. */
  deferred: deferredMove.nullable(),
  /** The last such decision that was refused when its time came, and why. */
  notApplied: z
    .object({ move, by: z.string(), at: instant, reason: z.string(), message: z.string() })
    .nullable(),
  editableFields: z.array(z.string()),
  /** The reasons that the person can choose for each of these moves that asks for one. */
  reasons: z.partialRecord(move, z.array(z.object({ code: z.string(), text: z.string() }))),
  /** The reason of the present state in words, which the partner reads. */
  reasonText: z.string().nullable(),
  /** Every move, oldest first. */
  events: z.array(
    z.object({
      at: instant,
      move: z.string(),
      actor: z.string().nullable(),
      role: z.string().nullable(),
      via: z.string().nullable(),
      reasonCode: z.string().nullable(),
      refusal: z.string().nullable(),
      before: content.nullable(),
      after: content,
      changedTerms: z.array(z.string()),
      /** The values of the command; null when there were none or they were erased. */
      given: content.nullable(),
      version: z.number(),
      programVersion: z.number(),
    }),
  ),
});
