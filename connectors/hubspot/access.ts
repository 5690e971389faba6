import pRetry from 'p-retry';
import { z } from 'zod';
import { ConnectorError } from '#connectors/contract/failures.ts';
import type { Tokens, TokenVault } from '#connectors/contract/tokens.ts';
import { errorSchema, failureOf, unreadable } from './errors.ts';
import { apiVersion } from './schema/naming.ts';
import type { Transport } from './transport.ts';

/** Where a call's access token comes from. */
export interface Access {
  /** @throws ConnectorError (auth) when there is none to be had */
  token(): Promise<string>;
  /** After HubSpot refused this token: whether there is another to try. */
  renewed(refused: string): Promise<boolean>;
}

/** An app of ours at HubSpot. */
export interface AppCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** A private app's token works until somebody revokes it. */
export const fixedAccess = (accessToken: string): Access => ({
  token: async () => accessToken,
  renewed: async () => false,
});

/**
 * A token with less than this to live is renewed first: refused calls count against an app's certification.
 */
const marginMs = 30_000;

const isSpent = (expiresAt: string | null, now: Date): boolean =>
  expiresAt !== null && Date.parse(expiresAt) - now.getTime() <= marginMs;

/** An OAuth app's tokens, which all processes share through the vault. */
export function vaultAccess(
  vault: TokenVault,
  transport: Transport,
  app: AppCredentials,
  now: () => Date,
): Access {
  let held: Tokens | null = null;
  let renewing: Promise<Tokens> | null = null;
  const exchange = async ({ refreshToken }: Tokens): Promise<Tokens> => {
    const granted = await requestToken(
      transport,
      app,
      { grant_type: 'refresh_token', refresh_token: refreshToken },
      now,
    );
    // HubSpot hands the same refresh token out for good, but is free to change that.
    return { ...granted, refreshToken: granted.refreshToken ?? refreshToken };
  };
  // Calls side by side find the same token spent: one of them renews it for all.
  const renew = async (refused: string): Promise<Tokens> => {
    renewing ??= vault.renew(refused, exchange, { rotates: false }).finally(() => {
      renewing = null;
    });
    held = await renewing;
    return held;
  };
  return {
    token: async () => {
      held ??= await vault.current();
      if (!held) throw new ConnectorError(neverConnected);
      return (isSpent(held.expiresAt, now()) ? await renew(held.accessToken) : held).accessToken;
    },
    // Another call may have renewed it since this one left.
    renewed: async (refused) =>
      held?.accessToken !== refused ? held !== null : (await renew(refused)).accessToken !== refused,
  };
}

/** The app's own token, which opens the webhooks journal and nothing else. */
export function clientAccess(
  transport: Transport,
  app: AppCredentials,
  scopes: readonly string[],
  now: () => Date,
): Access {
  let held: { readonly accessToken: string; readonly expiresAt: string } | null = null;
  const token = async (): Promise<string> => {
    if (!held || isSpent(held.expiresAt, now()))
      held = await requestToken(
        transport,
        app,
        { grant_type: 'client_credentials', scope: scopes.join(' ') },
        now,
      );
    return held.accessToken;
  };
  return {
    token,
    renewed: async (refused) => {
      held = null;
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

/** Asking again after a failure in between is harmless: a refresh token is not used up by being used. */
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
    // The answer holds tokens: only what is wrong with it may be told.
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
  const said = errorSchema.safeParse(body).data ?? {};
  const failure = failureOf(status, said, null);
  if (failure.class === 'retry' || failure.class === 'throttle') return new ConnectorError(failure);
  const code = said.status?.startsWith('BAD_') ? said.status : failure.code;
  const fix = code.startsWith('BAD_CLIENT')
    ? 'Copy the app’s client id and client secret into this connection again.'
    : 'Fairway’s app was uninstalled from the account, or its access was withdrawn: install it there and connect again.';
  return new ConnectorError({ class: 'auth', code, message: failure.message, fix });
}

const neverConnected = {
  class: 'auth',
  code: 'SIGN_IN_AGAIN',
  message: 'No tokens are stored for this connection.',
  fix: 'Connect this system again: `npm run fairway -- connect`.',
} as const;
