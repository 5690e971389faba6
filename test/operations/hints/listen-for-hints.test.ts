import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { requireCrm } from '#connectors/contract/connector.ts';
import type { CrmConnector, ListenRequest } from '#connectors/contract/crm.ts';
import { findConnection, saveConnection } from '#src/db/connections/connection-store.ts';
import { releaseLease, renewLease, savePosition, acquireLease } from '#src/db/connections/listening-store.ts';
import { sealSecrets } from '#src/db/connections/secrets.ts';
import type { Deps } from '#src/deps.ts';
import { listenToStreams } from '#src/operations/hints/listen-for-hints.ts';
import { startWorker } from '#workers/worker.ts';
import { sampleWith } from '#test/connectors/hubspot/account.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';
import { startHintsFixture } from './hints-fixture.ts';

type Listen = (request: ListenRequest) => Promise<void>;

let test: TestDeps;
let deps: Deps;
let connectionId: string;
const open: AsyncDisposable[] = [];
beforeAll(async () => {
  test = await startDeps();
  deps = test.deps;
});
afterAll(() => test[Symbol.asyncDispose]());
beforeEach(async () => {
  await deps.db.execute(sql`delete from job`);
  await deps.db.execute(sql`delete from connection`);
  connectionId = deps.ids();
  const secrets = sealSecrets(deps.config.masterKey, connectionId, { accessToken: 'pat-test' });
  await saveConnection(deps.db, {
    id: connectionId,
    kind: 'hubspot',
    name: 'HubSpot',
    settings: {},
    secrets,
    createdAt: deps.clock(),
  });
});
afterEach(async () => {
  for (const listener of open.splice(0)) await listener[Symbol.asyncDispose]();
});

/** A process that listens with this in place of the vendor's stream. */
async function listening(listen: Listen): Promise<AsyncDisposable> {
  const found = (await findConnection(deps.db, connectionId)) ?? expect.fail('the connection was not kept');
  const connector: CrmConnector = { ...requireCrm(deps.connectorFor(found)), listen };
  const listener = listenToStreams({ ...deps, connectorFor: () => connector });
  open.push(listener);
  return listener;
}

/** Until it is stopped. */
const silence = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
const hints = async (): Promise<readonly string[]> =>
  (await deps.db.execute<{ ext_id: string }>(sql`select ext_id from hint order by ext_id`)).map(
    (row) => row.ext_id,
  );
const row = async () =>
  (
    await deps.db.execute<{ position: string | null; lease_holder: string | null; error: string | null }>(
      sql`select position, lease_holder, error from listening`,
    )
  )[0];
const until = (holds: () => Promise<boolean>, timeout = 10_000) => expect.poll(holds, { timeout }).toBe(true);

