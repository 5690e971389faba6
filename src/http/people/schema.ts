import { z } from 'zod';
import { roles } from '#src/db/schema/people.ts';
import { instant } from '#src/http/schema.ts';

const person = z.object({ id: z.uuid(), name: z.string(), email: z.string(), role: z.enum(roles) });

export const personStates = ['invited', 'active', 'disabled'] as const;

export const people = z.object({
  people: z.array(
    person.extend({
      createdAt: instant,
      lastSeenAt: instant.nullable(),
      state: z.enum(personStates),
      isDemo: z.boolean(),
      passkeys: z.int(),
      /** From when the person may approve; null when they may, or their role approves nothing. */
      approvesFrom: instant.nullable(),
      /** Why you cannot confirm the person or get their link; null when you can. */
      confirmBlocker: z.string().nullable(),
      /** The time of the open request to be let in again as this person; null without one. */
      askedAgainAt: instant.nullable(),
    }),
  ),
});

export const inviteBody = z.object({
  name: z.string().trim().min(1).max(120),
  email: z.email().max(254),
  role: z.enum(roles),
});

/** The six digits that the person reads out. */
export const letInBody = z.object({ code: z.string().regex(/^\d{6}$/, 'Enter the six digits of the code.') });

export const roleBody = z.object({ role: z.enum(roles) });

export const invited = z.object({
  person,
  /** `mailed` to the person, `shown` once below, or `waits` for a second admin, who gets the link. */
  delivery: z.enum(['mailed', 'shown', 'waits']),
  /** Signs the person in once within 30 minutes. It cannot be shown again. */
  link: z.string().nullable(),
});
