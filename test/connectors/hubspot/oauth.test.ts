import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CrmConnector } from '#connectors/contract/crm.ts';
import { createHubspot } from '#connectors/hubspot/connector.ts';
import { Faults } from '#sandbox/faults.ts';
import { openAccount, type TestAccount } from '#test/sandbox/hubspot/account.ts';
import { alone } from '#test/support/connector-input.ts';
import { memoryVault } from './vault.ts';

const faults = new Faults();
let account: TestAccount;
let app: Record<string, string>;
let vault: ReturnType<typeof memoryVault>;
beforeEach(async () => {
  account = await openAccount(faults);
  app = (await account.control('POST', '/apps', {})).body;
  vault = memoryVault({
    accessToken: app['accessToken'] ?? '',
    refreshToken: app['refreshToken'] ?? '',
    expiresAt: app['expiresAt'] ?? null,
  });
});
afterEach(async () => {
  faults.clear();
  await account.close();
});

const connect = (secrets: Record<string, string> = {}): CrmConnector =>
  createHubspot({
    ...alone,
    tokens: vault,
    settings: {
      basePath: account.url,
      authType: 'oauth',
      appId: app['appId'] ?? '',
      clientId: app['clientId'] ?? '',
    },
    secrets: { clientSecret: app['clientSecret'] ?? '', ...secrets },
    now: account.now,
  });
const statuses = (): number[] => account.store.calls('hubspot').map((call) => call.status);

describe('hubspot: an OAuth app’s tokens', () => {
  it('are used while they live, and renewed before they end: no call is ever refused', async () => {
    const connector = connect();
    await connector.check();
    expect(vault.exchanges()).toBe(0);
    account.forward(1_771_000);
    await connector.check();
    expect(vault.exchanges()).toBe(1);
    account.forward(1_769_000);
    await connector.check();
    expect(vault.exchanges()).toBe(1);
    expect(statuses()).toEqual([200, 200, 200, 200]);
  });

  it('are renewed once for two connectors, and for all the calls of each', async () => {
    const connectors = [connect(), connect()];
    account.forward(1_800_000);
    await Promise.all([...connectors, ...connectors].map((connector) => connector.check()));
    expect(vault.exchanges()).toBe(1);
    expect(statuses().filter((status) => status === 401)).toEqual([]);
  });

  it('are renewed when HubSpot refuses one that should still be good, and the call goes through', async () => {
    const connector = connect();
    await connector.check();
    faults.add({ vendor: 'hubspot', match: { times: 1 }, fault: { kind: 'expire_tokens' } });
    expect((await connector.check()).account).toBe('HubSpot 48151623');
    expect(vault.exchanges()).toBe(1);
    expect(connector.calls()).toBe(3);
  });

  it('keep a refresh token HubSpot replaces', async () => {
    await account.control('PATCH', '/settings', { rotateRefreshTokens: true });
    for (let n = 0; n < 3; n += 1) {
      account.forward(1_800_000);
      await connect().check();
    }
    expect(vault.held()?.refreshToken).not.toBe(app['refreshToken']);
  });

  it('are asked for again when the answer got lost', async () => {
    account.forward(1_800_000);
    faults.add({
      vendor: 'hubspot',
      match: { path: '/oauth/', times: 1 },
      fault: { kind: 'cut', when: 'after' },
    });
    expect((await connect().check()).account).toBe('HubSpot 48151623');
  });
});

describe('hubspot: an OAuth app that may no longer', () => {
  it('stops at once when the account has uninstalled it, and says so', async () => {
    await account.control('POST', `/apps/${app['appId']}/uninstall`);
    await expect(connect().check()).rejects.toMatchObject({
      failure: { class: 'auth', code: 'BAD_REFRESH_TOKEN', fix: expect.stringContaining('uninstalled') },
    });
    expect(statuses()).toEqual([401, 400]);
  });

  it('says that its client secret is wrong', async () => {
    account.forward(1_800_000);
    await expect(connect({ clientSecret: 'guess' }).check()).rejects.toMatchObject({
      failure: { class: 'auth', code: 'BAD_CLIENT_SECRET', fix: expect.stringContaining('client secret') },
    });
  });

  it('has to be connected when no tokens were ever stored', async () => {
    vault = memoryVault(null);
    await expect(connect().check()).rejects.toMatchObject({
      failure: { class: 'auth', code: 'SIGN_IN_AGAIN' },
    });
  });
});

describe('hubspot: limits by kind of app', () => {
  it('are 110 calls in ten seconds without searches and without a day for an OAuth app', () => {
    const windows = connect().windows();
    expect(windows.map(({ name, allowed, counts }) => [name, allowed, counts])).toEqual([
      ['burst', 110, ['call']],
      ['search', 5, ['search']],
    ]);
  });

  it('are 100 calls in ten seconds and 250,000 a day for a private app, until HubSpot says otherwise', () => {
    const connector = createHubspot({
      ...alone,
      settings: {},
      secrets: { accessToken: 'pat' },
      now: () => new Date(),
    });
    expect(connector.windows().map(({ name, allowed, counts }) => [name, allowed, counts])).toEqual([
      ['burst', 100, ['call', 'search']],
      ['search', 5, ['search']],
      ['day', 250_000, ['call', 'search']],
    ]);
  });
});

describe('hubspot: settings', () => {
  it.each([
    [{ authType: 'oauth' }, { clientSecret: 's' }, 'clientId'],
    [{ authType: 'oauth', clientId: 'c' }, {}, 'clientSecret'],
    [{}, {}, 'accessToken'],
    [{ authType: 'basic' }, { accessToken: 'pat' }, 'authType'],
  ])('names what is missing of %j', (settings, secrets, name) => {
    expect(() => createHubspot({ ...alone, settings, secrets, now: () => new Date() })).toThrow(
      `needs a valid ${name}`,
    );
  });
});
