import { randomUUID } from 'node:crypto';
import { HubspotError } from './errors.ts';
import { save, stamp, table, type Portal } from './portal.ts';

/** A private app: its token opens the API, its client secret signs the webhooks it receives. */
export interface PrivateApp {
  readonly accessToken: string;
  readonly clientSecret: string;
  readonly createdAt: string;
}

export function createPrivateApp(portal: Portal): PrivateApp {
  const app = { accessToken: `pat-na1-${randomUUID()}`, clientSecret: randomUUID(), createdAt: stamp(portal) };
  save(portal, 'private-app', app.accessToken, app);
  return app;
}

/** @returns the token, once it is known to belong to an app of this account */
export function authenticate(portal: Portal, header: string | undefined): string {
  const token = /^Bearer (.+)$/i.exec(header ?? '')?.[1];
  if (token !== undefined && table<PrivateApp>(portal, 'private-app').has(token)) return token;
  const message =
    token === undefined
      ? 'Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview'
      : 'The access token used to make this call is invalid or was deactivated. Check the private app in the account settings.';
  throw new HubspotError(401, 'INVALID_AUTHENTICATION', message);
}
