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

/** Listens from a position until `enough`; gives every batch. */
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
const hear = (position: string, hints: number): Promise<Batch[]> =>
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
  it('is there when the app can sign in as itself, and else is not', () => {
    expect(connector.listen).not.toBeNull();
    const without = createHubspot({
      ...alone,
      settings: {},
      secrets: { accessToken: 'pat' },
      now: account.now,
    });
    expect(without.listen).toBeNull();
  });

  it('keeps a position before anything happens, and tells what happens from there on, also to a later listener', async () => {
    const [first] = await listen(null, () => true);
    expect(first?.hints).toEqual([]);
    const id = await edit({ name: 'Arden' });
    expect(hintsIn(await hear(first?.position ?? '', 1))).toEqual([company(id)]);
  });

  it('hears of what happens while it listens, within seconds', async () => {
    const heard = hear(await here(), 1);
    await sleep(200);
    const id = await edit({ name: 'Arden' });
    expect(hintsIn(await heard)).toEqual([company(id)]);
  });

  it('goes on after the batch that was kept, file by file', async () => {
    await account.control('PATCH', '/settings', { journalFileSize: 1 });
    const position = await here();
    const [one, two] = [await edit({}), await edit({})];
    const [first] = await hear(position, 1);
    expect(first?.hints).toEqual([company(one)]);
    expect(hintsIn(await hear(first?.position ?? '', 1))).toEqual([company(two)]);
  });

  it('brings the same batch again when it could not be kept', async () => {
    const position = await here();
    const id = await edit({ name: 'Arden' });
    const failing = connector.listen?.({
      objects,
      position,
      signal: new AbortController().signal,
      deliver: async () => Promise.reject(new Error('the database is away')),
    });
    await expect(failing).rejects.toThrow('the database is away');
    expect(hintsIn(await hear(position, 1))).toEqual([company(id)]);
  });

  it('subscribes once, whoever listens and however often', async () => {
    await here();
    const subscriptions = (): number =>
      account.store.calls('hubspot').filter((call) => call.summary === 'create journal subscriptions').length;
    expect(subscriptions()).toBe(6);
    await here();
    expect(subscriptions()).toBe(6);
  });
});

describe('hubspot: what the journal tells', () => {
  it('is every record of a merge, both ends of an association, and what was deleted or came back', async () => {
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
    const hints = hintsIn(await hear(position, 5));
    expect(new Set(hints)).toEqual(
      new Set([...[one, two, three, survivor].map(company), { object: 'deals', extId: deal }]),
    );
  });

  it('is an erasure as an erasure, though a deletion goes with it', async () => {
    const id = await edit({ name: 'Arden' });
    const position = await here();
    await account.control('POST', '/erase', { objectType: 'companies', id });
    expect(hintsIn(await hear(position, 1))).toEqual([{ ...company(id), erased: true }]);
  });

  it('is nothing of what we wrote ourselves', async () => {
    const id = await edit({ name: 'Arden' });
    const other = await edit({ name: 'Boreal' });
    const position = await here();
    const write = { id: 'w', extId: id, keyValue: null, fields: { city: 'Lyon' } };
    await connector.push({ object: 'companies', operation: 'update', keyField: null, writes: [write] });
    await edit({ city: 'Kiel' }, other);
    expect(hintsIn(await hear(position, 1))).toEqual([company(other)]);
  });

  it('is that everything may have changed, when we come back after more than it remembers', async () => {
    await here();
    await edit({ name: 'Arden' });
    const position = await here();
    account.forward(4 * 86_400_000);
    const [batch, ...rest] = await hear(position, 2);
    expect(batch?.hints).toEqual([
      { object: 'companies', extId: null },
      { object: 'deals', extId: null },
    ]);
    expect(rest).toEqual([]);
    const id = await edit({ name: 'Later' });
    expect(hintsIn(await hear(batch?.position ?? '', 1))).toEqual([company(id)]);
  });
});

describe('hubspot: a journal that fails', () => {
  it('goes on with a new token when the old one has expired', async () => {
    const position = await here();
    const heard = hear(position, 1);
    await sleep(200);
    faults.add({ vendor: 'hubspot', match: { times: 1 }, fault: { kind: 'expire_tokens' } });
    const id = await edit({ name: 'Arden' });
    expect(hintsIn(await heard)).toEqual([company(id)]);
    expect(account.store.calls('hubspot').filter((call) => call.status === 401)).toHaveLength(1);
  });

  it('ends at once when it is to stop, though HubSpot never answers', async () => {
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

  it('says why it broke', async () => {
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
