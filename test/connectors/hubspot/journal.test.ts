import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CrmConnector, Hint, ListenRequest } from '#connectors/contract/crm.ts';
import { createHubspot } from '#connectors/hubspot/connector.ts';
import { Faults } from '#sandbox/faults.ts';
import { openAccount, type TestAccount } from '#test/sandbox/hubspot/account.ts';
import { alone } from '#test/support/connector-input.ts';

const faults = new Faults();
let account: TestAccount;
let connector: CrmConnector;
beforeEach(async () => {
  account = await openAccount(faults);
  const { settings, secrets } = account.vendor.credentials({ publicKeyPem: '' });
  connector = createHubspot({ ...alone, settings, secrets, now: account.now });
});
afterEach(async () => {
  faults.clear();
  await account.close();
});

type Batch = Parameters<ListenRequest['deliver']>[0];

const objects = ['companies', 'deals'];

/** Listens from a position until `enough` is true, and returns every batch. */
async function listen(
  position: string | null,
  enough: (batches: readonly Batch[]) => boolean,
): Promise<Batch[]> {
  const stop = new AbortController();
  const batches: Batch[] = [];
  const deliver = async (batch: Batch): Promise<void> => {
    batches.push(batch);
    if (enough(batches)) stop.abort();
  };
  await connector.listen?.({ objects, position, signal: stop.signal, deliver });
  return batches;
}
const receive = (position: string, hints: number): Promise<Batch[]> =>
  listen(position, (batches) => hintsIn(batches).length >= hints);
/** A position from which nothing has happened yet. */
const here = async (): Promise<string> => (await listen(null, () => true)).at(-1)?.position ?? '';
const hintsIn = (batches: readonly Batch[]): readonly Hint[] => batches.flatMap(({ hints }) => hints);
const company = (extId: string): Hint => ({ object: 'companies', extId });
const edit = async (properties: object, id?: string): Promise<string> =>
  (
    await account.control('POST', '/edit', {
      objectType: 'companies',
      ...(id === undefined ? {} : { id }),
      properties,
    })
  ).body.id;
describe('hubspot: the webhooks journal', () => {
  it('exists only when the app can sign in as itself', () => {
    expect(connector.listen).not.toBeNull();
    const without = createHubspot({
      ...alone,
      settings: {},
      secrets: { accessToken: 'pat' },
      now: account.now,
    });
    expect(without.listen).toBeNull();
  });

  it('stores a position before the first event, and reports every event after it, also to a later listener', async () => {
    const [first] = await listen(null, () => true);
    expect(first?.hints).toEqual([]);
    const id = await edit({ name: 'Arden' });
    expect(hintsIn(await receive(first?.position ?? '', 1))).toEqual([company(id)]);
  });

  it('reports an event within seconds while it listens', async () => {
    const received = receive(await here(), 1);
    await sleep(200);
    const id = await edit({ name: 'Arden' });
    expect(hintsIn(await received)).toEqual([company(id)]);
  });

  it('continues after the stored batch, file by file', async () => {
    await account.control('PATCH', '/settings', { journalFileSize: 1 });
    const position = await here();
    const [one, two] = [await edit({}), await edit({})];
    const [first] = await receive(position, 1);
    expect(first?.hints).toEqual([company(one)]);
    expect(hintsIn(await receive(first?.position ?? '', 1))).toEqual([company(two)]);
  });

  it('delivers the same batch again when it could not be stored', async () => {
    const position = await here();
    const id = await edit({ name: 'Arden' });
    const failing = connector.listen?.({
      objects,
      position,
      signal: new AbortController().signal,
      deliver: async () => Promise.reject(new Error('the database is away')),
    });
    await expect(failing).rejects.toThrow('the database is away');
    expect(hintsIn(await receive(position, 1))).toEqual([company(id)]);
  });

  it('subscribes once, even with several listeners', async () => {
    await here();
    const subscriptions = (): number =>
      account.store.calls('hubspot').filter((call) => call.summary === 'create journal subscriptions').length;
    expect(subscriptions()).toBe(6);
    await here();
    expect(subscriptions()).toBe(6);
  });
});

