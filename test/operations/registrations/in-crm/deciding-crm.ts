import { sql } from 'drizzle-orm';
import { expect } from 'vitest';
import { requireCrm } from '#connectors/contract/connector.ts';
import { profileNamed } from '#sandbox/profiles/profiles.ts';
import { buildHubspot } from '#sandbox/hubspot/server.ts';
import { buildSalesforce } from '#sandbox/salesforce/server.ts';
import { Faults } from '#sandbox/faults.ts';
import { Store } from '#sandbox/store.ts';
import { findConnection, type Connection } from '#src/db/connections/connection-store.ts';
import type { Deps } from '#src/deps.ts';
import { connect } from '#src/operations/connections/connect.ts';
import { packFor } from '#src/operations/connections/use-connection.ts';
import { recordHints } from '#src/operations/hints/record-hints.ts';
import { applyLifecycleCommand } from '#src/operations/registrations/lifecycle/apply-command.ts';
import { evaluateRegistrations } from '#src/operations/registrations/evaluate-registrations.ts';
import { placeRecords } from '#src/operations/place/place-records.ts';
import { pulledObjects } from '#src/operations/pull/pull-connection.ts';
import { pullObject } from '#src/operations/pull/pull-object.ts';
import { processHints } from '#src/operations/refresh/process-hints.ts';
import { programText, publishProgram } from '#test/operations/program/program-fixture.ts';
import { partnerNames, sampleOfPartners } from '#test/operations/registrations/crm-registrations.ts';
import { privateKeyPem, publicKeyPem } from '#test/sandbox/salesforce/org.ts';
import { startDeps, type TestDepsOptions } from '#test/support/deps.ts';

export type CrmKind = 'salesforce' | 'hubspot';

/** People of both CRMs. Lena and Marco are ops in Fairway, Aisha is a rep, and Fairway does not know Sam. */
export const people = {
  lena: { email: 'lena.fischer@northwind.example', hubspotId: 7_101 },
  marco: { email: 'marco.rossi@northwind.example', hubspotId: 7_102 },
  aisha: { email: 'aisha.khan@northwind.example', hubspotId: 7_103 },
  sam: { email: 'sam.stranger@elsewhere.example', hubspotId: 9_999 },
} as const;
export type Person = keyof typeof people;

export interface Deciding {
  readonly by: Person | 'integration';
  readonly decision: string;
  readonly reasonCode?: string;
  readonly text?: string;
  readonly seenVersion?: number;
}

/** Fairway with one CRM, in which people submit and decide. The clock is stopped; each action passes two seconds. */
export interface DecidingCrm extends AsyncDisposable {
  readonly deps: Deps;
  readonly connection: Connection;
  readonly env: Readonly<Record<string, string>>;
  /** The faults of the CRM. */
  readonly faults: Faults;
  /** The vendor's object of registrations. */
  readonly object: string;
  readonly pass: (ms: number) => void;
  /** Creates a registration as Lena; returns the vendor's id. */
  readonly register: (customer: string, partner?: string) => Promise<string>;
  /** Creates one that waits for a person: another partner had registered the customer, and withdrew. */
  readonly waiting: (customer: string) => Promise<string>;
  /** Returns the vendor's id of what holds the decision. */
  readonly decide: (extId: string, deciding: Deciding) => Promise<string>;
  /** Calls the vendor’s API as a person, or as the integration. */
  readonly call: (
    by: Person | 'integration',
    method: string,
    path: string,
    body?: unknown,
  ) => Promise<Answer>;
  /** Actions without an API: `/sandbox/…`. */
  readonly control: (path: string, body: unknown) => Promise<Answer>;
  /** Lets Fairway read, decide and write what changed in these registrations. */
  readonly follow: (...extIds: readonly string[]) => Promise<void>;
  /** The fields of a record by Fairway's names. */
  readonly show: (extId: string) => Promise<Readonly<Record<string, string | null>>>;
  readonly idOf: (extId: string) => Promise<string>;
}

// oxlint-disable-next-line typescript/no-explicit-any -- assertions read any answer of the vendor
type Answer = any;

interface World {
  readonly vendor: Pick<DecidingCrm, 'decide' | 'call' | 'control'>;
  readonly create: (values: Values, partner: string) => Promise<string>;
  readonly object: string;
}
type Values = Readonly<Record<string, string | number>>;

const noProgress = async (): Promise<void> => {};

