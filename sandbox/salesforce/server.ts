import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { Faults, installFaults } from '#sandbox/faults.ts';
import { defaultProfile } from '#sandbox/profiles/profiles.ts';
import type { StreamingVendor, VendorOptions } from '#sandbox/vendor.ts';
import { expireOrgTokens } from './auth/access-tokens.ts';
import { Api, errorAnswers } from './rest/api.ts';
import { serverError } from './rest/api-error.ts';
import { bootstrapOrg } from './bootstrap.ts';
import { bulkIngestRoutes } from './bulk/bulk-ingest-routes.ts';
import { BulkJobs } from './bulk/bulk-jobs.ts';
import { bulkQueryRoutes, runQuery } from './bulk/bulk-query-routes.ts';
import { collectionRoutes } from './rest/collection-routes.ts';
import { compositeRoutes } from './rest/composite-routes.ts';
import { orgControlRoutes } from './control-routes.ts';
import { addCustomOrgFields, fillCustomOrgFields } from './custom-fields.ts';
import { EventServer } from './events/event-server.ts';
import { runIngest } from './bulk/ingest.ts';
import { InnerCalls } from './rest/inner-calls.ts';
import { metadataRoutes } from './metadata/metadata-routes.ts';
import { identityUrl, salesforceOauthRoutes, registerClient } from './auth/oauth.ts';
import { orgLeadRoutes } from './lead-routes.ts';
import { Org } from './records/org.ts';
import { queryRoutes } from './rest/query-routes.ts';
import { orgRecordPages } from './pages/record-page.ts';
import { recordRoutes } from './rest/record-routes.ts';
import { replicationRoutes } from './rest/replication-routes.ts';
import { addOrgPartnerData, seedOrg } from './seed.ts';
import { orgSetupRoutes } from './setup-routes.ts';
import { orgApprovalRoutes } from './approval-routes.ts';
import { orgUserRoutes } from './user-routes.ts';
import { userInfoRoutes } from './rest/user-info-routes.ts';

const latestVersion = 68;
const oldestVersion = 41;

/**
 * A Salesforce org over HTTP, answering as Salesforce documents. State lives in the store's `salesforce:`
 * collections.
 */
export function buildSalesforce({
  store,
  now,
  faults = new Faults(),
  profile = defaultProfile,
}: VendorOptions): StreamingVendor {
  const org = new Org(store, now, profile.salesforce);
  bootstrapOrg(org);
  const inner = new InnerCalls();
  const api = new Api(org, inner);
  const jobs: BulkJobs = new BulkJobs(org, {
    query: (job) => runQuery(api, jobs, job),
    ingest: (job) => runIngest(api, jobs, job),
  });
  const app = fastify({ bodyLimit: 64 << 20, routerOptions: { maxParamLength: 1000 } });
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, new URLSearchParams(String(body))),
  );
  app.addContentTypeParser('multipart/form-data', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  app.addContentTypeParser('text/csv', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.addHook('onReady', async () => jobs.resume());
  app.addHook('onClose', async () => jobs.stop());
  app.addHook('onSend', async (_request, reply) => void reply.header('Date', now().toUTCString()));
  installFaults(app, {
    faults,
    vendor: 'salesforce',
    errorBody: serverError,
    expireTokens: () => expireOrgTokens(org),
    outerOf: (request) => inner.outerOf(request),
  });
  errorAnswers(app);
  salesforceOauthRoutes(app, org);
  orgRecordPages(app, org);
  orgControlRoutes(app, org);
  orgSetupRoutes(app, org);
  orgUserRoutes(app, org);
  orgApprovalRoutes(app, org);
  orgLeadRoutes(app, org);
  userInfoRoutes(app, org);
  app.get('/services/data', (_request, reply) => reply.send(versions()));
  app.register(
    async (data) => {
      api.guard(data);
      resourceRoutes(data, api);
      queryRoutes(data, api);
      recordRoutes(data, api);
      replicationRoutes(data, api);
      collectionRoutes(data, api);
      compositeRoutes(data, api);
      bulkQueryRoutes(data, api, jobs);
      bulkIngestRoutes(data, api, jobs);
      metadataRoutes(data, api);
    },
    { prefix: '/services/data/:version' },
  );
  const events = new EventServer(org);
  let endpoint: string | null = null;
  app.addHook('onClose', async () => events.close());
  return {
    app,
    seed: (sample) => store.batch(() => seedOrg(org, sample)),
    addPartnerData: (sample, ids) => store.batch(() => addOrgPartnerData(org, sample, ids)),
    addCustomFields: (count) => store.batch(() => addCustomOrgFields(org, count)),
    fillCustomFields: (count) => store.batch(() => fillCustomOrgFields(org, count)),
    listenForEvents: async (port) => {
      const bound = await events.listen(port);
      endpoint = `localhost:${bound}`; // a name, because TLS takes no bare address
      return bound;
    },
    credentials: ({ publicKeyPem }) => ({
      settings: { ...registerClient(org, publicKeyPem), ...streamSettings(endpoint) },
      secrets: {},
    }),
  };
}

function streamSettings(endpoint: string | null): Record<string, string> {
  return endpoint === null
    ? { changeEvents: 'off' }
    : { pubSubEndpoint: endpoint, pubSubTrust: 'self-signed' };
}

function versions(): object[] {
  const numbers = Array.from({ length: latestVersion - oldestVersion + 1 }, (_, n) => oldestVersion + n);
  return numbers.map((number) => ({
    label: `v${number}`,
    url: `/services/data/v${number}.0`,
    version: `${number}.0`,
  }));
}

function resourceRoutes(app: FastifyInstance, api: Api): void {
  app.get('/', (request, reply) => {
    api.note(request, 'resources');
    const base = `/services/data/${(request.params as { version: string }).version}`;
    const names = ['sobjects', 'query', 'queryAll', 'composite', 'jobs', 'limits', 'metadata', 'tooling'];
    const identity = identityUrl(api.org, request, api.userId(request));
    return reply.send({ ...Object.fromEntries(names.map((name) => [name, `${base}/${name}`])), identity });
  });
  app.get('/limits', (request, reply) => {
    api.note(request, 'limits');
    return reply.send(api.limits());
  });
}
