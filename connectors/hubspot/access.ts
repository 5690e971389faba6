import pRetry from 'p-retry';
import { z } from 'zod';
import { ConnectorError } from '#connectors/contract/failures.ts';
import type { Tokens, TokenVault } from '#connectors/contract/tokens.ts';
import { errorSchema, failureOf, unreadable } from './errors.ts';
import { apiVersion } from './schema/naming.ts';
import type { Transport } from './transport.ts';

/** Provides the access token of each call. */
export interface Access {
  /** @throws ConnectorError (auth) when there is none */
  token(): Promise<string>;
  /** Renews a token that HubSpot refused. False when there is no other token to try. */
  renew(refused: string): Promise<boolean>;
}

/** The credentials of Fairway's app at HubSpot. */
export interface AppCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** A private app's token works until somebody revokes it. */
export const fixedAccess = (accessToken: string): Access => ({
  token: async () => accessToken,
  renew: async () => false,
});

/**
 * A token that expires sooner than this is renewed before the call, because refused calls count against an
 * app's certification.
 */
const marginMs = 30_000;

const isExpiring = (expiresAt: string | null, now: Date): boolean =>
  expiresAt !== null && Date.parse(expiresAt) - now.getTime() <= marginMs;

/** An OAuth app's tokens, which all processes share through the vault. */
export function vaultAccess(
  vault: TokenVault,
  transport: Transport,
  app: AppCredentials,
  now: () => Date,
): Access {
  let current: Tokens | null = null;
  let renewing: Promise<Tokens> | null = null;
  const exchange = async ({ refreshToken }: Tokens): Promise<Tokens> => {
    const granted = await requestToken(
      transport,
      app,
      { grant_type: 'refresh_token', refresh_token: refreshToken },
      now,
    );
    // HubSpot has always returned the same refresh token, but it may return a new one.
    return { ...granted, refreshToken: granted.refreshToken ?? refreshToken };
  };
  // Parallel calls find the same token expired; one of them renews it for all.
  const renewTokens = async (refused: string): Promise<Tokens> => {
    renewing ??= vault.renew(refused, exchange, { rotates: false }).finally(() => {
      renewing = null;
    });
    current = await renewing;
    return current;
  };
  return {
    token: async () => {
      current ??= await vault.current();
      if (!current) throw new ConnectorError(neverConnected);
      const { accessToken, expiresAt } = current;
      return isExpiring(expiresAt, now()) ? (await renewTokens(accessToken)).accessToken : accessToken;
    },
    // Another call may have renewed the token in the meantime.
    renew: async (refused) =>
      current?.accessToken === refused
        ? (await renewTokens(refused)).accessToken !== refused
        : current !== null,
  };
}

/** The token of the app itself. It gives access to the webhooks journal and nothing else. */
export function clientAccess(
  transport: Transport,
  app: AppCredentials,
  scopes: readonly string[],
  now: () => Date,
): Access {
  let granted: { readonly accessToken: string; readonly expiresAt: string } | null = null;
  const token = async (): Promise<string> => {
    if (!granted || isExpiring(granted.expiresAt, now()))
      granted = await requestToken(
        transport,
        app,
        { grant_type: 'client_credentials', scope: scopes.join(' ') },
        now,
      );
    return granted.accessToken;
  };
  return {
    token,
    renew: async (refused) => {
      granted = null;
      return (await token()) !== refused;
    },
  };
}

const grantAnswer = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).optional(),
  expires_in: z.number(),
});

interface Granted {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  readonly expiresAt: string;
}

/** Repeating a request is safe, because a refresh token may be used more than once. */
async function requestToken(
  transport: Transport,
  app: AppCredentials,
  grant: Readonly<Record<string, string>>,
  now: () => Date,
): Promise<Granted> {
  const path = `/oauth/${apiVersion}/token`;
  const form = { ...grant, client_id: app.clientId, client_secret: app.clientSecret };
  const once = async (): Promise<Granted> => {
    const askedAt = now().getTime();
    const { status, body } = await transport({ method: 'POST', path, form }, null);
    if (status >= 300) throw refusal(status, body);
    const parsed = grantAnswer.safeParse(body);
    // The answer contains tokens, so the error names only the fields that are wrong.
    if (!parsed.success)
      throw new ConnectorError(
        unreadable(path, parsed.error.issues.map((issue) => issue.path.join('.')).join(', ')),
      );
    const { access_token: accessToken, refresh_token: refreshToken, expires_in: seconds } = parsed.data;
    return { accessToken, refreshToken, expiresAt: new Date(askedAt + seconds * 1_000).toISOString() };
  };
  return pRetry(once, { retries: 2, minTimeout: 300, shouldRetry: ({ error }) => isPassing(error) });
}

const isPassing = (error: Error): boolean =>
  error instanceof ConnectorError && error.failure.class === 'retry';

function refusal(status: number, body: unknown): ConnectorError {
  const error = errorSchema.safeParse(body).data ?? {};
  const failure = failureOf(status, error, null);
  if (failure.class === 'retry' || failure.class === 'throttle') return new ConnectorError(failure);
  const code = error.status?.startsWith('BAD_') ? error.status : failure.code;
  const fix = code.startsWith('BAD_CLIENT')
    ? 'Copy the client id and the client secret of the app (HubSpot: the app’s Auth tab) into this connection again.'
    : 'The app was uninstalled from the account, or its access was withdrawn (HubSpot: Settings › Integrations › Connected Apps). Install it there and connect again.';
  return new ConnectorError({ class: 'auth', code, message: failure.message, fix });
}

const neverConnected = {
  class: 'auth',
  code: 'SIGN_IN_AGAIN',
  message: 'No tokens are stored for this connection.',
  fix: 'Connect the account again: `npm run fairway -- connect hubspot`.',
} as const;
