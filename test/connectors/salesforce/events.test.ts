import type { Connection } from 'jsforce';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CrmConnector, Hint } from '#connectors/contract/crm.ts';
import { buildSalesforce } from '#sandbox/salesforce/server.ts';
import { crmSchema } from '#src/domain/crm-schema.ts';
import { control } from '#test/sandbox/salesforce/control.ts';
import { connectTo, startOrg } from '#test/sandbox/salesforce/org.ts';
import type { RunningOrg } from '#test/sandbox/salesforce/org.ts';
import { connectOrg, sampleAccount } from './sample.ts';

const objects = ['Account', 'Opportunity'];

let org: RunningOrg;
let person: Connection;
beforeAll(async () => {
  org = await startOrg();
  await connectOrg(org).install(crmSchema);
  await control(org, 'PATCH', 'settings', { keepAliveMs: 50 });
  org.vendor.seed({
    accounts: Array.from({ length: 6 }, (_, n) => sampleAccount(n)),
    opportunities: [],
    registrations: [],
  });
  person = await connectTo(org);
});
afterAll(() => org.close());

const id = (n: number): string =>
  org.store.collection('salesforce:Account').keys().drop(n).next().value ?? '';
const rename = (n: number, name: string): Promise<unknown> =>
  person.sobject('Account').update({ Id: id(n), Name: name });

/** A listener and the hints it has received. */
class Listener {
  readonly hints: Hint[] = [];
  batches = 0;
  position: string | null;
  hold: Promise<void> = Promise.resolve();
  readonly ended: Promise<unknown>;
  readonly #stop = new AbortController();

  constructor(connector: CrmConnector, position: string | null = null) {
    this.position = position;
    const listening = connector.listen?.({
      objects,
      position,
      signal: this.#stop.signal,
      deliver: async (batch) => {
        this.batches += 1;
        await this.hold;
        this.hints.push(...batch.hints);
        this.position = batch.position;
      },
    });
    this.ended = Promise.resolve(listening).then(
      () => 'stopped',
      (error: unknown) => error,
    );
  }

  /** Waits until the stream is open, which its first batch shows. */
  async open(): Promise<this> {
    await vi.waitUntil(() => this.batches > 0);
    return this;
  }

  async stop(): Promise<unknown> {
    this.#stop.abort();
    return this.ended;
  }
}

const listeners: Listener[] = [];
const listen = async (
  position: string | null = null,
  connector: CrmConnector = connectOrg(org),
): Promise<Listener> => {
  const listener = new Listener(connector, position);
  listeners.push(listener);
  return position === null ? listener.open() : listener;
};
afterEach(async () => {
  await Promise.all(listeners.splice(0).map((listener) => listener.stop()));
});

describe('salesforce: change events', () => {
  it('become hints of records that others created, changed, deleted and restored', async () => {
    const listener = await listen();
    const { id: made = '' } = await person.sobject('Account').create({ Name: 'New' });
    await rename(0, 'Renamed');
    await person.sobject('Account').destroy(made);
    await control(org, 'POST', 'undelete', { id: made });
    await expect
      .poll(() => listener.hints)
      .toEqual([made, id(0), made, made].map((extId) => ({ object: 'Account', extId })));
  });

  it('leave out our own writes', async () => {
    const listener = await listen();
    const write = { id: 'w', extId: id(1), keyValue: null, fields: { Name: 'Ours' } };
    await connectOrg(org).push({ object: 'Account', operation: 'update', keyField: null, writes: [write] });
    await rename(2, 'Theirs');
    await expect.poll(() => listener.hints).toEqual([{ object: 'Account', extId: id(2) }]);
  });

  it('name each record that changed in one event', async () => {
    const listener = await listen();
    await person.sobject('Account').update([0, 1, 2].map((n) => ({ Id: id(n), Industry: 'Energy' })));
    await expect.poll(() => listener.hints.map((hint) => hint.extId)).toEqual([id(0), id(1), id(2)]);
    const [last] = [...org.store.collection('salesforce:#event').values()].slice(-1);
    expect(last).toMatchObject({
      event: { recordIds: [id(0), id(1), id(2)], changed: expect.arrayContaining(['Industry']) },
    });
  });

  it('name only the requested objects', async () => {
    const listener = await listen();
    await person.sobject('Fairway_Payout__c').create({ Key__c: `k${Date.now()}` });
    await rename(3, 'Heard');
    await expect.poll(() => listener.hints).toEqual([{ object: 'Account', extId: id(3) }]);
  });

  it('are not sent for changes that were rolled back', async () => {
    const listener = await listen();
    const records = [
      { attributes: { type: 'Account' }, id: id(4), Name: 'Half' },
      { attributes: { type: 'Account' }, id: id(5), Name: 'x'.repeat(300) },
    ];
    await person.request({
      method: 'PATCH',
      url: '/composite/sobjects',
      body: JSON.stringify({ allOrNone: true, records }),
      headers: { 'content-type': 'application/json' },
    });
    await rename(5, 'After');
    await expect.poll(() => listener.hints).toEqual([{ object: 'Account', extId: id(5) }]);
  });
});