describe('listening to a stream', () => {
  it('keeps hints, position and the job that serves them together, and goes on from there after a break', async () => {
    const asked: (string | null)[] = [];
    await listening(async ({ position, objects, deliver, signal }) => {
      asked.push(position);
      expect(objects).toEqual(['companies', 'deals', 'leads', 'p_fairway_registration']);
      await deliver({
        hints: [{ object: 'deals', extId: String(asked.length) }],
        position: `after ${asked.length}`,
      });
      if (asked.length === 1) throw new Error('the stream broke');
      await silence(signal);
    });
    await until(async () => (await hints()).length === 2);
    expect(asked).toEqual([null, 'after 1']);
    expect(await row()).toMatchObject({ position: 'after 2', error: null });
    expect(
      await deps.db.execute(sql`select name from job where status in ('waiting', 'queued')`),
    ).toMatchObject([{ name: 'process-hints' }]);
  });

  it('receives again what could not be stored', async () => {
    const asked: (string | null)[] = [];
    await listening(async ({ position, deliver, signal }) => {
      asked.push(position);
      // A position that the database cannot store simulates an unreachable database.
      await deliver({
        hints: [{ object: 'deals', extId: '7' }],
        position: asked.length === 1 ? 'a\u0000' : 'b',
      });
      await silence(signal);
    });
    await until(async () => (await row())?.position === 'b');
    expect([asked, await hints()]).toEqual([[null, null], ['7']]);
  });

  it('says why a stream is broken, for as long as it is', async () => {
    let broken = true;
    await listening(async ({ deliver, signal }) => {
      if (broken) throw new Error('no access to the event bus');
      await deliver({ hints: [], position: 'p' });
      await silence(signal);
    });
    await until(async () => (await row())?.error === 'no access to the event bus');
    broken = false;
    await until(async () => (await row())?.error === null);
  });

  it('is done by one of two processes, and by the other once the first has stopped', async () => {
    const listeners: string[] = [];
    const listenAs =
      (name: string): Listen =>
      async ({ signal }) => {
        listeners.push(name);
        await silence(signal);
        listeners.push(`${name} stopped`);
      };
    const first = await listening(listenAs('first'));
    await until(async () => listeners.length === 1);
    await listening(listenAs('second'));
    await wait(300);
    expect(listeners).toEqual(['first']);
    await first[Symbol.asyncDispose]();
    await until(async () => listeners.length === 3);
    expect(listeners).toEqual(['first', 'first stopped', 'second']);
  });

  it('moves from a process that was killed, which then stores nothing more', async () => {
    let deliverLate: ListenRequest['deliver'] | null = null;
    await listening(async ({ deliver, signal }) => {
      deliverLate = deliver;
      await silence(signal);
    });
    await until(async () => deliverLate !== null);
    // A killed process does not renew its lease.
    await deps.db.execute(sql`update listening set leased_until = now() - interval '1 second'`);
    expect(await acquireLease(deps.db, connectionId, deps.ids())).toEqual({ position: null });
    const late = deliverLate as ListenRequest['deliver'] | null;
    await expect(late?.({ hints: [{ object: 'deals', extId: '1' }], position: 'late' })).rejects.toThrow(
      'another process',
    );
    expect([await hints(), (await row())?.position]).toEqual([[], null]);
  });

  it('ends for a connection that is disabled', async () => {
    let stopped = false;
    await listening(async ({ signal }) => {
      await silence(signal);
      stopped = true;
    });
    await until(async () => (await row())?.lease_holder != null);
    await deps.db.execute(sql`update connection set status = 'disabled'`);
    await until(async () => stopped && (await row())?.lease_holder === null, 12_000);
  });
});

describe('HubSpot’s journal', () => {
  it('wakes the worker, which reads what changed without a webhook and without a due run', async () => {
    await using fixture = await startHintsFixture(sampleWith(1));
    const ask = async <T extends Record<string, unknown>>(query: string) =>
      (await fixture.deps.db.execute<T>(query))[0];
    const deal = await ask<{ ext_id: string }>(`select ext_id from remote_record where object = 'deals'`);
    await using _worker = startWorker(fixture.deps, { syncMinutes: 0 });
    await until(
      async () => (await ask('select position from listening where position is not null')) !== undefined,
    );
    await fixture.control('POST', '/edit', {
      objectType: 'deals',
      id: deal?.ext_id,
      properties: { dealname: 'Heard of' },
      userId: 7,
    });
    await until(
      async () => (await ask<{ name: string }>('select name from opportunity'))?.name === 'Heard of',
      15_000,
    );
  });
});

describe('a lease', () => {
  it('belongs to one process until it runs out or is released', async () => {
    const [a, b] = [deps.ids(), deps.ids()];
    expect(await acquireLease(deps.db, connectionId, a)).toEqual({ position: null });
    expect(await acquireLease(deps.db, connectionId, a)).toEqual({ position: null });
    expect(await acquireLease(deps.db, connectionId, b)).toBeNull();
    expect(await renewLease(deps.db, connectionId, b)).toBe(false);
    expect(await savePosition(deps.db, connectionId, b, 'p', deps.clock())).toBe(false);
    expect(await renewLease(deps.db, connectionId, a)).toBe(true);
    await releaseLease(deps.db, connectionId, b);
    expect(await acquireLease(deps.db, connectionId, b)).toBeNull();
    await releaseLease(deps.db, connectionId, a);
    expect(await acquireLease(deps.db, connectionId, b)).toEqual({ position: null });
  });

  it('is taken by one of many who want it at once', async () => {
    const leases = await Promise.all(
      Array.from({ length: 8 }, () => acquireLease(deps.db, connectionId, deps.ids())),
    );
    expect(leases.filter((lease) => lease !== null)).toHaveLength(1);
  });
});
