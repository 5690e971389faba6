import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { decodeJwt, errors, importSPKI, jwtVerify } from 'jose';
import { issueAccessToken, revokeAccessToken } from './access-tokens.ts';
import { integrationUser, organizationId } from '#sandbox/salesforce/bootstrap.ts';
import type { Org } from '#sandbox/salesforce/records/org.ts';
import { refresh, revokeRefreshToken } from './refresh-tokens.ts';

const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const salesforceLogins = ['https://login.salesforce.com', 'https://test.salesforce.com'];

/**
 * Registers an app by its public key, already approved for the integration user. The same key is the same
 * app. The answer names the audience where the org accepts only that one.
 */
export function registerClient(org: Org, publicKeyPem: string): Record<string, string> {
  const clientId = `3MVG9${createHash('sha256').update(publicKeyPem.trim()).digest('base64url').slice(0, 40)}`;
  const user = integrationUser(org);
  const username = String(user['Username']);
  org.store.put('salesforce:#client', clientId, { publicKeyPem, username, userId: user.Id });
  const { audience } = org.profile;
  return { clientId, username, ...(audience === null ? {} : { audience }) };
}

export const originOf = (request: FastifyRequest): string =>
  `${request.protocol}://${request.headers.host ?? request.hostname}`;

/** The address that names an org and a user. */
export const identityUrl = (org: Org, request: FastifyRequest, userId: string): string =>
  `${originOf(request)}/id/${organizationId(org)}/${userId}`;

export function salesforceOauthRoutes(app: FastifyInstance, org: Org): void {
  app.post('/services/oauth2/token', (request, reply) => {
    const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
    switch (form.get('grant_type')) {
      case jwtBearer:
        return grantToAssertion(org, request, reply, form);
      case 'refresh_token':
        return grantToRefreshToken(org, request, reply, form);
      default:
        return refuse(reply, 'unsupported_grant_type', 'grant type not supported');
    }
  });

  app.post('/services/oauth2/revoke', (request, reply) => {
    const token = (request.body instanceof URLSearchParams ? request.body.get('token') : null) ?? '';
    if (!revokeAccessToken(org, token) && !revokeRefreshToken(org, token))
      return refuse(reply, 'unsupported_token_type', 'this token type is not supported');
    return reply.send('');
  });
}

async function grantToAssertion(
  org: Org,
  request: FastifyRequest,
  reply: FastifyReply,
  form: URLSearchParams,
): Promise<FastifyReply> {
  // A production org accepts only one of the two logins, a sandbox org the other one.
  const { audience } = org.profile;
  const audiences = audience === null ? [originOf(request), ...salesforceLogins] : [audience];
  const verdict = await checkAssertion(org, form.get('assertion') ?? '', audiences);
  if ('error' in verdict) return refuse(reply, verdict.error, verdict.description);
  return reply.send(tokenAnswer(org, request, verdict.userId, issueAccessToken(org, verdict.userId)));
}

function grantToRefreshToken(
  org: Org,
  request: FastifyRequest,
  reply: FastifyReply,
  form: URLSearchParams,
): FastifyReply {
  const granted = org.store.batch(() =>
    refresh(org, {
      refreshToken: form.get('refresh_token') ?? '',
      clientId: form.get('client_id') ?? '',
      clientSecret: form.get('client_secret'),
    }),
  );
  if (granted === 'invalid_client') return refuse(reply, 'invalid_client', 'invalid client credentials');
  if (granted === 'invalid_grant') return refuse(reply, 'invalid_grant', 'expired access/refresh token');
  return reply.send({
    ...tokenAnswer(org, request, granted.userId, granted.accessToken),
    refresh_token: granted.refreshToken,
  });
}

function tokenAnswer(org: Org, request: FastifyRequest, userId: string, accessToken: string): object {
  return {
    access_token: accessToken,
    scope: 'api',
    instance_url: originOf(request),
    id: identityUrl(org, request, userId),
    token_type: 'Bearer',
    issued_at: String(org.now().getTime()),
  };
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
    const { payload } = await jwtVerify(assertion, key, {
      algorithms: ['RS256'],
      currentDate: org.now(),
      requiredClaims: ['exp'],
    });
    if (![payload.aud].flat().some((audience) => audiences.includes(String(audience).replace(/\/$/, '')))) {
      return { error: 'invalid_grant', description: 'audience is invalid' };
    }
    if (payload.sub !== client['username'])
      return { error: 'invalid_grant', description: "user hasn't approved this consumer" };
    return { userId: String(client['userId']) };
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) return invalid;
    throw error;
  }
}
