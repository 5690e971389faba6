import { z } from 'zod';
import type { ConnectorInput } from '../connector.ts';
import { ConnectorError } from '../connector.ts';

/** jsforce would take 50.0. */
export const salesforceApiVersion = '67.0';

const settingsShape = z.object({
  /** `https://login.salesforce.com`, `https://test.salesforce.com` or the org's My Domain. */
  loginUrl: z.url().transform((url) => url.replace(/\/+$/, '')),
  /** The consumer key of the external client app. */
  clientId: z.string().min(1),
  /** The integration user. */
  username: z.string().min(1),
  apiVersion: z
    .string()
    .regex(/^\d\d\.0$/)
    .default(salesforceApiVersion),
  /** Whom the assertion is for; Salesforce wants its own login address here. */
  audience: z.url().optional(),
  /** 15 or 18 characters; outbound messages from any other org are refused. */
  organizationId: z
    .string()
    .regex(/^00D(\w{12}|\w{15})$/)
    .optional(),
});
const secretsShape = z.object({ privateKeyPem: z.string().min(1) });

export type SalesforceSettings = z.infer<typeof settingsShape> & { readonly audience: string; readonly privateKeyPem: string };

/** @throws ConnectorError naming the setting that is wrong; never its value. */
export function parseSettings({ settings, secrets }: Pick<ConnectorInput, 'settings' | 'secrets'>): SalesforceSettings {
  const parsed = settingsShape.safeParse(settings);
  const secret = secretsShape.safeParse(secrets);
  if (!parsed.success || !secret.success) {
    const issue = (parsed.error ?? secret.error)?.issues[0];
    const name = issue?.path.join('.') || 'settings';
    throw new ConnectorError({
      class: 'auth',
      code: 'setting_invalid',
      message: `The Salesforce setting ${name} is missing or malformed.`,
      fix: `Correct ${name} in the connection's settings.`,
      fields: [name],
    });
  }
  return { ...parsed.data, audience: parsed.data.audience ?? parsed.data.loginUrl, ...secret.data };
}
