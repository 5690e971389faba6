import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { appsOf, findApp, findToken, isExpired, issueToken, type App, type Token } from './apps.ts';
import { HubspotError } from './errors.ts';
import { readmeScopes } from '#sandbox/profiles/profiles.ts';
import { parse } from './input.ts';
import { removeRow, type Portal } from './portal.ts';
import { settingsOf } from './settings.ts';

const clientSchema = z.object({ client_id: z.string(), client_secret: z.string() });
const tokenSchema = z.discriminatedUnion('grant_type', [
  clientSchema.extend({
    grant_type: z.literal('authorization_code'),
    code: z.string(),
    redirect_uri: z.string(),
  }),
  clientSchema.extend({ grant_type: z.literal('refresh_token'), refresh_token: z.string() }),
  clientSchema.extend({ grant_type: z.literal('client_credentials'), scope: z.string() }),
]);
const tokenActionSchema = clientSchema.extend({ token: z.string() });
const authorizeSchema = z.object({
  client_id: z.string(),
  redirect_uri: z.url(),
  scope: z.string(),
  state: z.string().optional(),
});

/** `/oauth/authorize`, which grants at once, and `/oauth/<version>/token[/introspect|/revoke]`. */
export function hubspotOauthRoutes(app: FastifyInstance, portal: Portal, prefix: string): void {
  app.get('/oauth/authorize', (request, reply) => {
    const asked = parse(authorizeSchema, request.query);
    const client = appsOf(portal).find((one) => one.clientId === asked.client_id && one.installed);
    if (!client) throw oauthError('BAD_CLIENT_ID', 'invalid_client', 'missing or unknown client id');
    const target = new URL(asked.redirect_uri);
    target.searchParams.set('code', issueToken(portal, client, 'code', asked.scope.split(' ')).token);
    if (asked.state !== undefined) target.searchParams.set('state', asked.state);
    return reply.redirect(target.href);
  });

  privateAppRoute(app, portal);

  app.post(`${prefix}/token`, (request) => {
    const asked = parse(tokenSchema, request.body);
    const client = clientOf(portal, asked);
    switch (asked.grant_type) {
      case 'authorization_code': {
        const code = usable(
          portal,
          client,
          asked.code,
          'code',
          'BAD_AUTH_CODE',
          'missing or unknown auth code',
        );
        removeRow(portal, 'token', code.token);
        return granted(portal, client, code.scopes, issueToken(portal, client, 'refresh', code.scopes));
      }
      case 'refresh_token': {
        const refresh = usable(
          portal,
          client,
          asked.refresh_token,
          'refresh',
          'BAD_REFRESH_TOKEN',
          'missing or invalid refresh token',
        );
        if (!settingsOf(portal).rotateRefreshTokens) return granted(portal, client, refresh.scopes, refresh);
        removeRow(portal, 'token', refresh.token);
        return granted(portal, client, refresh.scopes, issueToken(portal, client, 'refresh', refresh.scopes));
      }
      case 'client_credentials': {
        const token = issueToken(portal, client, 'client', asked.scope.split(' '));
        return {
          access_token: token.token,
          expires_in: secondsLeft(portal, token),
          token_type: 'bearer',
          scopes: token.scopes,
        };
      }
    }
  });

  app.post(`${prefix}/token/introspect`, (request) => {
    const asked = parse(tokenActionSchema, request.body);
    const client = clientOf(portal, asked);
    const token = findToken(portal, asked.token);
    if (!token || token.appId !== client.appId || !client.installed || isExpired(portal, token))
      return { active: false };
    const { appId: app_id, scopes, use } = token;
    return {
      active: true,
      token: token.token,
      token_use: `${use}_token`,
      client_id: client.clientId,
      hub_id: portal.portalId,
      app_id,
      scopes,
      ...(token.expiresAt === null ? {} : { expires_in: secondsLeft(portal, token) }),
    };
  });

  app.post(`${prefix}/token/revoke`, (request, reply) => {
    const asked = parse(tokenActionSchema, request.body);
    const client = clientOf(portal, asked);
    // By RFC 7009, an unknown token counts as revoked.
    if (findToken(portal, asked.token)?.appId === client.appId) removeRow(portal, 'token', asked.token);
    return reply.code(204).send();
  });
}

function granted(portal: Portal, client: App, scopes: readonly string[], refresh: Token): object {
  const access = issueToken(portal, client, 'access', scopes);
  return {
    access_token: access.token,
    refresh_token: refresh.token,
    expires_in: secondsLeft(portal, access),
    token_type: 'bearer',
    hub_id: portal.portalId,
    scopes,
  };
}

const secondsLeft = (portal: Portal, token: Token): number =>
  token.expiresAt === null ? 0 : Math.round((Date.parse(token.expiresAt) - portal.now().getTime()) / 1000);

function clientOf(portal: Portal, asked: z.infer<typeof clientSchema>): App {
  const client = appsOf(portal).find((one) => one.clientId === asked.client_id);
  if (!client) throw oauthError('BAD_CLIENT_ID', 'invalid_client', 'missing or unknown client id');
  if (client.clientSecret !== asked.client_secret)
    throw oauthError('BAD_CLIENT_SECRET', 'invalid_client', 'missing or invalid client secret');
  return client;
}

/** A code or refresh token of this client that is still good; none is, once the app is uninstalled. */
function usable(
  portal: Portal,
  client: App,
  given: string,
  use: Token['use'],
  status: string,
  message: string,
): Token {
  const token = findToken(portal, given);
  const good =
    token?.use === use &&
    token.appId === client.appId &&
    !isExpired(portal, token) &&
    findApp(portal, token.appId)?.installed;
  if (!token || !good) throw oauthError(status, 'invalid_grant', message);
  return token;
}

/** Both spellings: HubSpot's own, and the one of RFC 6749. */
const oauthError = (status: string, error: string, message: string): HubspotError =>
  new HubspotError(400, status, message, { status, error, error_description: message });

/** Source: HubSpot, Private apps: “Validate access tokens”. Service keys are not named there. */
function privateAppRoute(app: FastifyInstance, portal: Portal): void {
  app.post('/oauth/v2/private-apps/get/access-token-info', (request) => {
    const { tokenKey } = parse(z.object({ tokenKey: z.string() }), request.body);
    const token = findToken(portal, tokenKey);
    const client = token && findApp(portal, token.appId);
    if (!token || client?.kind !== 'private')
      throw new HubspotError(404, 'OBJECT_NOT_FOUND', 'No private app has this access token.');
    const { withdrawnScopes } = settingsOf(portal);
    const scopes = (portal.profile.scopes ?? readmeScopes).filter(
      (scope) => !withdrawnScopes.includes(scope),
    );
    return { userId: 1, hubId: portal.portalId, appId: token.appId, scopes };
  });
}
