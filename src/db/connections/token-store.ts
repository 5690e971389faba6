import { ConnectorError } from '#connectors/contract/failures.ts';
import type { TokenVault, Tokens } from '#connectors/contract/tokens.ts';
import { eq, sql } from 'drizzle-orm';
import { createHash } from 'node:crypto';
import { lockInTransaction } from '#src/db/advisory-locks.ts';
import type { Db } from '#src/db/client.ts';
import { connectionToken } from '#src/db/schema/connection.ts';
import { openSecrets, sealSecrets } from './secrets.ts';

/** The OAuth tokens of a connection. All processes share them through one encrypted row. */
export function tokenVault(db: Db, masterKey: Buffer, connectionId: string): TokenVault {
  const read = async (
    from: Db,
  ): Promise<{ readonly tokens: Tokens; readonly exchanging: string | null } | null> => {
    const [row] = await from
      .select()
      .from(connectionToken)
      .where(eq(connectionToken.connectionId, connectionId));
    if (!row) return null;
    const opened = openSecrets(masterKey, connectionId, row.tokens);
    const { accessToken = '', refreshToken = '', expiresAt } = opened;
    return {
      tokens: { accessToken, refreshToken, expiresAt: expiresAt ?? null },
      exchanging: row.exchanging,
    };
  };
  return {
    current: async () => (await read(db))?.tokens ?? null,
    renew: (refused, exchange, { rotates }) =>
      db.transaction(async (lock) => {
        // The lock is held over both commits below. The marker must be stored before the vendor sees the
        // token.
        await lockInTransaction(lock, 'tokenRenewal', connectionId);
        const known = await read(db);
        if (!known) throw new ConnectorError(interrupted('no tokens are stored for this connection'));
        if (known.tokens.accessToken !== refused) return known.tokens;
        const fingerprint = createHash('sha256').update(known.tokens.refreshToken).digest('hex');
        if (rotates && known.exchanging === fingerprint)
          throw new ConnectorError(
            interrupted('a renewal of its tokens was interrupted, and the old ones must not be used again'),
          );
        await mark(db, connectionId, fingerprint);
        try {
          const renewed = await exchange(known.tokens);
          await saveTokens(db, masterKey, connectionId, renewed);
          return renewed;
        } catch (error) {
          if (!mayBeUsedUp(error)) await mark(db, connectionId, null);
          throw error;
        }
      }),
  };
}

/** Error codes of a network connection that was never made. */
const notSentCodes: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/**
 * True when the vendor may have exchanged the token in spite of the error. False when it answered with a
 * refusal or never received the request.
 */
function mayBeUsedUp(error: unknown): boolean {
  if (error instanceof ConnectorError && error.failure.class !== 'retry') return false;
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if ('code' in cause && notSentCodes.has(cause.code)) return false;
  return true;
}

/** Tokens of a connection that is being made: they are stored only once it works. */
export function unsavedTokens(granted: Tokens): TokenVault & { readonly latest: () => Tokens } {
  let tokens = granted;
  let turn: Promise<unknown> = Promise.resolve();
  return {
    latest: () => tokens,
    current: async () => tokens,
    renew: async (refused, exchange) => {
      const renewed = turn.then(async () => {
        if (tokens.accessToken === refused) tokens = await exchange(tokens);
        return tokens;
      });
      turn = renewed.catch(() => {}); // the caller receives the error
      return renewed;
    },
  };
}

/** Stores the tokens of a connection, encrypted. Call it when the connection is made. */
export async function saveTokens(
  db: Db,
  masterKey: Buffer,
  connectionId: string,
  tokens: Tokens,
): Promise<void> {
  const { accessToken, refreshToken, expiresAt } = tokens;
  const sealed = sealSecrets(masterKey, connectionId, {
    accessToken,
    refreshToken,
    ...(expiresAt === null ? {} : { expiresAt }),
  });
  const set = { tokens: sealed, exchanging: null, renewedAt: sql`now()` };
  await db
    .insert(connectionToken)
    .values({ connectionId, ...set })
    .onConflictDoUpdate({ target: connectionToken.connectionId, set });
}

async function mark(db: Db, connectionId: string, exchanging: string | null): Promise<void> {
  await db.update(connectionToken).set({ exchanging }).where(eq(connectionToken.connectionId, connectionId));
}

function interrupted(reason: string) {
  return {
    class: 'auth' as const,
    code: 'SIGN_IN_AGAIN',
    message: `Fairway cannot renew its access: ${reason}.`,
    fix: 'Connect this system again: `npm run fairway -- connect`.',
  };
}
