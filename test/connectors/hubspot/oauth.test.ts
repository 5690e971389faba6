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
  it('are used until shortly before they expire and then renewed, so that no call is refused', async () => {
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

  it('are renewed once for two connectors and all their calls', async () => {
    const connectors = [connect(), connect()];
    account.forward(1_800_000);
    await Promise.all([...connectors, ...connectors].map((connector) => connector.check()));
    expect(vault.exchanges()).toBe(1);
    expect(statuses().filter((status) => status === 401)).toEqual([]);
  });

  it('are renewed when HubSpot refuses one that has not expired, and the call succeeds', async () => {
    const connector = connect();
    await connector.check();
    faults.add({ vendor: 'hubspot', match: { times: 1 }, fault: { kind: 'expire_tokens' } });
    expect((await connector.check()).account).toBe('HubSpot 48151623');
    expect(vault.exchanges()).toBe(1);
    expect(connector.calls()).toBe(3);
  });

  it('include a refresh token that HubSpot replaced', async () => {
    await account.control('PATCH', '/settings', { rotateRefreshTokens: true });
    for (let n = 0; n < 3; n += 1) {
      account.forward(1_800_000);
      await connect().check();
    }
    expect(vault.stored()?.refreshToken).not.toBe(app['refreshToken']);
  });

  it('are requested again when the answer was lost', async () => {
    account.forward(1_800_000);
    faults.add({
      vendor: 'hubspot',
      match: { path: '/oauth/', times: 1 },
      fault: { kind: 'cut', when: 'after' },
    });
    expect((await connect().check()).account).toBe('HubSpot 48151623');
  });
});

describe('hubspot: an OAuth app without access', () => {
  it('stops at once when the account has uninstalled it, with the fix', async () => {
    await account.control('POST', `/apps/${app['appId']}/uninstall`);
    await expect(connect().check()).rejects.toMatchObject({
      failure: { class: 'auth', code: 'BAD_REFRESH_TOKEN', fix: expect.stringContaining('uninstalled') },
    });
    expect(statuses()).toEqual([401, 400]);
  });

  it('reports a wrong client secret', async () => {
    account.forward(1_800_000);
    await expect(connect({ clientSecret: 'guess' }).check()).rejects.toMatchObject({
      failure: { class: 'auth', code: 'BAD_CLIENT_SECRET', fix: expect.stringContaining('client secret') },
    });
  });

  it('must be connected when no tokens are stored', async () => {
    vault = memoryVault(null);
    await expect(connect().check()).rejects.toMatchObject({
      failure: { class: 'auth', code: 'SIGN_IN_AGAIN' },
    });
  });
});

describe('hubspot: limits by kind of app', () => {
  it('are 110 calls in ten seconds, without searches and without a daily limit, for an OAuth app', () => {
    const windows = connect().windows();
    expect(windows.map(({ name, allowed, counts }) => [name, allowed, counts])).toEqual([
      ['burst', 110, ['call']],
      ['search', 5, ['search']],
    ]);
  });

  it('are 100 calls in ten seconds and 250,000 a day for a private app, until HubSpot reports others', () => {
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
