import { z } from 'zod';
import { roles } from '#src/db/schema/people.ts';
import { permissions } from '#src/http/permissions.ts';

export const signInBody = z.object({ token: z.string().min(20).max(200) });

export const me = z.object({
  id: z.uuid(),
  name: z.string(),
  email: z.string(),
  role: z.enum(roles),
  permissions: z.array(z.enum(permissions)),
});
