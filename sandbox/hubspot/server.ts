import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { Faults, installFaults, lateMs } from '#sandbox/faults.ts';
import { defaultProfile } from '#sandbox/profiles/profiles.ts';
import type { Vendor, VendorOptions } from '#sandbox/vendor.ts';
import { associationRoutes } from './records/association-routes.ts';
import { actingAs, integration } from './actor.ts';
import { authenticate, createApp, expireAppTokens, issueToken, type App } from './apps.ts';
import { batchRoutes } from './records/batch-routes.ts';
import { bootstrap } from './bootstrap.ts';
import { hubspotControlRoutes } from './control-routes.ts';
import { addCustomProperties, fillCustomProperties } from './schema/custom-fields.ts';
import { errorBody, HubspotError, invalid } from './errors.ts';
import { summarise } from './events/journal.ts';
import { journalFiles, journalRoutes } from './events/journal-routes.ts';
import { lifecycleRoutes } from './records/lifecycle-routes.ts';
import { exceeded, RateLimits } from './limits.ts';
import { hubspotOauthRoutes } from './oauth-routes.ts';
import { objectRoutes } from './records/object-routes.ts';
import { stamp, type Portal } from './portal.ts';
import { propertyRoutes } from './schema/property-routes.ts';
import { ownerRoutes } from './owners.ts';
import { portalRecordPages } from './pages/record-page.ts';
import { requireScopes } from './scopes.ts';
import { schemaRoutes } from './schema/schema-routes.ts';
import { addPortalPartnerData, seedSample } from './seed.ts';
import { hubspotSetupRoutes } from './schema/setup-routes.ts';
import { validationRoutes } from './schema/validation-routes.ts';
import { webhookRoutes } from './events/webhook-routes.ts';
import { WebhookSender } from './events/webhook-sender.ts';

/** The dated API of this stand-in, and the v3 paths that some endpoints still have. */
export const apiVersion = '2026-09';
const portalId = 48_151_623;

declare module 'fastify' {
  interface FastifyRequest {
    /** The app that makes this call to HubSpot. */
    caller: App | null;
  }
}

export interface HubspotVendor extends Vendor {
  /** Tests tighten `limits.allowance`. */
  readonly limits: RateLimits;
}

/**
 * A HubSpot Enterprise account over HTTP, as far as an integration of companies, deals and custom objects
 * sees one.
 */
export function buildHubspot(options: VendorOptions): HubspotVendor {
  const profile = (options.profile ?? defaultProfile).hubspot;
  const portal: Portal = { store: options.store, now: options.now, portalId, profile };
  const limits = new RateLimits();
  const sender = new WebhookSender(portal);
  bootstrap(portal);
  const app = fastify({ bodyLimit: 3 << 20 });
  acceptBodies(app);
  app.addHook('onSend', async (_, reply) => void reply.header('Date', portal.now().toUTCString()));
  app.setErrorHandler((error, _, reply) => {
    const refusal = error instanceof HubspotError ? error : fromFastify(error);
    return reply.code(refusal.status).headers(refusal.headers).send(errorBody(refusal));
  });
  // Sends the webhooks of a request after it, and those left by an earlier process at start.
  app.addHook('onResponse', async () => sender.wake());
  app.addHook('onListen', async () => sender.wake());
  app.addHook('onClose', () => sender.close());
  portalRecordPages(app, portal);
  hubspotControlRoutes(app, portal, limits);
  hubspotSetupRoutes(app, portal);
  journalFiles(app, portal);
  app.register(async (vendor) => {
    const faults = options.faults ?? new Faults();
    installFaults(vendor, {
      faults,
      vendor: 'hubspot',
      errorBody: faultBody,
      expireTokens: () => expireAppTokens(portal),
    });
    vendor.addHook('onSend', async (request, reply) => recordCall(portal, request, reply.statusCode));
    hubspotOauthRoutes(vendor, portal, `/oauth/${apiVersion}`);
    for (const version of ['2026-03', apiVersion]) journalRoutes(vendor, portal, version);
    vendor.register(async (api) => addApi(api, portal, limits));
  });
  return {
    app,
    limits,
    seed: (sample) => seedSample(portal, sample),
    addPartnerData: (sample, ids) => addPortalPartnerData(portal, sample, ids),
    addCustomFields: (count) => portal.store.batch(() => addCustomProperties(portal, count)),
    fillCustomFields: (count) => portal.store.batch(() => fillCustomProperties(portal, count)),
    credentials: () => {
      const address: Record<string, string> = app.server.listening ? { basePath: app.listeningOrigin } : {};
      const { settings, ...rest } = credentialsFor(portal);
      return { settings: { ...address, portalId: String(portalId), ...settings }, ...rest };
    },
  };
}

