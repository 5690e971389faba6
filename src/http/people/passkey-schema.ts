import { z } from 'zod';
import { instant } from '#src/http/schema.ts';

export const passkeys = z.object({
  passkeys: z.array(
    z.object({
      id: z.uuid(),
      name: z.string(),
      createdAt: instant,
      lastUsedAt: instant.nullable(),
      /** From when it confirms approvals. */
      approvesFrom: instant,
    }),
  ),
});

/** Options for the browser's passkey dialog, as the WebAuthn standard has them. */
export const optionsAnswer = z.object({ options: z.looseObject({ challenge: z.string() }) });

const bytes = z.string().max(20_000);
const credential = {
  id: bytes,
  rawId: bytes,
  type: z.literal('public-key'),
  authenticatorAttachment: z.string().max(40).optional(),
  clientExtensionResults: z.record(z.string().max(100), z.unknown()),
};

/** The browser's answer to the options for a new passkey. */
const registration = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: bytes,
    attestationObject: bytes,
    transports: z.array(z.string().max(40)).max(10).optional(),
  }),
});

/** The browser's answer to a challenge. */
export const assertion = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: bytes,
    authenticatorData: bytes,
    signature: bytes,
    userHandle: bytes.optional(),
  }),
});

export const newPasskeyBody = z.object({
  name: z.string().trim().min(1).max(60),
  response: registration,
});

/** Method and address of the request that is confirmed, such as `POST /api/payouts/…/approve`. */
const action = z
  .string()
  .max(2000)
  .regex(/^(POST|PATCH|PUT|DELETE) \/api\/\S+$/, 'Send the method and the address of the request.');
export const confirmOptionsBody = z.object({ action });
export const confirmBody = z.object({ action, response: assertion });
