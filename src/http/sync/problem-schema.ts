import { z } from 'zod';
import { instant } from '#src/http/schema.ts';

export const problemQuery = z.object({
  status: z.enum(['open', 'resolved']).default('open'),
  connection: z.uuid().optional(),
});

/**
 * `replace`: the row corrects the booked document · `book`: it is a document of its own · `discard`: the row is
 * wrong.
 */
const documentAnswer = z.enum(['replace', 'book', 'discard']);

export const problemAnswerBody = z.strictObject({
  connectionId: z.uuid(),
  /** The record, as the problem names it. */
  ref: z.string().min(1).max(255),
  answer: documentAnswer,
  reason: z.string().trim().min(1).max(500),
});
export const problemAnswered = z.object({ answer: documentAnswer });

export const problems = z.object({
  groups: z.array(
    z.object({
      source: z.enum(['pull', 'map', 'plan', 'write', 'connection']),
      connectionId: z.uuid(),
      connectionName: z.string(),
      object: z.string(),
      code: z.string(),
      class: z.string(),
      message: z.string(),
      fix: z.string(),
      /** The answers that a person may give to a question about a record; empty for other problems. */
      answers: z.array(documentAnswer).readonly(),
      count: z.number(),
      firstSeenAt: instant,
      lastSeenAt: instant,
      /** The latest ones; `count` is the number of all. */
      records: z
        .array(
          z.object({ ref: z.string(), message: z.string(), occurrences: z.number(), lastSeenAt: z.string() }),
        )
        .readonly(),
    }),
  ),
});
