import { z } from 'zod';
import type { AccessCheck } from '#connectors/contract/remote-system.ts';
import { ConnectorError, type RemoteFailure } from '#connectors/contract/failures.ts';
import type { CrmObject } from '#src/domain/crm-schema.ts';
import type { HubspotApi } from './api.ts';
import type { CustomObjects } from './schema/custom-objects.ts';
import { describeHubspotObject } from './schema/describe.ts';
import { objectName, objectPath, ownersPath, propertyName } from './schema/naming.ts';
import { anything } from './wire.ts';

/** The abilities of this connection's credentials, other than reading and writing. */
export interface HubspotCredentials {
  /** The permanent token of a private app or service key. Null for an OAuth app. */
  readonly permanentToken: string | null;
  readonly signsWebhooks: boolean;
  readonly readsJournal: boolean;
}

/**
 * Asks the account for everything that Fairway reads, and for the scopes with which it writes. Changes nothing.
 * @throws ConnectorError when the token itself is refused
 */
export async function checkHubspotAccess(
  api: HubspotApi,
  customObjects: CustomObjects,
  schema: readonly CrmObject[],
  credentials: HubspotCredentials,
): Promise<readonly AccessCheck[]> {
  const checks: AccessCheck[] = [];
  for (const object of schema) checks.push(...(await objectChecks(api, customObjects, object)));
  checks.push(
    await check('owners of records', 'degraded', () =>
      api.send({ method: 'GET', path: `${ownersPath}?limit=1` }, anything),
    ),
    await check('leads', 'degraded', () =>
      api.send({ method: 'GET', path: objectPath('leads', '?limit=1') }, anything),
    ),
    await writeScopesCheck(api, credentials.permanentToken),
    changesCheck(credentials),
    callsCheck(api),
  );
  return checks;
}

const writeScopes = ['companies', 'deals', 'custom'].flatMap((type) => [
  `crm.objects.${type}.write`,
  `crm.schemas.${type}.write`,
]);
const tokenInfo = z.object({ scopes: z.array(z.string()) });

/**
 * A scope for writing shows only when something is written, so the token itself is asked about.
 * Source: HubSpot, Private apps: “Validate access tokens”.
 */
async function writeScopesCheck(api: HubspotApi, token: string | null): Promise<AccessCheck> {
  const about = 'scopes for writing';
  const unknown = 'HubSpot does not show the scopes of these credentials. Connecting tests them.';
  if (token === null) return { about, result: 'ok', message: unknown, fix: null };
  try {
    const path = '/oauth/v2/private-apps/get/access-token-info';
    const { data } = await api.send({ method: 'POST', path, body: { tokenKey: token } }, tokenInfo);
    const lacking = writeScopes.filter((scope) => !data.scopes.includes(scope));
    if (lacking.length === 0) return { about, result: 'ok', message: 'The app has them.', fix: null };
    return {
      about,
      result: 'missing',
      message: `The app lacks ${lacking.join(', ')}.`,
      fix: 'Add these scopes to the app or key (HubSpot: Settings › Integrations). A new token may be shown then.',
    };
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.failure.class === 'retry') throw error;
    return { about, result: 'ok', message: unknown, fix: null };
  }
}

async function objectChecks(
  api: HubspotApi,
  customObjects: CustomObjects,
  object: CrmObject,
): Promise<readonly AccessCheck[]> {
  const name = objectName(object.kind);
  let shown: ReadonlySet<string> = new Set();
  const schema = await check(`properties of ${name}`, 'missing', async () => {
    const { fields } = await describeHubspotObject(api, customObjects, name);
    shown = new Set(fields.map((field) => field.name));
  });
  if (schema.result !== 'ok') return [schema];
  const body = { after: '0', filterGroups: [], limit: 1, properties: [], sorts: [] };
  const records = await check(`records of ${name}`, 'missing', () =>
    api.send({ method: 'POST', path: objectPath(name, '/search'), body }, anything),
  );
  const absent = object.fields
    .filter(({ type }) => type !== 'reference')
    .map((field) => propertyName(object, field))
    .filter((field) => !shown.has(field));
  if (absent.length === 0) return [schema, records];
  const properties: AccessCheck = {
    about: `Fairway’s properties of ${name}`,
    result: 'degraded',
    message: `${absent.join(', ')} do not exist yet, or the token may not see them.`,
    fix: 'Connect, which creates them (Settings › Properties shows them afterwards).',
  };
  return [schema, records, properties];
}

const notCreated = {
  message: 'It does not exist yet.',
  fix: 'Connect, which creates it. HubSpot offers custom objects only to accounts with an Enterprise subscription.',
};

async function check(
  about: string,
  otherwise: 'degraded' | 'missing',
  call: () => Promise<unknown>,
): Promise<AccessCheck> {
  try {
    await call();
    return { about, result: 'ok', message: 'It can be read.', fix: null };
  } catch (error) {
    if (!(error instanceof ConnectorError) || !isAboutAccess(error.failure)) throw error;
    const { message, fix } = error.failure.class === 'mapping' ? notCreated : error.failure;
    return { about, result: otherwise, message, fix };
  }
}

const isAboutAccess = ({ class: failureClass }: RemoteFailure): boolean =>
  failureClass === 'permission' || failureClass === 'mapping' || failureClass === 'gone';

/** A service key has no client secret and no app: HubSpot sends it no webhooks and shows it no journal. */
function changesCheck({ signsWebhooks, readsJournal }: HubspotCredentials): AccessCheck {
  const about = 'announced changes';
  if (readsJournal) return { about, result: 'ok', message: 'The webhooks journal can be read.', fix: null };
  if (signsWebhooks) return { about, result: 'ok', message: 'Webhooks can be verified.', fix: null };
  return {
    about,
    result: 'degraded',
    message:
      'A service key gets no webhooks and no journal. Changes are found by polling, every SYNC_MINUTES, and not within seconds.',
    fix: 'If minutes are too slow, create a project app instead, and connect with --client-id, --client-secret-file and --app-id.',
  };
}

/** Below this share of its daily calls an account may run out during a first read. */
const fewCallsLeft = 0.1;

function callsCheck({ limits: { used, allowed } }: HubspotApi): AccessCheck {
  const about = 'API calls';
  if (used === null || allowed === null)
    return { about, result: 'ok', message: 'HubSpot did not say how many are left.', fix: null };
  const message = `${used} of ${allowed} calls of today are used.`;
  if (allowed - used >= allowed * fewCallsLeft) return { about, result: 'ok', message, fix: null };
  const fix = 'See who uses them (Settings › Integrations › API usage), or buy the API limit increase.';
  return { about, result: 'degraded', message, fix };
}
