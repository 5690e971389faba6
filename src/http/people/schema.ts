import { z } from 'zod';
import { roles } from '#src/db/schema/people.ts';
import { instant } from '#src/http/schema.ts';

const person = z.object({ id: z.uuid(), name: z.string(), email: z.string(), role: z.enum(roles) });

export const people = z.object({
  people: z.array(person.extend({ createdAt: instant, lastSeenAt: instant.nullable() })),
});

export const inviteBody = z.object({
  name: z.string().trim().min(1).max(120),
  email: z.email().max(254),
  role: z.enum(roles),
});

export const invited = z.object({
  person,
  /** Signs the person in once within 30 minutes. It cannot be shown again. */
  link: z.string(),
});
