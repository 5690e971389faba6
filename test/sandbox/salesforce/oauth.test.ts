import { Connection } from 'jsforce';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { control, refusalOf } from './control.ts';
import { startOrg } from './org.ts';
import type { RunningOrg } from './org.ts';

interface Authorization {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly instanceUrl: string;
}
interface TokenAnswer {
  readonly access_token?: string;
  readonly refresh_token?: string;
  readonly error?: string;
}

let org: RunningOrg;
let granted: Authorization;
beforeEach(async () => {
  org = await startOrg();
  granted = (await control<Authorization>(org, 'POST', 'authorizations')).body;
});
afterEach(() => org.close());

async function refresh(
  refreshToken: string,
  client: Record<string, string> = { client_id: granted.clientId },
): Promise<TokenAnswer> {
  const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken, ...client });
  return (await (
    await fetch(`${org.url}/services/oauth2/token`, { method: 'POST', body })
  ).json()) as TokenAnswer;
}
const statusWith = async (accessToken = ''): Promise<number> =>
  (
    await fetch(`${org.url}/services/data/v67.0/limits`, {
      headers: { authorization: `Bearer ${accessToken}` },
    })
  ).status;

it('gives a new pair for a refresh token', async () => {
  const next = await refresh(granted.refreshToken);
  expect(next.refresh_token).not.toBe(granted.refreshToken);
  expect([await statusWith(granted.accessToken), await statusWith(next.access_token)]).toEqual([200, 200]);
  expect((await refresh(next.refresh_token ?? '')).access_token).toBeDefined();
});

it('ends the whole family when a refresh token comes a second time', async () => {
  const next = await refresh(granted.refreshToken);
  expect(await refresh(granted.refreshToken)).toEqual({
    error: 'invalid_grant',
    error_description: 'expired access/refresh token',
  });
  expect(await refresh(next.refresh_token ?? '')).toMatchObject({ error: 'invalid_grant' });
  expect([await statusWith(granted.accessToken), await statusWith(next.access_token)]).toEqual([401, 401]);
});

it('leaves the families of other approvals alone', async () => {
  const other = (await control<Authorization>(org, 'POST', 'authorizations')).body;
  await refresh(granted.refreshToken);
  await refresh(granted.refreshToken);
  expect(await statusWith(other.accessToken)).toBe(200);
});

it('refuses a foreign app and a wrong secret without using the token up', async () => {
  expect(await refresh(granted.refreshToken, { client_id: 'nobody' })).toMatchObject({
    error: 'invalid_client',
  });
  expect(
    await refresh(granted.refreshToken, { client_id: granted.clientId, client_secret: 'wrong' }),
  ).toMatchObject({
    error: 'invalid_client',
  });
  const right = { client_id: granted.clientId, client_secret: granted.clientSecret };
  expect((await refresh(granted.refreshToken, right)).access_token).toBeDefined();
});

it('ends the family of a refresh token that is revoked', async () => {
  const body = new URLSearchParams({ token: granted.refreshToken });
  expect((await fetch(`${org.url}/services/oauth2/revoke`, { method: 'POST', body })).status).toBe(200);
  expect(await statusWith(granted.accessToken)).toBe(401);
});

it('catches a client that does not keep the rotated token, as jsforce’s own refresh does not', async () => {
  const { clientId, accessToken, refreshToken, instanceUrl } = granted;
  const connection = new Connection({
    oauth2: { clientId, loginUrl: org.url },
    accessToken,
    refreshToken,
    instanceUrl,
    version: '67.0',
  });
  org.advance(3 * 3_600_000);
  expect((await connection.query('SELECT Id FROM Account')).totalSize).toBe(0);
  org.advance(3 * 3_600_000);
  expect((await refusalOf(connection.query('SELECT Id FROM Account'))).message).toContain(
    'expired access/refresh token',
  );
});

it('ends the family of a client that asks again because the answer to its refresh was lost on the way', async () => {
  org.faults.add({
    vendor: 'salesforce',
    match: { path: '/oauth2/token', times: 1 },
    fault: { kind: 'cut', when: 'after' },
  });
  await expect(refresh(granted.refreshToken)).rejects.toThrow('fetch failed');
  expect(await refresh(granted.refreshToken)).toMatchObject({ error: 'invalid_grant' });
});
