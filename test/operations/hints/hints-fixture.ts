import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Faults } from '#sandbox/faults.ts';
import { buildHubspot } from '#sandbox/hubspot/server.ts';
import type { CrmSample } from '#sandbox/sample.ts';
import { Store } from '#sandbox/store.ts';
import { findConnection, type Connection } from '#src/db/connections/connection-store.ts';
import type { Deps } from '#src/deps.ts';
import { buildApp } from '#src/http/app.ts';
import { connect } from '#src/operations/connections/connect.ts';
import { evaluateRegistrations } from '#src/operations/registrations/evaluate-registrations.ts';
import { placeRecords } from '#src/operations/place/place-records.ts';
import { planWrites } from '#src/operations/write/plan-writes.ts';
import { pullObject } from '#src/operations/pull/pull-object.ts';
import { pushConnection } from '#src/operations/write/push-connection.ts';
import { startDeps } from '#test/support/deps.ts';

export const noProgress = async (): Promise<void> => {};

/**
 * Fairway with a HubSpot that sends webhooks. The API listens; a worker runs only when a test starts one.
 */
export interface HintsFixture extends AsyncDisposable {
  readonly deps: Deps;
  readonly connection: Connection;
  readonly faults: Faults;
  /** The address for HubSpot's webhooks. */
  readonly webhookUrl: string;
  /** Signs them. */
  readonly clientSecret: string;
  /** Calls the vendor's API with our token. */
  readonly call: (method: string, path: string, body?: unknown) => Promise<Answer>;
  /** Actions of people in the account: `/sandbox/…`. */
  readonly control: (method: string, path: string, body?: unknown) => Promise<Answer>;
  /** Registers this address with HubSpot and subscribes to what Fairway maps. */
  readonly subscribe: () => Promise<void>;
  /** Paths of the calls the vendor counted so far. */
  readonly calls: () => Promise<readonly string[]>;
}

// oxlint-disable-next-line typescript/no-explicit-any -- assertions read any answer of the vendor
type Answer = any;

/** @param vendorNow the vendor's clock, which its answers show in their Date header */
export async function startHintsFixture(
  sample: CrmSample,
  vendorNow: () => Date = () => new Date(),
): Promise<HintsFixture> {
  await using starting = new AsyncDisposableStack();
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  const { deps } = starting.use(await startDeps({ publicUrl }));
  const store = new Store(':memory:');
  const faults = new Faults();
  const vendor = buildHubspot({ store, now: vendorNow, faults });
  starting.defer(async () => {
    await vendor.app.close();
    store.close();
  });
  const url = await vendor.app.listen({ host: '127.0.0.1', port: 0 });
  const { settings, secrets } = vendor.credentials({ publicKeyPem: '' });
  const { accessToken = '', clientSecret = '' } = secrets;
  const { connectionId } = await connect(deps, {
    kind: 'hubspot',
    name: 'HubSpot',
    settings: { ...settings, basePath: url },
    secrets,
  });
  const connection = await findConnection(deps.db, connectionId);
  if (!connection) throw new Error('the connection was not kept');
  vendor.seed(sample);
  await readEverything(deps, connection);
  const app = buildApp(deps);
  starting.defer(() => app.close());
  await app.listen({ host: '127.0.0.1', port });
  const webhookUrl = `${publicUrl}/webhooks/${connectionId}`;
  const call: HintsFixture['call'] = (method, path, body) =>
    ask(method, `${url}${path}`, body, { authorization: `Bearer ${accessToken}` });
  const control: HintsFixture['control'] = (method, path, body) =>
    ask(method, `${url}/sandbox${path}`, body, {});
  const owned = starting.move();
  return {
    deps,
    connection,
    faults,
    webhookUrl,
    clientSecret,
    call,
    control,
    subscribe: () => subscribeTo(call, settings['appId'] ?? '', webhookUrl),
    calls: async () => store.calls('hubspot').map((counted) => counted.path),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** The main job's steps for one CRM, without a worker. */
export async function readEverything(deps: Deps, { id: connectionId }: Connection): Promise<void> {
  for (const [kind, object] of [
    ['account', 'companies'],
    ['opportunity', 'deals'],
    ['registration', 'p_fairway_registration'],
  ] as const)
    await pullObject(deps, { runId: null, connectionId, kind, object }, noProgress);
  await placeRecords(deps, null, noProgress);
  await evaluateRegistrations(deps, noProgress);
  await planWrites(deps, { runId: null, scope: {} }, noProgress);
  await pushConnection(deps, { connectionId, runId: null }, noProgress);
}

async function subscribeTo(call: HintsFixture['call'], appId: string, targetUrl: string): Promise<void> {
  const base = `/app-webhooks/2026-09/${appId}`;
  await call('PUT', `${base}/settings`, { targetUrl, throttling: { maxConcurrentRequests: 10 } });
  const { results } = await call('GET', '/crm-object-schemas/2026-09/schemas');
  const custom: string = results.find(
    (one: { name: string }) => one.name === 'fairway_registration',
  ).objectTypeId;
  for (const objectTypeId of ['0-2', '0-3', custom])
    for (const kind of [
      'creation',
      'deletion',
      'propertyChange',
      'associationChange',
      'merge',
      'restore',
      'privacyDeletion',
    ])
      await call('POST', `${base}/subscriptions`, { eventType: `object.${kind}`, objectTypeId });
}

async function ask(
  method: string,
  url: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<Answer> {
  const content = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...content,
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${text}`);
  return text === '' ? null : JSON.parse(text);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
