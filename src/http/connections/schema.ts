import { z } from 'zod';
import { failure, instant, systemKind } from '../schema.ts';

export const connections = z.object({
  connections: z.array(
    z.object({
      id: z.uuid(),
      name: z.string(),
      kind: systemKind,
      status: z.enum(['active', 'failing', 'disabled']),
      account: z.string().nullable(),
      /** Where it is: an address or a folder. */
      place: z.string().nullable(),
      failure: failure.nullable(),
      callsUsed: z.number().nullable(),
      callsAllowed: z.number().nullable(),
      checkedAt: instant.nullable(),
      installedAt: instant.nullable(),
      objects: z.array(
        z.object({ object: z.string(), records: z.number(), unmapped: z.number(), completedAt: instant.nullable(), reading: z.boolean() }),
      ),
    }),
  ),
});

export const checked = z.object({ ok: z.boolean(), account: z.string().nullable(), failure: failure.nullable() });
