import { z } from 'zod';
import { canonicalKinds } from '#src/domain/record.ts';

const field = z.object({
  /** Fairway's field. */
  local: z.string(),
  localType: z.string(),
  /** The vendor's, by name and, once it was described, by label and type. */
  remote: z.string(),
  remoteLabel: z.string().nullable(),
  remoteType: z.string().nullable(),
  direction: z.enum(['in', 'out', 'both']),
  /** Who decides the value. */
  owner: z.enum(['remote', 'fairway']),
  transform: z.string(),
  /** What the transform was told, in words; null when it takes no options. */
  options: z.string().nullable(),
  required: z.boolean(),
  optional: z.boolean(),
  /** The value in one of the vendor's records; null while none was read. */
  example: z.string().nullable(),
  /** False: the vendor's object was described and has no such field. */
  present: z.boolean().nullable(),
});

export const mappings = z.object({
  systems: z.array(
    z.object({
      system: z.string(),
      connections: z.array(z.string()),
      objects: z.array(z.object({ object: z.string(), kind: z.enum(canonicalKinds), version: z.number(), fields: z.array(field) })),
    }),
  ),
});
export type MappingField = z.infer<typeof field>;
