import { asc, isNull } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { isIn } from '#src/db/is-in.ts';
import { lifecycleNotice } from '#src/db/schema/lifecycle.ts';

export type WaitingNotice = typeof lifecycleNotice.$inferSelect;

/** Locks the oldest notices whose messages are not in the outboxes. Other processes skip them meanwhile. */
export async function lockWaitingNotices(tx: Db, limit: number): Promise<readonly WaitingNotice[]> {
  return tx
    .select()
    .from(lifecycleNotice)
    .where(isNull(lifecycleNotice.sentAt))
    .orderBy(asc(lifecycleNotice.at), asc(lifecycleNotice.id))
    .limit(limit)
    .for('update', { skipLocked: true });
}

export async function markNoticesSent(tx: Db, ids: readonly string[], at: Date): Promise<void> {
  await tx.update(lifecycleNotice).set({ sentAt: at }).where(isIn(lifecycleNotice.id, ids));
}