describe('salesforce: listening', () => {
  it('continues from the stored position without loss', async () => {
    const first = await listen();
    await rename(0, 'Before');
    await expect.poll(() => first.hints).toHaveLength(1);
    await first.stop();
    await rename(1, 'Meanwhile');
    await rename(2, 'Meanwhile');
    const second = await listen(first.position);
    await expect.poll(() => second.hints.map((hint) => hint.extId)).toEqual([id(1), id(2)]);
  });

  it('moves its position on while nothing happens', async () => {
    const listener = await listen();
    const { position } = listener;
    org.advance(2 * 3_600_000 - 60_000);
    await expect.poll(() => listener.position).not.toBe(position);
    expect(listener.hints).toEqual([]);
    person = await connectTo(org);
  });

  it('reads the next batch only after the last one was stored', async () => {
    const listener = await listen();
    let release: () => void = () => undefined;
    listener.hold = new Promise((resolve) => (release = resolve));
    for (let round = 0; round < 3; round += 1)
      await person
        .sobject('Account')
        .update(Array.from({ length: 6 }, (_, n) => ({ Id: id(n), Name: `Round ${round} ${n}` })));
    await expect.poll(() => listener.batches).toBeGreaterThan(1);
    const { batches } = listener;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect([listener.batches, listener.hints]).toEqual([batches, []]);
    release();
    listener.hold = Promise.resolve();
    await expect.poll(() => listener.hints.length).toBeGreaterThanOrEqual(6);
  });

  it('receives more events than it requests at once', async () => {
    const listener = await listen();
    const seen = new Set<string>();
    for (let round = 0; round < 45; round += 1)
      await person
        .sobject('Account')
        .update(Array.from({ length: 6 }, (_, n) => ({ Id: id(n), Name: `Many ${round} ${n}` })));
    await rename(0, 'Last of many');
    const total = (): number => org.store.collection('salesforce:#event').size;
    expect(total()).toBeGreaterThan(250);
    await expect
      .poll(() => listener.position, { timeout: 5000 })
      .toBe(positionOf([...org.store.collection('salesforce:#event').keys()].at(-1)));
    for (const hint of listener.hints) seen.add(hint.extId ?? '');
    expect(seen.size).toBe(6);
  });

  it('reports the records of a gap, or the whole object when the gap is too large', async () => {
    const listener = await listen();
    await control(org, 'POST', 'gap', { object: 'Account', ids: [id(0), id(1)], type: 'UPDATE' });
    await expect.poll(() => listener.hints.map((hint) => hint.extId)).toEqual([id(0), id(1)]);
    await control(org, 'POST', 'gap', { object: 'Opportunity', type: 'OVERFLOW' });
    await expect.poll(() => listener.hints.at(-1)).toEqual({ object: 'Opportunity', extId: null });
  });

  it('reports every object when it cannot read an event, and continues', async () => {
    const listener = await listen();
    await control(org, 'POST', 'garble', { object: 'Account', ids: [id(0)] });
    await expect.poll(() => listener.hints).toEqual(objects.map((object) => ({ object, extId: null })));
    await rename(1, 'Readable');
    await expect.poll(() => listener.hints.at(-1)).toEqual({ object: 'Account', extId: id(1) });
  });

  it('reports every object when Salesforce no longer has its position, and continues', async () => {
    const first = await listen();
    await first.stop();
    await control(org, 'POST', 'forget-events');
    const second = await (await listen(first.position)).open();
    await expect.poll(() => second.hints).toEqual(objects.map((object) => ({ object, extId: null })));
    await expect.poll(() => second.batches).toBeGreaterThan(1);
    await rename(0, 'Heard again');
    await expect.poll(() => second.hints.at(-1)).toEqual({ object: 'Account', extId: id(0) });
  });

  it('loses a position after three days, as Salesforce does', async () => {
    const first = await listen();
    await rename(0, 'Old');
    await expect.poll(() => first.hints).toHaveLength(1);
    await first.stop();
    org.advance(73 * 3_600_000);
    person = await connectTo(org);
    const second = await listen(first.position);
    await expect.poll(() => second.hints).toEqual(objects.map((object) => ({ object, extId: null })));
  });

  it('signs in again when its session has expired', async () => {
    const connector = connectOrg(org);
    await connector.check();
    org.advance(3 * 3_600_000);
    person = await connectTo(org);
    const listener = await listen(null, connector);
    await rename(0, 'With a new token');
    await expect.poll(() => listener.hints).toEqual([{ object: 'Account', extId: id(0) }]);
  });

  it('stops at once when it is asked to', async () => {
    const listener = await listen();
    expect(await listener.stop()).toBe('stopped');
    const { batches } = listener;
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(listener.batches).toBe(batches);
  });

  it('is not available to a connection that switched it off', () => {
    expect(connectOrg(org, { settings: { changeEvents: 'off' } }).listen).toBeNull();
  });

  it('rejects with a failure to retry when the stream breaks, without losing received events', async () => {
    const vendor = buildSalesforce({ store: org.store, now: () => org.clock.now });
    const port = await vendor.listenForEvents(0);
    const endpoint = { settings: { pubSubEndpoint: `localhost:${port}` } };
    const listener = await listen(null, connectOrg(org, endpoint));
    const { position } = listener;
    await vendor.app.close();
    expect(await listener.ended).toMatchObject({ name: 'ConnectorError', failure: { class: 'retry' } });
    expect(listener.position).toBe(position);
    const again = await listen(null, connectOrg(org));
    expect(again.batches).toBeGreaterThan(0);
  });

  it('accepts a self-signed certificate only from this machine', () => {
    expect(() => connectOrg(org, { settings: { pubSubEndpoint: 'events.example.com:7443' } })).toThrow(
      expect.objectContaining({ failure: expect.objectContaining({ fields: ['pubSubTrust'] }) }),
    );
  });

  it('trusts no unknown certificate unless the settings allow it', async () => {
    const distrustful = new Listener(connectOrg(org, { settings: { pubSubTrust: 'authorities' } }));
    expect(await distrustful.ended).toMatchObject({
      failure: { class: 'retry', message: expect.stringMatching(/self.signed|certificate/i) },
    });
  });
});

function positionOf(key: string | undefined): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(Number(key)));
  return bytes.toString('base64');
}
