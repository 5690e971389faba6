import { createPrivateKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { ConnectorError } from '#connectors/contract/failures.ts';
import type { TokenVault, Tokens } from '#connectors/contract/tokens.ts';
import { toConnectorError } from './errors.ts';
import type { JwtAuth, RefreshAuth, SalesforceSettings } from './settings.ts';
import { requestToken } from './token-request.ts';

/** Salesforce accepts an assertion that ends within five minutes. */
const assertionLifetimeMs = 3 * 60_000;
const reachTimeoutMs = 10_000;

export interface SalesforceSession {
  readonly accessToken: string;
  readonly instanceUrl: string;
  /** The address that names org and user; null when signing in did not tell it. */
  readonly identity: string | null;
}

/**
 * Where sessions come from. Both methods throw a ConnectorError: of class `auth` with Salesforce's answer and
 * what to change.
 */
export interface SignIn {
  /** A session to begin with. Its token may have expired. */
  open(): Promise<SalesforceSession>;
  /** Another one, after this access token was refused. */
  renew(refused: string): Promise<SalesforceSession>;
}

export function signInBy(settings: SalesforceSettings, now: () => Date, tokens: TokenVault): SignIn {
  const { auth } = settings;
  if (auth.type === 'refresh_token') return byRefreshToken(settings, auth, tokens);
  const open = (): Promise<SalesforceSession> => byAssertion(settings, auth, now());
  return { open, renew: open };
}

/**
 * OAuth 2.0 JWT bearer flow: no password, no refresh token that rotates, a new token whenever the old one has
 * expired.
 */
async function byAssertion(
  { loginUrl, clientId }: SalesforceSettings,
  { username, audience, privateKeyPem }: JwtAuth,
  now: Date,
): Promise<SalesforceSession> {
  const assertion = await new SignJWT({ iss: clientId, sub: username, aud: audience })
    .setProtectedHeader({ alg: 'RS256' })
    .setExpirationTime(new Date(now.getTime() + assertionLifetimeMs))
    .sign(readKey(privateKeyPem));
  const token = await requestToken(loginUrl, {
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion,
  });
  return { accessToken: token.access_token, instanceUrl: token.instance_url, identity: token.id };
}

function readKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    const failure = {
      class: 'auth',
      code: 'private_key_unreadable',
      message: 'The private key is not a PEM key.',
      fix: 'Paste the whole private key, with its BEGIN and END lines.',
    } as const;
    throw new ConnectorError(failure, error);
  }
}

/**
 * OAuth 2.0 refresh token flow. A refresh token works once, and Salesforce takes the second use of one for
 * theft and ends the whole authorisation; so the vault lets one process exchange it, and stores what came
 * back before anybody uses it.
 */
function byRefreshToken(
  { loginUrl, clientId }: SalesforceSettings,
  auth: RefreshAuth,
  vault: TokenVault,
): SignIn {
  const toSession = ({ accessToken }: Tokens): SalesforceSession => ({
    accessToken,
    instanceUrl: auth.instanceUrl,
    identity: null,
  });
  const exchange = async ({ refreshToken }: Tokens): Promise<Tokens> => {
    const reply = await requestToken(loginUrl, {
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
      client_id: clientId,
      ...(auth.clientSecret === null ? {} : { client_secret: auth.clientSecret }),
    });
    return {
      accessToken: reply.access_token,
      refreshToken: reply.refresh_token ?? refreshToken,
      expiresAt: null,
    };
  };
  const renew = async (refused: string): Promise<SalesforceSession> => {
    await reach(loginUrl);
    return toSession(await vault.renew(refused, exchange, { rotates: true }));
  };
  return {
    renew,
    open: async () => {
      const tokens = await vault.current();
      if (tokens) return tokens.accessToken === '' ? renew('') : toSession(tokens);
      throw new ConnectorError({
        class: 'auth',
        code: 'not_authorised',
        message: 'No tokens are stored for this connection.',
        fix: 'Authorise the connection in Salesforce again, so that it gets new tokens.',
      });
    },
  };
}

/**
 * An exchange that nobody knows the end of costs the authorisation. One that could not even begin must not be
 * tried.
 */
async function reach(loginUrl: string): Promise<void> {
  try {
    const response = await fetch(`${loginUrl}/services/data`, {
      signal: AbortSignal.timeout(reachTimeoutMs),
    });
    await response.body?.cancel();
  } catch (error) {
    throw toConnectorError(error);
  }
}
