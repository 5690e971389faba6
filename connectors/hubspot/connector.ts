import { z } from 'zod';
import { ConnectorError, type Connector, type ConnectorInput, type Hint, type WebhookVerdict } from '#connectors/connector.ts';
import { AppError } from '#src/domain/errors.ts';
import { HubspotApi } from './api.ts';
import { CustomObjects } from './custom-objects.ts';
import { describeObject } from './describe.ts';
import { installSchema } from './install.ts';
import { accountPath, objectName } from './naming.ts';
import { fetchRecords, pullRecords } from './pull.ts';
import { pushWrites } from './push.ts';
import { readWebhook } from './webhook.ts';
import { accountAnswer } from './wire.ts';

const settingsSchema = z.object({
  basePath: z.url().default('https://api.hubapi.com'),
  /** When given, the token must belong to this account. */
  portalId: z.coerce.string().optional(),
});
const secretsSchema = z.object({ accessToken: z.string().min(1), clientSecret: z.string().min(1).optional() });

/** @throws AppError `setting_invalid` naming the setting or secret that is missing or malformed */
export function createHubspot(input: ConnectorInput): Connector {
  const settings = read(settingsSchema, input.settings);
  const secrets = read(secretsSchema, input.secrets);
  const api = new HubspotApi(settings.basePath.replace(/\/$/, ''), secrets.accessToken);
  const customObjects = new CustomObjects(api);
  return {
    kind: 'hubspot',
    objectFor: (kind) => (kind === 'invoice' ? null : objectName(kind)),
    check: async () => {
      const { data } = await api.send({ method: 'GET', path: accountPath }, accountAnswer);
      if (settings.portalId !== undefined && data.portalId !== settings.portalId) throw wrongAccount(data.portalId, settings.portalId);
      const { portalId, uiDomain } = data;
      return { account: `HubSpot ${portalId}`, limits: api.limits, learned: { portalId, ...(uiDomain === undefined ? {} : { uiDomain }) } };
    },
    describe: (object) => describeObject(api, customObjects, object),
    install: (schema) => installSchema(api, customObjects, schema),
    pull: (request) => pullRecords(api, request, input.now),
    fetch: (object, extIds, fields) => fetchRecords(api, object, extIds, fields),
    push: (batch) => pushWrites(api, batch),
    verifyWebhook: (request) =>
      secrets.clientSecret === undefined
        ? null
        : verdict(readWebhook(request, secrets.clientSecret, (typeId) => customObjects.nameOf(typeId))),
    listen: null,
    limits: () => api.limits,
    windows: () => [],
    calls: () => api.calls,
    close: async () => {},
  };
}

const verdict = (hints: readonly Hint[] | null): WebhookVerdict | null => hints && { hints, reply: null };

function read<T extends z.ZodType>(schema: T, value: unknown): z.infer<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  // The value itself may be a secret, so only its name is told.
  throw new AppError('setting_invalid', `The HubSpot connection needs a valid ${issue?.path.join('.') ?? 'setting'}.`);
}

function wrongAccount(found: string, expected: string): ConnectorError {
  return new ConnectorError({
    class: 'auth',
    code: 'OTHER_ACCOUNT',
    message: `The access token belongs to HubSpot account ${found}, not to ${expected}.`,
    fix: `Use the access token of a private app in account ${expected}, or correct the account number of this connection.`,
  });
}
