import { ConnectorError, type TokenVault, type Tokens } from '#connectors/connector.ts';
import { eq, sql } from 'drizzle-orm';
import { createHash } from 'node:crypto';
import type { Db } from './client.ts';
import { connectionToken } from './schema/connection.ts';
import { openSecrets, sealSecrets } from './secrets.ts';

/** A connection's OAuth tokens, shared by all processes through one sealed row. */
export function tokenVault(db: Db, masterKey: Buffer, connectionId: string): TokenVault {
  const read = async (from: Db): Promise<{ readonly tokens: Tokens; readonly exchanging: string | null } | null> => {
    const [row] = await from.select().from(connectionToken).where(eq(connectionToken.connectionId, connectionId));
    if (!row) return null;
    const opened = openSecrets(masterKey, connectionId, row.tokens);
    const { accessToken = '', refreshToken = '', expiresAt } = opened;
    return { tokens: { accessToken, refreshToken, expiresAt: expiresAt ?? null }, exchanging: row.exchanging };
  };
  return {
    current: async () => (await read(db))?.tokens ?? null,
    renew: (refused, exchange, { rotates }) =>
      db.transaction(async (lock) => {
        // The lock outlives the two commits below; the marker must be on disk before the vendor sees the token.
        await lock.execute(sql`select pg_advisory_xact_lock(4700007, hashtext(${connectionId}))`);
        const known = await read(db);
        if (!known) throw new ConnectorError(interrupted('no tokens are stored for this connection'));
        if (known.tokens.accessToken !== refused) return known.tokens;
        const fingerprint = createHash('sha256').update(known.tokens.refreshToken).digest('hex');
        if (rotates && known.exchanging === fingerprint)
          throw new ConnectorError(interrupted('a renewal of its tokens was interrupted, and the old ones must not be used again'));
        await mark(db, connectionId, fingerprint);
        try {
          const renewed = await exchange(known.tokens);
          await keepTokens(db, masterKey, connectionId, renewed);
          return renewed;
        } catch (error) {
          // The vendor answered no: the token was not used up, so another try is safe.
          if (error instanceof ConnectorError && error.failure.class !== 'retry') await mark(db, connectionId, null);
          throw error;
        }
      }),
  };
}

/** Stores a connection's tokens, sealed. Call it when the connection is made. */
export async function keepTokens(db: Db, masterKey: Buffer, connectionId: string, tokens: Tokens): Promise<void> {
  const { accessToken, refreshToken, expiresAt } = tokens;
  const sealed = sealSecrets(masterKey, connectionId, { accessToken, refreshToken, ...(expiresAt === null ? {} : { expiresAt }) });
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
