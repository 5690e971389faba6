import { and, desc, eq, gt, inArray, isNotNull, isNull } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { recoveryRequest } from '#src/db/schema/people.ts';

export type RecoveryRequest = typeof recoveryRequest.$inferSelect;

/** Adds a request. Of the person's open ones, the newest `atMost` stay. */
export async function addRecoveryRequest(
  tx: Db,
  row: typeof recoveryRequest.$inferInsert,
  atMost: number,
): Promise<void> {
  await tx.insert(recoveryRequest).values(row);
  const old = await tx
    .select({ id: recoveryRequest.id })
    .from(recoveryRequest)
    .where(and(eq(recoveryRequest.personId, row.personId), isNull(recoveryRequest.confirmedAt)))
    .orderBy(desc(recoveryRequest.askedAt), desc(recoveryRequest.id))
    .offset(atMost);
  if (old.length > 0)
    await tx.delete(recoveryRequest).where(
      inArray(
        recoveryRequest.id,
        old.map((one) => one.id),
      ),
    );
}

/** An open request of the person with this code, locked. */
export async function lockOpenRequest(
  tx: Db,
  personId: string,
  code: string,
  now: Date,
): Promise<RecoveryRequest | null> {
  const [found] = await tx
    .select()
    .from(recoveryRequest)
    .where(
      and(
        eq(recoveryRequest.personId, personId),
        eq(recoveryRequest.code, code),
        isNull(recoveryRequest.confirmedAt),
        gt(recoveryRequest.expiresAt, now),
      ),
    )
    .limit(1)
    .for('update');
  return found ?? null;
}

/** Marks the request as agreed to, and drops the person's other open ones. */
export async function confirmRecoveryRequest(
  tx: Db,
  id: string,
  confirmedBy: string,
  at: Date,
): Promise<void> {
  const [request] = await tx
    .update(recoveryRequest)
    .set({ confirmedBy, confirmedAt: at })
    .where(eq(recoveryRequest.id, id))
    .returning();
  if (request === undefined) return;
  await tx
    .delete(recoveryRequest)
    .where(and(eq(recoveryRequest.personId, request.personId), isNull(recoveryRequest.confirmedAt)));
}

/** Removes and returns the request that an admin has agreed to, so that it is used once. */
export async function useConfirmedRequest(
  tx: Db,
  tokenHash: string,
  now: Date,
): Promise<RecoveryRequest | null> {
  const [found] = await tx
    .delete(recoveryRequest)
    .where(
      and(
        eq(recoveryRequest.tokenHash, tokenHash),
        isNotNull(recoveryRequest.confirmedAt),
        gt(recoveryRequest.expiresAt, now),
      ),
    )
    .returning();
  return found ?? null;
}
