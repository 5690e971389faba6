import { z } from 'zod';
import type { ConnectorInput } from '#connectors/contract/remote-system.ts';
import { AppError } from '#src/domain/errors.ts';
import type { AppCredentials } from './access.ts';

const text = z.string().min(1);

const settingsSchema = z.object({
  basePath: z.url().default('https://api.hubapi.com'),
  /** When given, the token must belong to this account. */
  portalId: z.coerce.string().optional(),
  /**
   * A private app has one permanent token. An OAuth app's tokens expire after half an hour and are renewed.
   */
  authType: z.enum(['private', 'oauth']).default('private'),
  /** The id of Fairway's app. Events about its own changes are ignored. */
  appId: z.coerce.string().optional(),
  clientId: text.optional(),
  /** The account's time zone, which `region` reads. */
  timeZone: text.optional(),
});
const secretsSchema = z.object({ accessToken: text.optional(), clientSecret: text.optional() });

export type HubspotSettings = ReturnType<typeof readSettings>;

/** @throws AppError `setting_invalid` naming the setting or secret that is missing or malformed */
export function readSettings(input: Pick<ConnectorInput, 'settings' | 'secrets'>) {
  const settings = read(settingsSchema, input.settings);
  const secrets = read(secretsSchema, input.secrets);
  const { clientId } = settings;
  const { clientSecret } = secrets;
  const app: AppCredentials | null =
    clientId === undefined || clientSecret === undefined ? null : { clientId, clientSecret };
  if (settings.authType === 'oauth' && !app)
    throw missing(clientId === undefined ? 'clientId' : 'clientSecret');
  if (settings.authType === 'private' && secrets.accessToken === undefined) throw missing('accessToken');
  return { ...settings, ...secrets, basePath: settings.basePath.replace(/\/$/, ''), app };
}

function read<T extends z.ZodType>(schema: T, value: unknown): z.infer<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw missing(parsed.error.issues[0]?.path.join('.') ?? 'setting');
}

/** The message names the setting without its value, which may be a secret. */
const missing = (name: string): AppError =>
  new AppError('setting_invalid', `The HubSpot connection needs a valid ${name}.`);