/** An app or key of the kind and with the scopes of the profile. */
function credentialsFor(portal: Portal): ReturnType<Vendor['credentials']> {
  const { key, scopes } = portal.profile;
  const kind = ({ 'private-app': 'private', 'service-key': 'service', 'public-app': 'oauth' } as const)[key];
  const created = createApp(portal, kind);
  const issued = (use: 'access' | 'refresh') => issueToken(portal, created, use, scopes ?? undefined);
  const accessToken = issued('access').token;
  if (kind === 'service') return { settings: {}, secrets: { accessToken } };
  const { clientId, clientSecret } = created;
  const settings = { appId: String(created.appId), clientId };
  if (kind === 'private') return { settings, secrets: { accessToken, clientSecret } };
  const tokens = { accessToken, refreshToken: issued('refresh').token };
  return { settings: { ...settings, authType: 'oauth' }, secrets: { clientSecret }, tokens };
}

/**
 * HubSpot's own client announces JSON on every call, also on a DELETE without a body; the token endpoint
 * takes forms.
 */
function acceptBodies(app: FastifyInstance): void {
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, async (_: unknown, body: string) =>
    body === '' ? undefined : readJson(body),
  );
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    async (_: unknown, body: string) => Object.fromEntries(new URLSearchParams(body)),
  );
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new HubspotError(
      400,
      'VALIDATION_ERROR',
      `Invalid input JSON: ${error instanceof Error ? error.message : 'unreadable'}`,
    );
  }
}

/**
 * Fastify's own refusals (unknown content type, broken JSON) in the vendor's format. Other errors are bugs of
 * the sandbox.
 */
function fromFastify(error: unknown): HubspotError {
  const status =
    error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
      ? error.statusCode
      : 500;
  if (status >= 400 && status < 500)
    return invalid(`Invalid input JSON: ${error instanceof Error ? error.message : 'unreadable'}`);
  console.error(error);
  return new HubspotError(500, 'INTERNAL_ERROR', 'internal error');
}

/** HubSpot's body for a status that the request did not cause. */
const faultBody = (status: number): object =>
  errorBody(
    status === 429
      ? exceeded('TEN_SECONDLY_ROLLING', 'ten_secondly_rolling', 1)
      : new HubspotError(status, 'INTERNAL_ERROR', 'internal error'),
  );

/** A call that a fault answers never reached HubSpot's work, so HubSpot does not count it. */
function recordCall(portal: Portal, request: FastifyRequest, status: number): void {
  if (request.faults?.some((fault) => fault.kind === 'status')) return;
  const { method, body } = request;
  const path = pathOf(request);
  portal.store.recordCall({
    vendor: 'hubspot',
    at: stamp(portal),
    method,
    path,
    status,
    summary: summarise(method, path, body),
  });
}

function addApi(api: FastifyInstance, portal: Portal, limits: RateLimits): void {
  api.decorateRequest('caller', null);
  api.addHook('onRequest', async (request, reply) => {
    const app = authenticate(portal, request.headers.authorization, 'access');
    request.caller = app;
    requireScopes(portal, request);
    reply.headers(limits.admit(app, pathOf(request).endsWith('/search'), portal.now()));
  });
  // With a callback, because what is done here has to go on around the handler.
  api.addHook('preHandler', (request, _, done) => {
    if (request.caller) actingAs(integration(request.caller.appId), done, lateMs(request));
    else done();
  });
  for (const version of ['v3', apiVersion])
    api.get(`/account-info/${version}/details`, () => accountDetails(portal));
  objectRoutes(api, portal, `/crm/objects/${apiVersion}`);
  lifecycleRoutes(api, portal, `/crm/objects/${apiVersion}`);
  webhookRoutes(api, portal, `/app-webhooks/${apiVersion}`);
  batchRoutes(api, portal, `/crm/objects/${apiVersion}`);
  associationRoutes(api, portal, `/crm/associations/${apiVersion}`);
  propertyRoutes(api, portal, `/crm/properties/${apiVersion}`);
  ownerRoutes(api, portal, `/crm/owners/${apiVersion}`);
  validationRoutes(api, portal, `/crm/property-validations/${apiVersion}`);
  schemaRoutes(api, portal, `/crm-object-schemas/${apiVersion}/schemas`);
  for (const url of ['/crm/*', '/crm-object-schemas/*', '/account-info/*', '/app-webhooks/*']) {
    api.all(url, (request) => {
      throw new HubspotError(404, 'NOT_FOUND', `No resource at ${request.method} ${pathOf(request)}`);
    });
  }
}

const pathOf = (request: FastifyRequest): string => request.url.split('?')[0] ?? '';

function accountDetails({ profile, now }: Portal): object {
  const offsetMs = offsetOf(profile.timeZone, now());
  const minutes = Math.abs(offsetMs) / 60_000;
  const two = (part: number): string => String(part).padStart(2, '0');
  return {
    portalId,
    accountType: 'STANDARD',
    timeZone: profile.timeZone,
    companyCurrency: profile.companyCurrency,
    additionalCurrencies: profile.additionalCurrencies,
    utcOffset: `${offsetMs < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`,
    utcOffsetMilliseconds: offsetMs,
    uiDomain: 'app.hubspot.com',
    dataHostingLocation: 'na1',
  };
}

/** How far a time zone is ahead of UTC at this moment, in ms. */
function offsetOf(timeZone: string, at: Date): number {
  const local = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  return Date.parse(`${local.format(at).replace(' ', 'T')}Z`) - Math.floor(at.getTime() / 1000) * 1000;
}
