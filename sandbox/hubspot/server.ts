import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import type { Vendor, VendorOptions } from '#sandbox/vendor.ts';
import { associationRoutes } from './association-routes.ts';
import { authenticate, createPrivateApp } from './auth.ts';
import { batchRoutes } from './batch-routes.ts';
import { bootstrap } from './bootstrap.ts';
import { errorBody, HubspotError, invalid } from './errors.ts';
import { summarise } from './journal.ts';
import { RateLimits } from './limits.ts';
import { objectRoutes } from './object-routes.ts';
import type { Portal } from './portal.ts';
import { propertyRoutes } from './property-routes.ts';
import { recordPages } from './record-page.ts';
import { schemaRoutes } from './schema-routes.ts';
import { seedSample } from './seed.ts';

/** The dated API this stand-in speaks, and the v3 spelling some endpoints keep. */
export const apiVersion = '2026-09';
const portalId = 48_151_623;

export interface HubspotVendor extends Vendor {
  /** Tests tighten `limits.allowance`. */
  readonly limits: RateLimits;
}

/** A HubSpot Enterprise account over HTTP, as far as an integration of companies, deals and custom objects sees one. */
export function buildHubspot(options: VendorOptions): HubspotVendor {
  const portal: Portal = { store: options.store, now: options.now, portalId };
  const limits = new RateLimits();
  bootstrap(portal);
  const app = fastify({ bodyLimit: 3 << 20 });
  // HubSpot's own client announces JSON on every call, also on a DELETE without a body.
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, async (_: unknown, body: string) =>
    body === '' ? undefined : readJson(body),
  );
  app.addHook('onSend', async (_, reply) => void reply.header('Date', portal.now().toUTCString()));
  app.setErrorHandler((error, _, reply) => {
    const refusal = error instanceof HubspotError ? error : fromFastify(error);
    return reply.code(refusal.status).headers(refusal.headers).send(errorBody(refusal));
  });
  recordPages(app, portal);
  app.register(async (api) => addApi(api, portal, limits));
  return {
    app,
    limits,
    seed: (sample) => seedSample(portal, sample),
    credentials: () => {
      const { accessToken, clientSecret } = createPrivateApp(portal);
      const address: Record<string, string> = app.server.listening ? { basePath: app.listeningOrigin } : {};
      return { settings: { ...address, portalId: String(portalId) }, secrets: { accessToken, clientSecret } };
    },
  };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new HubspotError(400, 'VALIDATION_ERROR', `Invalid input JSON: ${error instanceof Error ? error.message : 'unreadable'}`);
  }
}

/** What fastify itself refuses (no such type of content, broken JSON) in the vendor's shape; anything else is our bug. */
function fromFastify(error: unknown): HubspotError {
  const status = error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500;
  if (status >= 400 && status < 500) return invalid(`Invalid input JSON: ${error instanceof Error ? error.message : 'unreadable'}`);
  console.error(error);
  return new HubspotError(500, 'INTERNAL_ERROR', 'internal error');
}

function addApi(api: FastifyInstance, portal: Portal, limits: RateLimits): void {
  api.addHook('onRequest', async (request, reply) => {
    const token = authenticate(portal, request.headers.authorization);
    reply.headers(limits.admit(token, pathOf(request).endsWith('/search'), portal.now()));
  });
  api.addHook('onSend', async (request, reply) => {
    const { method } = request;
    const path = pathOf(request);
    portal.store.recordCall({
      vendor: 'hubspot',
      at: portal.now().toISOString(),
      method,
      path,
      status: reply.statusCode,
      summary: summarise(method, path, request.body),
    });
  });
  for (const version of ['v3', apiVersion]) api.get(`/account-info/${version}/details`, () => accountDetails);
  objectRoutes(api, portal, `/crm/objects/${apiVersion}`);
  batchRoutes(api, portal, `/crm/objects/${apiVersion}`);
  associationRoutes(api, portal, `/crm/associations/${apiVersion}`);
  propertyRoutes(api, portal, `/crm/properties/${apiVersion}`);
  schemaRoutes(api, portal, `/crm-object-schemas/${apiVersion}/schemas`);
  for (const url of ['/crm/*', '/crm-object-schemas/*', '/account-info/*']) {
    api.all(url, (request) => {
      throw new HubspotError(404, 'NOT_FOUND', `No resource at ${request.method} ${pathOf(request)}`);
    });
  }
}

const pathOf = (request: FastifyRequest): string => request.url.split('?')[0] ?? '';

const accountDetails = {
  portalId,
  accountType: 'STANDARD',
  timeZone: 'UTC',
  companyCurrency: 'USD',
  additionalCurrencies: ['EUR'],
  utcOffset: '+00:00',
  utcOffsetMilliseconds: 0,
  uiDomain: 'app.hubspot.com',
  dataHostingLocation: 'na1',
};