export interface DecidingCrmOptions extends TestDepsOptions {
  /** The programme in force, as YAML. */
  readonly program?: string;
}

export async function startDecidingCrm(
  kind: CrmKind,
  { program = programText(() => ({ lifecycle: 'on' })), ...options }: DecidingCrmOptions = {
    now: '2026-10-05T09:00:00Z',
  },
): Promise<DecidingCrm> {
  await using starting = new AsyncDisposableStack();
  const test = starting.use(await startDeps(options));
  const { deps } = test;
  const pass = options.now === undefined && options.since === undefined ? () => {} : test.pass;
  const store = new Store(':memory:');
  const faults = new Faults();
  const built =
    kind === 'hubspot'
      ? buildHubspot({ store, now: deps.clock, faults })
      : buildSalesforce({ store, now: deps.clock, faults, profile: profileNamed('default') });
  starting.defer(async () => {
    await built.app.close();
    store.close();
  });
  const url = await built.app.listen({ host: '127.0.0.1', port: 0 });
  const { settings, secrets } = built.credentials({ publicKeyPem });
  const { connectionId } = await connect(deps, {
    kind,
    name: kind,
    settings: kind === 'hubspot' ? { ...settings, basePath: url } : { ...settings, loginUrl: url },
    secrets: kind === 'hubspot' ? secrets : { privateKeyPem },
  });
  const connection = await findConnection(deps.db, connectionId);
  if (!connection) throw new Error('the connection was not kept');
  built.seed(sampleOfPartners());
  pass(60_000);
  for (const pulled of pulledObjects(deps, connection))
    await pullObject(deps, { runId: null, connectionId, ...pulled }, noProgress);
  await placeRecords(deps, null, noProgress);
  await evaluateRegistrations(deps, noProgress);
  await publishProgram(deps, program);
  for (const [name, role] of [
    ['lena', 'ops'],
    ['marco', 'ops'],
    ['aisha', 'rep'],
  ] as const)
    await deps.db.execute(
      sql`insert into lifecycle_person (name, role) values (${people[name].email}, ${role})`,
    );
  const world =
    kind === 'hubspot' ? hubspotWorld(url, secrets['accessToken'] ?? '') : salesforceWorld(deps, url);
  let numbers = 0;
  const idOf = async (extId: string): Promise<string> => {
    const [row] = await deps.db.execute<{ id: string }>(
      sql`select record_id as id from link where object = ${world.object} and ext_id = ${extId}`,
    );
    return row?.id ?? expect.fail(`there is no registration ${extId}`);
  };
  const owned = starting.move();
  const crm: DecidingCrm = {
    deps,
    connection,
    env: test.env,
    faults,
    object: world.object,
    pass,
    ...world.vendor,
    decide: async (extId, deciding) => {
      pass(2_000);
      const id = await world.vendor.decide(extId, deciding);
      pass(2_000);
      return id;
    },
    register: async (customerName, partner = partnerNames[0]) => {
      numbers += 1;
      pass(2_000);
      const values = {
        number: `DR-2026-8${String(numbers).padStart(3, '0')}`,
        customerName,
        customerCountry: 'FR',
        productFamily: 'Pumps',
        dealType: 'new',
        amount: 10_000,
        currency: 'EUR',
        submittedAt: deps.clock().toISOString(),
      };
      return world.create(values, await partnerId(deps, kind, partner));
    },
    follow: async (...extIds) => {
      for (let round = 0; round < 2; round += 1) {
        pass(2_000);
        const hints = extIds.map((extId) => ({ object: world.object, extId }));
        await deps.db.transaction((tx) => recordHints(deps, tx, { connection, hints, via: 'webhook' }));
        await processHints(deps, { connectionId, roundEveryMs: 0 }, noProgress);
      }
    },
    show: async (extId) => {
      const lines = packFor(deps, connection, 'registration')?.fields ?? [];
      const connector = requireCrm(deps.connectorFor(connection));
      const out = lines.filter(({ direction }) => direction === 'out');
      const names = out.map(({ remote }) => remote).filter((name) => name !== 'CurrencyIsoCode');
      const [record] = await connector.fetch(world.object, [extId], names);
      return Object.fromEntries(
        out.map(({ local, remote }) => {
          const value = record?.fields[remote] ?? '';
          return [local, value === '' ? null : String(value)];
        }),
      );
    },
    idOf,
    waiting: async (customer) => {
      const first = await crm.register(customer);
      await crm.follow(first);
      const extId = await crm.register(customer, partnerNames[1]);
      await crm.follow(extId);
      const { refused } = await applyLifecycleCommand(deps, {
        at: Math.floor(deps.clock().getTime() / 1000),
        by: people.marco.email,
        via: 'api',
        do: 'withdraw',
        registration: await idOf(first),
        with: { reasonCode: 'partner_request' },
      });
      if (refused) expect.fail(refused.reason);
      expect(await crm.show(extId)).toMatchObject({ lifecycleState: 'in_review', lifecycleVersion: '1' });
      return extId;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
  return crm;
}

async function partnerId(deps: Deps, kind: CrmKind, name: string): Promise<string> {
  const [object, field] = kind === 'hubspot' ? ['companies', 'name'] : ['Account', 'Name'];
  const [row] = await deps.db.execute<{ id: string }>(
    sql`select ext_id as id from remote_record where object = ${object} and fields ->> ${field}::text = ${name}`,
  );
  return row?.id ?? expect.fail(`there is no partner ${name}`);
}

function hubspotWorld(url: string, accessToken: string): World {
  const object = 'p_fairway_registration';
  const control: DecidingCrm['control'] = (path, body) => ask('POST', `${url}/sandbox${path}`, body);
  const properties = (values: Values): Values =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [snake(name), value]));
  return {
    object,
    vendor: {
      control,
      call: (_, method, path, body) => ask(method, `${url}${path}`, body, accessToken),
      decide: async (id, { by, decision, ...rest }) => {
        const beside = Object.fromEntries(
          Object.entries(rest).map(([name, value]) => [`decision_${snake(name)}`, String(value)]),
        );
        const changes = { decision, ...beside };
        if (by === 'integration')
          await ask(
            'PATCH',
            `${url}/crm/objects/2026-09/${object}/${id}`,
            { properties: changes },
            accessToken,
          );
        else
          await control('/edit', {
            objectType: object,
            id,
            properties: changes,
            userId: people[by].hubspotId,
          });
        return id;
      },
    },
    create: async (values, toId) => {
      const created = { objectType: object, properties: properties(values), userId: people.lena.hubspotId };
      const { id } = await control('/edit', created);
      await control('/associate', {
        objectType: object,
        id,
        toObjectType: 'companies',
        toId,
        userId: people.lena.hubspotId,
      });
      return id;
    },
  };
}

