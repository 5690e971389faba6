import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { enterprise } from '#sandbox/hubspot/limits.ts';
import { openAccount, type Answer, type TestAccount } from './account.ts';

let account: TestAccount;
let app: Record<string, string>;
beforeEach(async () => {
  account = await openAccount();
  app = (await account.control('POST', '/apps', {})).body;
});
afterEach(() => account.close());

const companies = '/crm/objects/2026-09/companies';
const client = (): Record<string, string> => ({
  client_id: app['clientId'] ?? '',
  client_secret: app['clientSecret'] ?? '',
});
const form = async (path: string, fields: Record<string, string>): Promise<Answer> => {
  const response = await fetch(`${account.url}/oauth/2026-09/token${path}`, {
    method: 'POST',
    body: new URLSearchParams(fields),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
};
const refresh = () =>
  form('', { ...client(), grant_type: 'refresh_token', refresh_token: app['refreshToken'] ?? '' });
const read = (token: string | undefined) => account.callWith(token ?? '')('GET', companies);

describe('HubSpot sandbox: an OAuth app', () => {
  it('has to refresh its access token after half an hour', async () => {
    expect((await read(app['accessToken'])).status).toBe(200);
    account.forward(1_800_000);
    const expired = await read(app['accessToken']);
    expect([expired.status, expired.body.category]).toEqual([401, 'EXPIRED_AUTHENTICATION']);
    const refreshed = await refresh();
    expect(refreshed.body).toMatchObject({
      expires_in: 1800,
      token_type: 'bearer',
      hub_id: 48_151_623,
      refresh_token: app['refreshToken'],
    });
    expect((await read(refreshed.body.access_token)).status).toBe(200);
  });

  it('learns how long its token lives, for any lifetime', async () => {
    await account.control('PATCH', '/settings', { accessTokenSeconds: 60 });
    const refreshed = await refresh();
    expect(refreshed.body.expires_in).toBe(60);
    account.forward(60_000);
    expect((await read(refreshed.body.access_token)).status).toBe(401);
  });

  it('gets its first tokens for a code that works once', async () => {
    const query = new URLSearchParams({
      client_id: app['clientId'] ?? '',
      redirect_uri: 'https://fairway.example/back',
      scope: 'oauth',
      state: 's',
    });
    const granted = await fetch(`${account.url}/oauth/authorize?${query.toString()}`, { redirect: 'manual' });
    const back = new URL(granted.headers.get('location') ?? '');
    expect([back.host, back.searchParams.get('state')]).toEqual(['fairway.example', 's']);
    const exchange = () =>
      form('', {
        ...client(),
        grant_type: 'authorization_code',
        redirect_uri: 'https://fairway.example/back',
        code: back.searchParams.get('code') ?? '',
      });
    expect((await read((await exchange()).body.access_token)).status).toBe(200);
    expect((await exchange()).body).toMatchObject({ status: 'BAD_AUTH_CODE', error: 'invalid_grant' });
  });

  it('can look its tokens up and revoke them', async () => {
    const token = app['accessToken'] ?? '';
    expect((await form('/introspect', { ...client(), token })).body).toMatchObject({
      active: true,
      token_use: 'access_token',
      expires_in: 1800,
    });
    expect((await form('/revoke', { ...client(), token })).status).toBe(204);
    expect((await form('/introspect', { ...client(), token })).body).toEqual({ active: false });
    expect((await read(token)).status).toBe(401);
  });

  it('is refused every call once the account has uninstalled it', async () => {
    await account.control('POST', `/apps/${app['appId']}/uninstall`);
    expect((await read(app['accessToken'])).body.category).toBe('INVALID_AUTHENTICATION');
    expect((await refresh()).body).toMatchObject({ status: 'BAD_REFRESH_TOKEN', error: 'invalid_grant' });
    account.forward(86_400_000);
    expect((await read(app['accessToken'])).status).toBe(401);
    await account.control('POST', `/apps/${app['appId']}/install`);
    expect((await read((await refresh()).body.access_token)).status).toBe(200);
  });

  it('is refused with a secret that is not its own', async () => {
    const answer = await form('', {
      ...client(),
      client_secret: 'guess',
      grant_type: 'refresh_token',
      refresh_token: app['refreshToken'] ?? '',
    });
    expect([answer.status, answer.body.status]).toEqual([400, 'BAD_CLIENT_SECRET']);
  });

  it('may call 110 times in ten seconds, searches not counted, beside what private apps use', async () => {
    account.vendor.limits.allowance = { ...enterprise, oauthPerTenSeconds: 2, searchesPerSecond: 100 };
    const search = { after: '0', limit: 1, properties: [], sorts: [], filterGroups: [] };
    const call = account.callWith(app['accessToken'] ?? '');
    expect(enterprise.oauthPerTenSeconds).toBe(110);
    await account.call('GET', companies);
    for (const path of ['search', 'search', 'search'])
      expect((await call('POST', `${companies}/${path}`, search)).status).toBe(200);
    const [first, second, third] = [
      await call('GET', companies),
      await call('GET', companies),
      await call('GET', companies),
    ];
    expect([first.status, second.status, third.status]).toEqual([200, 200, 429]);
    expect([
      first.headers.get('x-hubspot-ratelimit-max'),
      first.headers.has('x-hubspot-ratelimit-daily'),
    ]).toEqual(['2', false]);
    expect((await account.call('GET', companies)).status).toBe(200);
  });

  it('has no daily limit, while the private apps’ day can run out until midnight', async () => {
    await account.control('PATCH', '/limits', { perDay: 0 });
    expect((await account.call('GET', companies)).body).toMatchObject({
      category: 'RATE_LIMITS',
      policyName: 'DAILY',
    });
    expect((await read(app['accessToken'])).status).toBe(200);
    await account.control('PATCH', '/limits', { perDay: 1 });
    expect((await account.call('GET', companies)).status).toBe(200);
    expect((await account.call('GET', companies)).status).toBe(429);
    account.forward(16 * 3_600_000);
    expect((await account.call('GET', companies)).status).toBe(200);
  });
});
