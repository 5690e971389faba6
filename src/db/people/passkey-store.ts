import { and, asc, eq, gt } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { passkey, usedChallenge } from '#src/db/schema/people.ts';

export type Passkey = typeof passkey.$inferSelect;

export async function passkeysOf(db: Db, personId: string): Promise<readonly Passkey[]> {
  return db.select().from(passkey).where(eq(passkey.personId, personId)).orderBy(asc(passkey.createdAt));
}

export async function findPasskey(db: Db, id: string): Promise<Passkey | null> {
  const [found] = await db.select().from(passkey).where(eq(passkey.id, id));
  return found ?? null;
}

export async function insertPasskey(db: Db, row: typeof passkey.$inferInsert): Promise<void> {
  await db.insert(passkey).values(row);
}

/** Locks the passkey to the end of the transaction, so that its counter is compared and stored in one step. */
export async function lockPasskey(tx: Db, credentialId: string): Promise<Passkey | null> {
  const [found] = await tx.select().from(passkey).where(eq(passkey.credentialId, credentialId)).for('update');
  return found ?? null;
}

export async function markPasskeyUsed(db: Db, id: string, counter: number, at: Date): Promise<void> {
  await db.update(passkey).set({ counter, lastUsedAt: at }).where(eq(passkey.id, id));
}

/** Sessions that the passkey opened end with it. False when the person has no such passkey. */
export async function deletePasskey(db: Db, personId: string, id: string): Promise<boolean> {
  const deleted = await db
    .delete(passkey)
    .where(and(eq(passkey.id, id), eq(passkey.personId, personId)))
    .returning({ id: passkey.id });
  return deleted.length > 0;
}

/** The person's passkeys may confirm approvals from now on. */
export async function endPasskeyWaits(db: Db, personId: string, at: Date): Promise<void> {
  await db
    .update(passkey)
    .set({ approvesFrom: at })
    .where(and(eq(passkey.personId, personId), gt(passkey.approvesFrom, at)));
}

/** Marks a challenge as answered. False when it was answered before, also by a simultaneous request. */
export async function useChallenge(db: Db, hash: string, expiresAt: Date): Promise<boolean> {
  const rows = await db
    .insert(usedChallenge)
    .values({ hash, expiresAt })
    .onConflictDoNothing()
    .returning({ hash: usedChallenge.hash });
  return rows.length > 0;
}
