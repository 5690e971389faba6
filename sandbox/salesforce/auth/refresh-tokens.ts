import { randomBytes, randomUUID } from 'node:crypto';
import { issueAccessToken } from './access-tokens.ts';
import { integrationUser } from '#sandbox/salesforce/bootstrap.ts';
import type { Org } from '#sandbox/salesforce/records/org.ts';

const collection = 'salesforce:#refresh-token';

/** One app's approval by one user: all tokens that came from it live and die together. */
interface Family {
  readonly family: string;
  readonly clientId: string;
  readonly userId: string;
}

export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** The result of the web-server flow: a user has approved a new app. */
export function authorize(
  org: Org,
): TokenPair & { readonly clientId: string; readonly clientSecret: string } {
  const user = integrationUser(org);
  const clientId = `3MVG9${randomBytes(30).toString('base64url')}`;
  const clientSecret = randomBytes(32).toString('hex').toUpperCase();
  org.store.put('salesforce:#client', clientId, {
    clientSecret,
    username: String(user['Username']),
    userId: user.Id,
  });
  return { clientId, clientSecret, ...issuePair(org, { family: randomUUID(), clientId, userId: user.Id }) };
}

function issuePair(org: Org, family: Family): TokenPair {
  const refreshToken = `5Aep861${randomBytes(48).toString('base64url')}`;
  org.store.put(collection, refreshToken, { ...family, used: false });
  return { accessToken: issueAccessToken(org, family.userId, family.family), refreshToken };
}

export interface RefreshRequest {
  readonly refreshToken: string;
  readonly clientId: string;
  readonly clientSecret: string | null;
}

/**
 * A new pair for a refresh token, which works once. One that comes a second time was stolen, or its successor
 * was lost: Salesforce cannot know which, and ends the whole family.
 */
export function refresh(
  org: Org,
  request: RefreshRequest,
): (TokenPair & { readonly userId: string }) | 'invalid_client' | 'invalid_grant' {
  const token = org.store.collection(collection).get(request.refreshToken) as
    | (Family & { used: boolean })
    | undefined;
  const client = org.store.collection('salesforce:#client').get(request.clientId);
  if (!client || (request.clientSecret !== null && request.clientSecret !== client['clientSecret']))
    return 'invalid_client';
  if (!token || token.clientId !== request.clientId) return 'invalid_grant';
  if (token.used) {
    revokeFamily(org, token.family);
    return 'invalid_grant';
  }
  const { used: _used, ...family } = token;
  org.store.put(collection, request.refreshToken, { ...family, used: true });
  return { ...issuePair(org, family), userId: family.userId };
}

/** Ends the family of a refresh token. @returns whether there was one. */
export function revokeRefreshToken(org: Org, refreshToken: string): boolean {
  const token = org.store.collection(collection).get(refreshToken);
  if (token) revokeFamily(org, String(token['family']));
  return Boolean(token);
}

function revokeFamily(org: Org, family: string): void {
  for (const name of [collection, 'salesforce:#token']) {
    for (const [token, body] of [...org.store.collection(name)])
      if (body['family'] === family) org.store.remove(name, token);
  }
}
