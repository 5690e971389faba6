import { z } from 'zod';
import { ConnectorError } from '#connectors/contract/failures.ts';
import type { ConnectorInput } from '#connectors/contract/remote-system.ts';

/** jsforce would take 50.0. */
export const salesforceApiVersion = '67.0';

const settingsShape = z.object({
  /** `https://login.salesforce.com`, `https://test.salesforce.com` or the org's My Domain. */
  loginUrl: z.url().transform((url) => url.replace(/\/+$/, '')),
  /** The consumer key of the external client app. */
  clientId: z.string().min(1),
  /** How we sign in: by a signed assertion of our own, or with tokens an administrator has granted. */
  authType: z.enum(['jwt', 'refresh_token']).default('jwt'),
  apiVersion: z
    .string()
    .regex(/^\d\d\.0$/)
    .default(salesforceApiVersion),
  /** Whom the assertion is for; Salesforce wants its own login address here. */
  audience: z.url().optional(),
  /** 15 or 18 characters; outbound messages from any other org are refused. `check` learns it. */
  organizationId: z
    .string()
    .regex(/^00D(\w{12}|\w{15})$/)
    .optional(),
  /** Whether the org's change events wake us. */
  changeEvents: z.enum(['on', 'off']).default('on'),
  /** Host and port of the Pub/Sub API. */
  pubSubEndpoint: z
    .string()
    .regex(/^[\w.-]+:\d+$/)
    .default('api.pubsub.salesforce.com:7443'),
  /** `self-signed` takes any certificate; only a stand-in on this machine may ask for it. */
  pubSubTrust: z.enum(['authorities', 'self-signed']).default('authorities'),
});
/** A stand-in runs on this machine; anybody else's certificate is checked. */
const isLoopback = (endpoint: string): boolean => /^(localhost|127\.0\.0\.1):/.test(endpoint);

const jwtShape = z.object({
  /** The integration user. */
  username: z.string().min(1),
});
const jwtSecrets = z.object({ privateKeyPem: z.string().min(1) });
const refreshShape = z.object({
  /** The org's own address, as the authorisation told it. */
  instanceUrl: z.url().transform((url) => url.replace(/\/+$/, '')),
});
const refreshSecrets = z.object({ clientSecret: z.string().min(1).optional() });

export interface JwtAuth {
  readonly type: 'jwt';
  readonly username: string;
  readonly audience: string;
  readonly privateKeyPem: string;
}
export interface RefreshAuth {
  readonly type: 'refresh_token';
  readonly instanceUrl: string;
  readonly clientSecret: string | null;
}
export type SalesforceSettings = Omit<z.infer<typeof settingsShape>, 'authType' | 'audience'> & {
  readonly auth: JwtAuth | RefreshAuth;
};

/** @throws ConnectorError naming the setting that is wrong; never its value. */
export function parseSettings({
  settings,
  secrets,
}: Pick<ConnectorInput, 'settings' | 'secrets'>): SalesforceSettings {
  const { authType, audience, ...common } = parsed(settingsShape, settings);
  if (common.pubSubTrust === 'self-signed' && !isLoopback(common.pubSubEndpoint)) throw wrong('pubSubTrust');
  if (authType === 'jwt') {
    const { username } = parsed(jwtShape, settings);
    const { privateKeyPem } = parsed(jwtSecrets, secrets);
    return {
      ...common,
      auth: { type: 'jwt', username, audience: audience ?? common.loginUrl, privateKeyPem },
    };
  }
  const { instanceUrl } = parsed(refreshShape, settings);
  const { clientSecret = null } = parsed(refreshSecrets, secrets);
  return { ...common, auth: { type: 'refresh_token', instanceUrl, clientSecret } };
}

function parsed<T>(shape: z.ZodType<T>, value: unknown): T {
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  throw wrong(result.error.issues[0]?.path.join('.') || 'settings');
}

function wrong(name: string): ConnectorError {
  return new ConnectorError({
    class: 'auth',
    code: 'setting_invalid',
    message: `The Salesforce setting ${name} is missing or malformed.`,
    fix: `Correct ${name} in the connection's settings.`,
    fields: [name],
  });
}