describe('hubspot: the events of the journal', () => {
  it('name every record of a merge, both ends of an association, and deleted or restored records', async () => {
    const [one, two, three] = [await edit({}), await edit({}), await edit({})];
    const deal = (
      await account.control('POST', '/edit', { objectType: 'deals', properties: { dealname: 'Pumps' } })
    ).body.id as string;
    const position = await here();
    await account.control('PATCH', '/settings', { mergeIds: 'new' });
    const survivor = (
      await account.control('POST', '/merge', { objectType: 'companies', primaryId: one, otherId: two })
    ).body.id as string;
    await account.control('POST', '/archive', { objectType: 'companies', id: three });
    await account.control('POST', '/restore', { objectType: 'companies', id: three });
    await account.control('POST', '/associate', {
      objectType: 'deals',
      id: deal,
      toObjectType: 'companies',
      toId: three,
    });
    const hints = hintsIn(await receive(position, 5));
    expect(new Set(hints)).toEqual(
      new Set([...[one, two, three, survivor].map(company), { object: 'deals', extId: deal }]),
    );
  });

  it('report an erasure as one, although a deletion comes with it', async () => {
    const id = await edit({ name: 'Arden' });
    const position = await here();
    await account.control('POST', '/erase', { objectType: 'companies', id });
    expect(hintsIn(await receive(position, 1))).toEqual([{ ...company(id), erased: true }]);
  });

  it('do not contain our own writes', async () => {
    const id = await edit({ name: 'Arden' });
    const other = await edit({ name: 'Boreal' });
    const position = await here();
    const write = { id: 'w', extId: id, keyValue: null, fields: { city: 'Lyon' } };
    await connector.push({ object: 'companies', operation: 'update', keyField: null, writes: [write] });
    await edit({ city: 'Kiel' }, other);
    expect(hintsIn(await receive(position, 1))).toEqual([company(other)]);
  });

  it('become a hint for each object as a whole when the position has expired', async () => {
    await here();
    await edit({ name: 'Arden' });
    const position = await here();
    account.forward(4 * 86_400_000);
    const [batch, ...rest] = await receive(position, 2);
    expect(batch?.hints).toEqual([
      { object: 'companies', extId: null },
      { object: 'deals', extId: null },
    ]);
    expect(rest).toEqual([]);
    const id = await edit({ name: 'Later' });
    expect(hintsIn(await receive(batch?.position ?? '', 1))).toEqual([company(id)]);
  });
});

describe('hubspot: a journal that fails', () => {
  it('continues with a new token when the old one has expired', async () => {
    const position = await here();
    const received = receive(position, 1);
    await sleep(200);
    faults.add({ vendor: 'hubspot', match: { times: 1 }, fault: { kind: 'expire_tokens' } });
    const id = await edit({ name: 'Arden' });
    expect(hintsIn(await received)).toEqual([company(id)]);
    expect(account.store.calls('hubspot').filter((call) => call.status === 401)).toHaveLength(1);
  });

  it('stops at once when it is asked to, although HubSpot never answers', async () => {
    const position = await here();
    faults.add({ vendor: 'hubspot', fault: { kind: 'hang' } });
    const before = performance.now();
    await connector.listen?.({
      objects,
      position,
      deliver: async () => {},
      signal: AbortSignal.timeout(300),
    });
    expect(performance.now() - before).toBeLessThan(2_000);
  });

  it('reports why it broke', async () => {
    const { settings, secrets } = account.vendor.credentials({ publicKeyPem: '' });
    const wrong = createHubspot({
      ...alone,
      settings,
      secrets: { ...secrets, clientSecret: 'guess' },
      now: account.now,
    });
    const listening = wrong.listen?.({
      objects,
      position: null,
      deliver: async () => {},
      signal: new AbortController().signal,
    });
    await expect(listening).rejects.toMatchObject({ failure: { class: 'auth', code: 'BAD_CLIENT_SECRET' } });
  });
});
