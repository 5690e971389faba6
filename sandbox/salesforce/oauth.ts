import { createHash, randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { decodeJwt, errors, importSPKI, jwtVerify } from 'jose';
import { ApiError } from './api-error.ts';
import { integrationUser, organizationId } from './bootstrap.ts';
import type { Org } from './org.ts';

/** How long an access token works: the session setting of the org. */
const tokenLifetimeMs = 2 * 60 * 60 * 1000;
const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const salesforceLogins = ['https://login.salesforce.com', 'https://test.salesforce.com'];

/** Registers an app by its public key, already approved for the integration user. The same key is the same app. */
export function registerClient(org: Org, publicKeyPem: string): { clientId: string; username: string } {
  const clientId = `3MVG9${createHash('sha256').update(publicKeyPem.trim()).digest('base64url').slice(0, 40)}`;
  const user = integrationUser(org);
  const username = String(user['Username']);
  org.store.put('salesforce:#client', clientId, { publicKeyPem, username, userId: user.Id });
  return { clientId, username };
}

/** @throws ApiError 401 INVALID_SESSION_ID when the request carries no living access token. Gives the user's id. */
export function userOf(org: Org, request: FastifyRequest): string {
  const token = /^(?:Bearer|OAuth) (\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
  const session = org.store.collection('salesforce:#token').get(token);
  if (!session || Number(session['expiresAt']) <= org.now().getTime())
    throw new ApiError(401, 'INVALID_SESSION_ID', 'Session expired or invalid');
  return String(session['userId']);
}

/** Ends every session of the org. */
export function expireTokens(org: Org): void {
  for (const token of [...org.store.collection('salesforce:#token').keys()]) org.store.remove('salesforce:#token', token);
}

export const originOf = (request: FastifyRequest): string => `${request.protocol}://${request.headers.host ?? request.hostname}`;

export function oauthRoutes(app: FastifyInstance, org: Org): void {
  app.post('/services/oauth2/token', async (request, reply) => {
    const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
    if (form.get('grant_type') !== jwtBearer) return refuse(reply, 'unsupported_grant_type', 'grant type not supported');
    const verdict = await checkAssertion(org, form.get('assertion') ?? '', [originOf(request), ...salesforceLogins]);
    if ('error' in verdict) return refuse(reply, verdict.error, verdict.description);
    const token = `${organizationId(org).slice(0, 15)}!${randomBytes(60).toString('base64url')}`;
    org.store.put('salesforce:#token', token, { userId: verdict.userId, expiresAt: org.now().getTime() + tokenLifetimeMs });
    return {
      access_token: token,
      scope: 'api',
      instance_url: originOf(request),
      id: `${originOf(request)}/id/${organizationId(org)}/${verdict.userId}`,
      token_type: 'Bearer',
    };
  });

  app.post('/services/oauth2/revoke', (request, reply) => {
    const token = (request.body instanceof URLSearchParams ? request.body.get('token') : null) ?? '';
    if (!org.store.collection('salesforce:#token').has(token))
      return refuse(reply, 'unsupported_token_type', 'this token type is not supported');
    org.store.remove('salesforce:#token', token);
    return reply.send('');
  });
}

const refuse = (reply: FastifyReply, error: string, description: string): FastifyReply =>
  reply.status(400).send({ error, error_description: description });

type Verdict = { readonly userId: string } | { readonly error: string; readonly description: string };

async function checkAssertion(org: Org, assertion: string, audiences: readonly string[]): Promise<Verdict> {
  const invalid: Verdict = { error: 'invalid_grant', description: 'invalid assertion' };
  try {
    const { iss = '' } = decodeJwt(assertion);
    const client = org.store.collection('salesforce:#client').get(iss);
    if (!client) return { error: 'invalid_client_id', description: 'client identifier invalid' };
    const key = await importSPKI(String(client['publicKeyPem']), 'RS256');
    const { payload } = await jwtVerify(assertion, key, { algorithms: ['RS256'], currentDate: org.now(), requiredClaims: ['exp'] });
    if (![payload.aud].flat().some((audience) => audiences.includes(String(audience).replace(/\/$/, '')))) {
      return { error: 'invalid_grant', description: 'audience is invalid' };
    }
    if (payload.sub !== client['username']) return { error: 'invalid_grant', description: "user hasn't approved this consumer" };
    return { userId: String(client['userId']) };
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) return invalid;
    throw error;
  }
}
