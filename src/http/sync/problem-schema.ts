import { z } from 'zod';
import { instant } from '#src/http/schema.ts';

export const problemQuery = z.object({
  status: z.enum(['open', 'resolved']).default('open'),
  connection: z.uuid().optional(),
});

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
