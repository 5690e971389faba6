import { randomUUID } from 'node:crypto';
import { HubspotError } from './errors.ts';
import { nextId, save, stamp, table, type Portal } from './portal.ts';
import { settingsOf } from './settings.ts';

/**
 * A private app has one permanent token; an OAuth app exchanges codes and refresh tokens for short-lived
 * ones. A service key has a permanent token and nothing else: no secret, no webhooks.
 * Source: https://developers.hubspot.com/changelog/service-keys
 */
export interface App {
  readonly appId: number;
  readonly kind: 'private' | 'oauth' | 'service';
  readonly clientId: string;
  /** Signs the webhooks the app receives. */
  readonly clientSecret: string;
  /** An uninstalled app is refused every call. */
  readonly installed: boolean;
  readonly createdAt: string;
}

export interface Token {
  readonly token: string;
  readonly appId: number;
  /** `client`: the app's own, not an account's; opens the webhooks journal only. */
  readonly use: 'access' | 'refresh' | 'code' | 'client';
  readonly scopes: readonly string[];
  /** On the vendor's clock; null for never. */
  readonly expiresAt: string | null;
}

export const appsOf = (portal: Portal): App[] => [...table<App>(portal, 'app').values()];
export const findApp = (portal: Portal, appId: number): App | undefined =>
  table<App>(portal, 'app').get(String(appId));

export function createApp(portal: Portal, kind: App['kind']): App {
  const appId = nextId(portal, 'app');
  const app: App = {
    appId,
    kind,
    clientId: randomUUID(),
    clientSecret: randomUUID(),
    installed: true,
    createdAt: stamp(portal),
  };
  save(portal, 'app', String(appId), app);
  return app;
}

export function setInstalled(portal: Portal, app: App, installed: boolean): App {
  const changed = { ...app, installed };
  save(portal, 'app', String(app.appId), changed);
  return changed;
}

const oauthScopes = [
  'oauth',
  'crm.objects.companies.read',
  'crm.objects.companies.write',
  'crm.objects.deals.read',
  'crm.objects.deals.write',
];

/**
 * @param scopes what the token may do; left to the defaults it may do everything an integration of companies
 * and deals needs
 */
export function issueToken(
  portal: Portal,
  app: App,
  use: Token['use'],
  scopes: readonly string[] = oauthScopes,
): Token {
  const prefix = app.kind === 'oauth' ? '' : 'pat-na1-';
  const seconds = {
    access: app.kind === 'oauth' ? settingsOf(portal).accessTokenSeconds : null,
    refresh: null,
    code: 60,
    client: 1800,
  }[use];
  const expiresAt = seconds === null ? null : new Date(portal.now().getTime() + seconds * 1000).toISOString();
  const token: Token = { token: `${prefix}${randomUUID()}`, appId: app.appId, use, scopes, expiresAt };
  save(portal, 'token', token.token, token);
  return token;
}

export const findToken = (portal: Portal, token: string): Token | undefined =>
  table<Token>(portal, 'token').get(token);

export const isExpired = (portal: Portal, token: Token): boolean =>
  token.expiresAt !== null && Date.parse(token.expiresAt) <= portal.now().getTime();

/** Makes every access token of the OAuth apps out of date, as if they had not been used for long. */
export function expireAppTokens(portal: Portal): void {
  for (const token of table<Token>(portal, 'token').values()) {
    if (token.expiresAt !== null) save(portal, 'token', token.token, { ...token, expiresAt: stamp(portal) });
  }
}

/**
 * @param use the journal wants the app's own token, everything else an account's
 * @returns the app behind an `Authorization` header
 * @throws HubspotError 401, for an uninstalled app for ever
 */
export function authenticate(portal: Portal, header: string | undefined, use: 'access' | 'client'): App {
  const given = /^Bearer (.+)$/i.exec(header ?? '')?.[1];
  if (given === undefined) throw refused('INVALID_AUTHENTICATION', noCredentials);
  const token = findToken(portal, given);
  const app = token?.use === use ? findApp(portal, token.appId) : undefined;
  if (!token || !app?.installed) throw refused('INVALID_AUTHENTICATION', deactivated);
  if (isExpired(portal, token))
    throw refused('EXPIRED_AUTHENTICATION', 'The OAuth token used to make this call has expired.');
  return app;
}

const refused = (category: string, message: string): HubspotError => new HubspotError(401, category, message);
const noCredentials =
  'Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview';
const deactivated =
  'The access token used to make this call is invalid or was deactivated. Check the app in the account settings.';
