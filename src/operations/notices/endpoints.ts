import type { Db } from '#src/db/client.ts';
import { ConnectorError } from '#connectors/contract/failures.ts';
import { openSecrets, sealSecrets } from '#src/db/connections/secrets.ts';
import { failWaitingDeliveries } from '#src/db/notices/delivery-store.ts';
import {
  insertEndpoint,
  lockEndpoint,
  updateEndpoint,
  type WebhookEndpoint,
} from '#src/db/notices/endpoint-store.ts';
import { audit } from '#src/db/people/audit-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { webhookEventTypes } from '#src/domain/notices/webhook-body.ts';
import { newWebhookSecret } from '#src/domain/notices/webhook-signature.ts';

/** The old secret signs, too, for this long after a rotation. */
const rotationMs = 24 * 3_600_000;

export interface EndpointContent {
  readonly url: string;
  readonly description: string;
  /** Empty for all. */
  readonly events: readonly string[];
}

interface EndpointAct {
  readonly actorId: string;
  readonly endpointId: string;
}

/**
 * Adds an endpoint. Its secret is returned here and never again.
 *
 * @throws AppError `bad_request` for an address that Fairway may not call, or an unknown type of event
 */
export async function createEndpoint(
  deps: Deps,
  { actorId, ...content }: EndpointContent & { readonly actorId: string },
): Promise<{ readonly id: string; readonly secret: string }> {
  await checkContent(deps, content);
  const id = deps.ids();
  const secret = newWebhookSecret();
  await deps.db.transaction(async (tx) => {
    await insertEndpoint(tx, {
      ...content,
      id,
      secrets: sealSecrets(deps.config.masterKey, id, { current: secret }),
      isActive: true,
      createdAt: deps.clock(),
    });
    await record(deps, tx, { actorId, endpointId: id }, 'created', null, content);
  });
  return { id, secret };
}

/** @throws AppError as `createEndpoint` */
export async function changeEndpoint(
  deps: Deps,
  {
    actorId,
    endpointId,
    ...changes
  }: EndpointAct & { readonly [K in keyof EndpointContent]?: EndpointContent[K] | undefined },
): Promise<void> {
  await checkContent(deps, changes);
  await deps.db.transaction(async (tx) => {
    const { url, description, events } = await lockKnown(tx, endpointId);
    const before = { url, description, events };
    const after = {
      url: changes.url ?? url,
      description: changes.description ?? description,
      events: changes.events ?? events,
    };
    await updateEndpoint(tx, endpointId, after);
    await record(deps, tx, { actorId, endpointId }, 'changed', before, after);
  });
}

/** Sends nothing more to it. Its waiting deliveries fail; they can be redelivered once it is enabled. */
export async function disableEndpoint(deps: Deps, act: EndpointAct): Promise<void> {
  await deps.db.transaction(async (tx) => {
    const { isActive } = await lockKnown(tx, act.endpointId);
    if (!isActive) return;
    await updateEndpoint(tx, act.endpointId, {
      isActive: false,
      disabledBecause: 'person',
      pausedUntil: null,
    });
    await failWaitingDeliveries(tx, act.endpointId);
    await record(deps, tx, act, 'disabled', null, null);
  });
}

export async function enableEndpoint(deps: Deps, act: EndpointAct): Promise<void> {
  await deps.db.transaction(async (tx) => {
    const { isActive } = await lockKnown(tx, act.endpointId);
    if (isActive) return;
    await updateEndpoint(tx, act.endpointId, { isActive: true, disabledBecause: null, failingSince: null });
    await record(deps, tx, act, 'enabled', null, null);
  });
}

/** Makes a new secret, which is returned here and never again. For a day both secrets sign. */
export async function rotateSecret(deps: Deps, act: EndpointAct): Promise<{ readonly secret: string }> {
  const { masterKey } = deps.config;
  const secret = newWebhookSecret();
  await deps.db.transaction(async (tx) => {
    const { secrets } = await lockKnown(tx, act.endpointId);
    const { current: previous = '' } = openSecrets(masterKey, act.endpointId, secrets);
    await updateEndpoint(tx, act.endpointId, {
      secrets: sealSecrets(masterKey, act.endpointId, { current: secret, previous }),
      previousUntil: new Date(deps.sharedClock().getTime() + rotationMs),
    });
    await record(deps, tx, act, 'secret_rotated', null, null);
  });
  return { secret };
}

/** @throws AppError `not_found` */
export async function lockKnown(tx: Db, endpointId: string): Promise<WebhookEndpoint> {
  const found = await lockEndpoint(tx, endpointId);
  if (found === null) throw new AppError('not_found', 'There is no such webhook endpoint.');
  return found;
}

async function record(
  deps: Deps,
  tx: Db,
  { actorId, endpointId }: EndpointAct,
  what: string,
  before: EndpointContent | null,
  after: EndpointContent | null,
): Promise<void> {
  const subject = { subjectKind: 'webhook_endpoint', subjectId: endpointId } as const;
  const entry = { actorId, action: `webhook_endpoint.${what}`, ...subject, before, after, reason: null };
  await audit(tx, [entry], deps.clock());
}

async function checkContent(
  deps: Deps,
  {
    url,
    events = [],
  }: { readonly url?: string | undefined; readonly events?: readonly string[] | undefined },
): Promise<void> {
  const unknown = events.filter((event) => !webhookEventTypes.includes(event));
  if (unknown.length > 0)
    throw new AppError('bad_request', `Events: there is no event ${unknown.join(', ')}.`, {
      fields: { events: `There is no event ${unknown.join(', ')}.` },
    });
  if (url !== undefined) await checkAddress(deps, url);
}

/** The address is checked again at every request, because a name can change its meaning. */
async function checkAddress(deps: Deps, address: string): Promise<void> {
  const refused = (message: string): AppError =>
    new AppError('bad_request', `Address: ${message}`, { fields: { url: message } });
  const url = URL.parse(address);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw refused('use an https:// address.');
  if (url.username !== '' || url.password !== '')
    throw refused('use an address without a user name and a password.');
  if (url.protocol === 'http:' && !deps.config.privateHosts.includes(url.hostname))
    throw refused('use https. Only a host in PRIVATE_HOSTS may be called by http.');
  try {
    await deps.outboundFor({}).resolve(url.hostname);
  } catch (error) {
    if (error instanceof ConnectorError) throw refused(`${error.failure.message} ${error.failure.fix}`);
    throw refused(`the host ${url.hostname} cannot be found. Correct its name.`);
  }
}
