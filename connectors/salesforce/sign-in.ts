import { createPrivateKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { ConnectorError } from '#connectors/contract/failures.ts';
import type { Outbound } from '#connectors/contract/outbound.ts';
import type { TokenVault, Tokens } from '#connectors/contract/tokens.ts';
import { toConnectorError } from './errors.ts';
import type { JwtAuth, RefreshAuth, SalesforceSettings } from './settings.ts';
import { requestToken } from './token-request.ts';

/** Salesforce accepts an assertion that expires within five minutes. */
const assertionLifetimeMs = 3 * 60_000;
const reachTimeoutMs = 10_000;

export interface SalesforceSession {
  readonly accessToken: string;
  readonly instanceUrl: string;
  /** The URL with the ids of org and user. Null when the sign-in did not return it. */
  readonly identity: string | null;
}

/**
 * Opens and renews sessions. Both methods throw a ConnectorError of class `auth` with Salesforce's answer and
 * the fix.
 */
export interface SignIn {
  /** The first session. Its token may have expired. */
  open(): Promise<SalesforceSession>;
  /** A new session, after this access token was refused. */
  renew(refused: string): Promise<SalesforceSession>;
}

export function signInBy(
  settings: SalesforceSettings,
  now: () => Date,
  tokens: TokenVault,
  outbound: Outbound,
): SignIn {
  const { auth } = settings;
  if (auth.type === 'refresh_token') return signInByRefreshToken(settings, auth, tokens, outbound);
  const open = (): Promise<SalesforceSession> => signInByAssertion(settings, auth, { at: now(), outbound });
  return { open, renew: open };
}

/**
 * OAuth 2.0 JWT bearer flow. It needs no password and no refresh token; a new assertion gets a new access
 * token.
 */
async function signInByAssertion(
  { loginUrl, clientId }: SalesforceSettings,
  { username, audience, privateKeyPem }: JwtAuth,
  { at: now, outbound }: { readonly at: Date; readonly outbound: Outbound },
): Promise<SalesforceSession> {
  const assertion = await new SignJWT({ iss: clientId, sub: username, aud: audience })
    .setProtectedHeader({ alg: 'RS256' })
    .setExpirationTime(new Date(now.getTime() + assertionLifetimeMs))
    .sign(readKey(privateKeyPem));
  const token = await requestToken(outbound, loginUrl, {
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
      fix: 'Connect again with a --key-file that holds the whole private key, with its BEGIN and END lines.',
    } as const;
    throw new ConnectorError(failure, error);
  }
}

/**
 * OAuth 2.0 refresh token flow. A refresh token works once. Salesforce takes a second use for theft and ends
 * the whole authorisation, so the vault lets one process exchange it and stores the new tokens before they
 * are used.
 */
function signInByRefreshToken(
  { loginUrl, clientId }: SalesforceSettings,
  auth: RefreshAuth,
  vault: TokenVault,
  outbound: Outbound,
): SignIn {
  const toSession = ({ accessToken }: Tokens): SalesforceSession => ({
    accessToken,
    instanceUrl: auth.instanceUrl,
    identity: null,
  });
  const exchange = async ({ refreshToken }: Tokens): Promise<Tokens> => {
    const reply = await requestToken(outbound, loginUrl, {
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
    await requireReachable(outbound, loginUrl);
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
        fix: 'Authorise the external client app in Salesforce again, and connect with the new refresh token.',
      });
    },
  };
}

/**
 * Checks that the login URL can be reached. An exchange whose result is lost ends the authorisation, so it
 * must not begin when the network is down.
 */
async function requireReachable(outbound: Outbound, loginUrl: string): Promise<void> {
  try {
    const response = await outbound(`${loginUrl}/services/data`, {
      signal: AbortSignal.timeout(reachTimeoutMs),
    });
    await response.body?.cancel();
  } catch (error) {
    throw toConnectorError(error);
  }
}
