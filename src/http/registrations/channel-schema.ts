import { z } from 'zod';
import { channelRoles } from '#src/db/registrations/channel/channel-people-store.ts';
import { roles } from '#src/db/schema/people.ts';
import { instant } from '#src/http/schema.ts';
import { partnerChanges } from '#src/operations/registrations/channel/change-partner.ts';

export const email = z
  .string()
  .trim()
  .toLowerCase()
  .max(320)
  .regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, 'Write an e-mail address, such as ria@vendor.example.');

export const personParams = z.object({ email });

export const channelRoleBody = z.strictObject({
  role: z.enum(channelRoles),
  /** The code or id of the partner; for people of a partner only. */
  partner: z.string().trim().min(1).max(200).optional(),
});

export const absenceBody = z.strictObject({
  from: z.iso.datetime({ offset: true }),
  to: z.iso.datetime({ offset: true }),
  delegate: email,
});

export const partnerBody = z.strictObject({
  /** Its code or id. */
  partner: z.string().trim().min(1).max(200),
  change: z.enum(partnerChanges),
  reason: z.string().trim().min(1).max(1_000),
});

export const channelAnswer = z.object({
  people: z.array(
    z.object({
      email: z.string(),
      role: z.string(),
      partner: z.object({ id: z.uuid(), name: z.string(), code: z.string().nullable() }).nullable(),
      leftAt: instant.nullable(),
      /** The role with which the person signs in; null for one who does not. */
      signInRole: z.enum(roles).nullable(),
      isDisabled: z.boolean(),
      /** Partners whose accounts the person owns in a CRM. */
      ownedPartners: z.int(),
      absences: z.array(
        z.object({ id: z.uuid(), from: instant, to: instant, delegate: z.string(), hasBegun: z.boolean() }),
      ),
    }),
  ),
  /** People who own partners' accounts in a CRM and have no role yet: at most 50. */
  suggestions: z.array(z.object({ email: z.string(), name: z.string().nullable(), partners: z.int() })),
  /** Partners that are not active. */
  partners: z.array(
    z.object({
      id: z.uuid(),
      name: z.string(),
      code: z.string().nullable(),
      status: z.enum(['suspended', 'terminated', 'active']),
      /** Null when the CRM says so. */
      setBy: z.string().nullable(),
    }),
  ),
});
