import { randomBytes } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Body } from '#sandbox/store.ts';
import { ApiError } from '#sandbox/salesforce/rest/api-error.ts';
import { organizationId } from '#sandbox/salesforce/bootstrap.ts';
import type { Org } from '#sandbox/salesforce/records/org.ts';

/** The life of an access token: the session setting of the org. */
const tokenLifetimeMs = 2 * 60 * 60 * 1000;
const collection = 'salesforce:#token';

/** @param family the approval the token came from; tokens of the bearer flow have none. */
export function issueAccessToken(org: Org, userId: string, family: string | null = null): string {
  const token = `${organizationId(org).slice(0, 15)}!${randomBytes(60).toString('base64url')}`;
  org.store.put(collection, token, { userId, family, expiresAt: org.now().getTime() + tokenLifetimeMs });
  return token;
}

/**
 * @throws ApiError 401 INVALID_SESSION_ID when the request carries no living access token. Gives the user's
 * id.
 */
export function userOf(org: Org, request: FastifyRequest): string {
  const token = /^(?:Bearer|OAuth) (\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
  const userId = sessionUser(org, token);
  if (userId === null) throw new ApiError(401, 'INVALID_SESSION_ID', 'Session expired or invalid');
  return userId;
}

/** The user of a living access token; null for any other text. */
export function sessionUser(org: Org, token: string): string | null {
  const session = sessionOf(org, token);
  return session === null ? null : String(session['userId']);
}

export const isLiveToken = (org: Org, token: string): boolean => sessionOf(org, token) !== null;

function sessionOf(org: Org, token: string): Body | null {
  const session = org.store.collection(collection).get(token);
  return session && Number(session['expiresAt']) > org.now().getTime() ? session : null;
}

/** @returns whether there was such a token. */
export function revokeAccessToken(org: Org, token: string): boolean {
  const known = org.store.collection(collection).has(token);
  if (known) org.store.remove(collection, token);
  return known;
}

/** Ends every session of the org. */
export function expireOrgTokens(org: Org): void {
  for (const token of [...org.store.collection(collection).keys()]) org.store.remove(collection, token);
}
