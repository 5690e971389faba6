import { sql } from 'drizzle-orm';
import { requireCrm } from '#connectors/contract/connector.ts';
import type { CrmConnector } from '#connectors/contract/crm.ts';
import type { PullPage, RemoteFields } from '#connectors/contract/records.ts';
import type { ProfileName } from '#sandbox/profiles/profiles.ts';
import { buildHubspot } from '#sandbox/hubspot/server.ts';
import type { CrmSample, SampleAccount, SampleOpportunity } from '#sandbox/sample.ts';
import { Store } from '#sandbox/store.ts';
import type { Db } from '#src/db/client.ts';
import { requireConnection } from '#src/operations/connections/use-connection.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import type { Deps } from '#src/deps.ts';
import { connect } from '#src/operations/connections/connect.ts';
import { placeRecords } from '#src/operations/place/place-records.ts';
import { pullObject } from '#src/operations/pull/pull-object.ts';
import { connectTo, privateKeyPem, startOrg, type RunningOrg } from '#test/sandbox/salesforce/org.ts';
import { startDeps } from '#test/support/deps.ts';

export const noProgress = async (): Promise<void> => {};

export const objects = {
  salesforce: { account: 'Account', opportunity: 'Opportunity', registration: 'Fairway_Registration__c' },
  hubspot: { account: 'companies', opportunity: 'deals', registration: 'p_fairway_registration' },
} as const;
export type ReadKind = keyof (typeof objects)['salesforce'];

/** Fairway with one CRM and a shared clock that the test moves. No worker runs. */
export interface ReadingFixture extends AsyncDisposable {
  readonly deps: Deps;
  readonly connection: Connection;
  readonly connector: CrmConnector;
  pass(ms: number): void;
  read(kind: ReadKind, deps?: Deps): Promise<number>;
  map(): Promise<void>;
  /** Somebody changes a record in the CRM. */
  edit(kind: ReadKind, extId: string, fields: RemoteFields): Promise<void>;
  /** Actions of people in the account: `/sandbox/…`. */
  control(path: string, body: unknown): Promise<void>;
  /** The CRM's id of the record of this name, once it was read. */
  idOf(kind: ReadKind, name: string): Promise<string>;
  /** Deps whose connector reads in another way. */
  reading(
    pull: (connector: CrmConnector, request: Parameters<CrmConnector['pull']>[0]) => AsyncIterable<PullPage>,
  ): Deps;
}

export interface SalesforceFixture extends ReadingFixture {
  readonly org: RunningOrg;
  remove(kind: ReadKind, extId: string): Promise<void>;
}