function salesforceWorld(deps: Deps, url: string): World {
  const object = 'Fairway_Registration__c';
  const control: DecidingCrm['control'] = (path, body) => ask('POST', `${url}/sandbox${path}`, body);
  const tokens = new Map<string, { readonly accessToken: string; readonly since: number }>();
  // A session ends after some hours. Another user with the same address is the same person for Fairway.
  const tokenOf = async (by: Person | 'integration'): Promise<string> => {
    const now = deps.clock().getTime();
    const known = tokens.get(by);
    if (known !== undefined && now - known.since < 1_800_000) return known.accessToken;
    const user =
      by === 'integration'
        ? { lastName: 'Program', permissionSets: ['Fairway_Integration'] }
        : { lastName: by, email: people[by].email, permissionSets: ['Fairway_Internal'] };
    const { accessToken } = await control('/users', { username: `${by}.${now}@northwind.example`, ...user });
    tokens.set(by, { accessToken, since: now });
    return accessToken;
  };
  const data = `${url}/services/data/v67.0/sobjects`;
  const call: DecidingCrm['call'] = (by, method, path, body) =>
    tokenOf(by).then((token) => ask(method, `${data}${path}`, body, token));
  const named = (values: Values): Values =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [apiName(name), value]));
  return {
    object,
    vendor: {
      control,
      call,
      decide: async (registration, { by, ...rest }) => {
        const fields = { Registration__c: registration, ...named(rest as Values) };
        return (await call(by, 'POST', '/Registration_Decision__c', fields)).id;
      },
    },
    create: async (values, partner) =>
      (await call('lena', 'POST', `/${object}`, { ...named(values), Partner__c: partner })).id,
  };
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const apiName = (name: string): string =>
  `${(name.charAt(0).toUpperCase() + name.slice(1)).replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_')}__c`;

async function ask(method: string, url: string, body: unknown, token?: string): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text}`);
  return text === '' ? null : JSON.parse(text);
}
