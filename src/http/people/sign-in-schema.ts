import { z } from 'zod';
import { roles } from '#src/db/schema/people.ts';
import { permissions } from '#src/http/permissions.ts';

const incomplete = 'It is incomplete. Copy the whole link.';
export const signInBody = z.object({
  token: z.string(incomplete).min(20, incomplete).max(200, incomplete),
});

export const me = z.object({
  id: z.uuid(),
  name: z.string(),
  email: z.string(),
  role: z.enum(roles),
  permissions: z.array(z.enum(permissions)),
});
