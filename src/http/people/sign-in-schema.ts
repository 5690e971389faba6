import { z } from 'zod';
import { roles } from '#src/db/schema/people.ts';
import { permissions } from '#src/http/permissions.ts';
import { assertion } from './passkey-schema.ts';

const incomplete = 'It is incomplete. Copy the whole link.';
const token = z.string(incomplete).min(20, incomplete).max(200, incomplete);
export const signInBody = z.object({ token });
export const passkeySignInBody = z.object({ response: assertion });
export const recoveryBody = z.object({ token });
export const askBody = z.object({ email: z.email().max(254) });

export const asked = z.object({
  /** The person reads it out to an admin. */
  code: z.string(),
  /** With it, this browser goes on after an admin has agreed. */
  token: z.string(),
  /** The link is mailed instead. */
  isMailed: z.boolean(),
});

export const me = z.object({
  id: z.uuid(),
  name: z.string(),
  email: z.string(),
  role: z.enum(roles),
  permissions: z.array(z.enum(permissions)),
  /** True when a CRM or ERP of yours is connected, not only the sandbox. */
  inProduction: z.boolean(),
  /** True in a session that a link opened, which only adds a passkey. */
  needsPasskey: z.boolean(),
  /** Shown on every page. */
  notices: z.array(z.object({ kind: z.enum(['solo', 'waiting', 'link', 'let_in']), text: z.string() })),
});