export async function startSalesforceFixture(
  sample: CrmSample,
  profile?: ProfileName,
): Promise<SalesforceFixture> {
  await using starting = new AsyncDisposableStack();
  const org = await startOrg(profile);
  starting.defer(() => org.close());
  const { deps, pass } = starting.use(await startDeps({ now: org.clock.now.toISOString() }));
  const settings = { loginUrl: org.url, clientId: org.clientId, username: org.username, ...org.events };
  const { connectionId } = await connect(deps, {
    kind: 'salesforce',
    name: 'Salesforce',
    settings,
    secrets: { privateKeyPem },
  });
  org.vendor.seed(sample);
  const base = await fixtureFor(deps, connectionId, {
    url: org.url,
    pass: (ms) => {
      pass(ms);
      org.advance(ms);
    },
  });
  const owned = starting.move();
  return {
    ...base,
    org,
    async remove(kind, extId) {
      await (await connectTo(org)).sobject(objects.salesforce[kind]).destroy(extId);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** @param lacking properties of companies that this account does not have */
export async function startHubspotFixture(
  sample: CrmSample,
  lacking: readonly string[] = [],
): Promise<ReadingFixture> {
  await using starting = new AsyncDisposableStack();
  const clock = { now: new Date('2026-11-22T02:00:00Z') };
  const { deps, pass } = starting.use(await startDeps({ now: clock.now.toISOString() }));
  const store = new Store(':memory:');
  const vendor = buildHubspot({ store, now: () => clock.now });
  for (const property of lacking) store.remove('hubspot:property:0-2', property);
  starting.defer(async () => {
    await vendor.app.close();
    store.close();
  });
  const url = await vendor.app.listen({ host: '127.0.0.1', port: 0 });
  const { settings, secrets } = vendor.credentials({ publicKeyPem: '' });
  const { connectionId } = await connect(deps, {
    kind: 'hubspot',
    name: 'HubSpot',
    settings: { ...settings, basePath: url },
    secrets,
  });
  vendor.seed(sample);
  const base = await fixtureFor(deps, connectionId, {
    url,
    pass: (ms) => {
      pass(ms);
      clock.now = new Date(clock.now.getTime() + ms);
    },
  });
  const owned = starting.move();
  return { ...base, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

interface ConnectedCrm {
  readonly url: string;
  readonly pass: (ms: number) => void;
}

async function fixtureFor(
  deps: Deps,
  connectionId: string,
  { url, pass }: ConnectedCrm,
): Promise<Omit<ReadingFixture, typeof Symbol.asyncDispose>> {
  const connection = await requireConnection(deps, connectionId);
  const connector = requireCrm(deps.connectorFor(connection));
  const named = objects[connection.kind as keyof typeof objects];
  return {
    deps,
    connection,
    connector,
    pass,
    read: (kind, as = deps) =>
      pullObject(as, { runId: null, connectionId, kind, object: named[kind] }, noProgress),
    map: async () => void (await placeRecords(deps, null, noProgress)),
    async edit(kind, extId, fields) {
      const writes = [{ id: 'edit', extId, keyValue: null, fields }];
      const [outcome] = await connector.push({
        object: named[kind],
        operation: 'update',
        keyField: null,
        writes,
      });
      if (!outcome?.ok) throw new Error(`the CRM refused the edit: ${JSON.stringify(outcome)}`);
    },
    async control(path, body) {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${url}/sandbox/${path}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
      if (!response.ok)
        throw new Error(`/sandbox/${path} answered ${response.status}: ${await response.text()}`);
    },
    async idOf(kind, name) {
      const [row] = await deps.db.execute<{ ext_id: string }>(sql`
        select ext_id from remote_record
        where object = ${named[kind]} and not deleted and ${name} in (fields ->> 'Name', fields ->> 'name', fields ->> 'dealname')`);
      if (!row) throw new Error(`no ${named[kind]} called ${name} was read`);
      return row.ext_id;
    },
    reading: (pull) => ({
      ...deps,
      connectorFor: (one, lane) => {
        const real = requireCrm(deps.connectorFor(one, lane));
        // A class keeps its state in private fields, so the rest is asked of the instance itself.
        return new Proxy(real, {
          get: (target, name) => {
            if (name === 'pull')
              return (request: Parameters<CrmConnector['pull']>[0]) => pull(target, request);
            const value: unknown = Reflect.get(target, name, target);
            return typeof value === 'function' ? (value.bind(target) as unknown) : value;
          },
        });
      },
    }),
  };
}

const longAgo = '2026-03-01T09:00:00.000Z';

export function sampleAccount(name: string, more: Partial<SampleAccount> = {}): SampleAccount {
  return {
    key: name,
    name,
    domain: `${name.toLowerCase().replaceAll(' ', '-')}.example`,
    country: 'DE',
    countryName: 'Germany',
    city: 'Berlin',
    postcode: '10115',
    phone: null,
    isPartner: false,
    partnerCode: null,
    createdAt: longAgo,
    modifiedAt: longAgo,
    ...more,
  };
}

export function sampleOpportunity(name: string, accountKey: string): SampleOpportunity {
  const deal = { stage: 'proposal', amount: '1000.00', currency: 'USD', closeDate: '2026-12-31' } as const;
  return { key: name, name, accountKey, ...deal, createdAt: longAgo, modifiedAt: longAgo };
}

/** The stored state of a record after a read. */
export async function remoteRow(db: Db, extId: string) {
  const [row] = await db.execute<{
    fields: Record<string, unknown>;
    deleted: boolean;
    merged_into: string | null;
  }>(sql`select fields, deleted, merged_into from remote_record where ext_id = ${extId}`);
  return row;
}

/** The recorded changes of a record, oldest first. */
export async function changesOf(db: Db, extId: string) {
  const rows = await db.execute<{ what: string; via: string; changes: Record<string, unknown> }>(
    sql`select what, via, changes from remote_change where ext_id = ${extId} order by id`,
  );
  return [...rows];
}

export async function firstRow<T extends Record<string, unknown>>(
  db: Db,
  query: ReturnType<typeof sql>,
): Promise<T | undefined> {
  const [row] = await db.execute(query);
  return row as T | undefined;
}
