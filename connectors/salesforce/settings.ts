import { z } from 'zod';
import { ConnectorError } from '#connectors/contract/failures.ts';
import type { ConnectorInput } from '#connectors/contract/remote-system.ts';

/** Without it jsforce uses 50.0. */
export const salesforceApiVersion = '67.0';

const settingsShape = z.object({
  /** `https://login.salesforce.com`, `https://test.salesforce.com` or the org's My Domain. */
  loginUrl: z.url().transform((url) => url.replace(/\/+$/, '')),
  /** The consumer key of the external client app. */
  clientId: z.string().min(1),
  /** Signs in by a signed assertion, or with tokens that an administrator granted. */
  authType: z.enum(['jwt', 'refresh_token']).default('jwt'),
  apiVersion: z
    .string()
    .regex(/^\d\d\.0$/)
    .default(salesforceApiVersion),
  /** The audience of the assertion. Salesforce expects the address of its login here. */
  audience: z.url().optional(),
  /** 15 or 18 characters. Outbound messages from any other org are refused. `check` discovers it. */
  organizationId: z
    .string()
    .regex(/^00D(\w{12}|\w{15})$/)
    .optional(),
  /** The org's default time zone, which `region` reads. */
  timeZone: z.string().optional(),
  /** Off: Fairway does not subscribe to the org's change events. */
  changeEvents: z.enum(['on', 'off']).default('on'),
  /** Host and port of the Pub/Sub API. */
  pubSubEndpoint: z
    .string()
    .regex(/^[\w.-]+:\d+$/)
    .default('api.pubsub.salesforce.com:7443'),
  /** `self-signed` accepts any certificate. It is only allowed for the sandbox on this machine. */
  pubSubTrust: z.enum(['authorities', 'self-signed']).default('authorities'),
});
/** True for this machine, where the sandbox runs. The certificate of any other server is checked. */
const isLoopback = (endpoint: string): boolean => /^(localhost|127\.0\.0\.1):/.test(endpoint);

const jwtShape = z.object({
  /** The integration user. */
  username: z.string().min(1),
});
const jwtSecrets = z.object({ privateKeyPem: z.string().min(1) });
const refreshShape = z.object({
  /** The org's address, from the answer to the authorisation. */
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

/** @throws ConnectorError naming the setting that is wrong, never its value */
export function parseSettings({
  settings,
  secrets,
}: Pick<ConnectorInput, 'settings' | 'secrets'>): SalesforceSettings {
  const { authType, audience, ...common } = parse(settingsShape, settings);
  if (common.pubSubTrust === 'self-signed' && !isLoopback(common.pubSubEndpoint)) throw wrong('pubSubTrust');
  if (authType === 'jwt') {
    const { username } = parse(jwtShape, settings);
    const { privateKeyPem } = parse(jwtSecrets, secrets);
    return {
      ...common,
      auth: { type: 'jwt', username, audience: audience ?? audienceOf(common.loginUrl), privateKeyPem },
    };
  }
  const { instanceUrl } = parse(refreshShape, settings);
  const { clientSecret = null } = parse(refreshSecrets, secrets);
  return { ...common, auth: { type: 'refresh_token', instanceUrl, clientSecret } };
}

/**
 * Salesforce expects the address of its login page as audience, also when the assertion is sent to a My Domain or to a
 * government org. A sandbox org is known by the `--` in its My Domain.
 * Source: Salesforce Help, OAuth 2.0 JWT Bearer Flow; simple-salesforce #711, restforce #886.
 */
function audienceOf(loginUrl: string): string {
  const { hostname } = new URL(loginUrl);
  if (!/\.my\.salesforce\.(?:com|mil)$/.test(hostname)) return loginUrl;
  const isSandbox = hostname.includes('--') || hostname.includes('.sandbox.');
  return isSandbox ? 'https://test.salesforce.com' : 'https://login.salesforce.com';
}

function parse<T>(shape: z.ZodType<T>, value: unknown): T {
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  throw wrong(result.error.issues[0]?.path.join('.') || 'settings');
}

function wrong(name: string): ConnectorError {
  return new ConnectorError({
    class: 'auth',
    code: 'setting_invalid',
    message: `The Salesforce setting ${name} is missing or malformed.`,
    fix: `Connect the org again with a correct ${name}.`,
    fields: [name],
  });
}
