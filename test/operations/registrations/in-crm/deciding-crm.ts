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
import {
  hubspotWorld,
  people,
  salesforceWorld,
  type CrmKind,
  type Person,
  type Vendor,
} from './crm-worlds.ts';

/** Fairway with one CRM, in which people submit and decide. The clock is stopped; each action passes two seconds. */
export interface DecidingCrm extends AsyncDisposable, Vendor {
  readonly deps: Deps;
  readonly connection: Connection;
  readonly env: Readonly<Record<string, string>>;
  /** The faults of the CRM. */
  readonly faults: Faults;
  /** The vendor's object of registrations. */
  readonly object: string;
  readonly pass: (ms: number) => void;
  /** Creates a registration as Sam, or as another person; returns the vendor's id. */
  readonly register: (customer: string, partner?: string, by?: Person) => Promise<string>;
  /** Creates one that waits for a person: another partner had registered the customer, and withdrew. */
  readonly waiting: (customer: string, by?: Person) => Promise<string>;
  /** Lets Fairway read, decide and write what changed in these registrations. */
  readonly follow: (...extIds: readonly string[]) => Promise<void>;
  /** The fields of a record by Fairway's names. */
  readonly show: (extId: string) => Promise<Readonly<Record<string, string | null>>>;
  readonly idOf: (extId: string) => Promise<string>;
}

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
    register: async (customerName, partner = partnerNames[0], by = 'sam') => {
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
      return world.create(values, await partnerId(deps, kind, partner), by);
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
    waiting: async (customer, by) => {
      const first = await crm.register(customer);
      await crm.follow(first);
      const extId = await crm.register(customer, partnerNames[1], by);
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
      // The record shows what the rules find without the first one.
      await crm.follow(extId);
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
