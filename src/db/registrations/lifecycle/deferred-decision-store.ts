/** Decisions that their authors can still undo. */
import { asc, eq, lte, sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { deferredDecision } from '#src/db/schema/lifecycle.ts';

export type StoredDeferral = typeof deferredDecision.$inferSelect;

export async function insertDeferredDecision(tx: Db, decision: StoredDeferral): Promise<void> {
  await tx.insert(deferredDecision).values(decision);
}

export async function deleteDeferredDecision(tx: Db, registrationId: string): Promise<void> {
  await tx.delete(deferredDecision).where(eq(deferredDecision.registrationId, registrationId));
}

/** Those whose time has come, in the order of their times. */
export async function dueDeferredDecisions(db: Db, now: Date): Promise<readonly StoredDeferral[]> {
  return db
    .select()
    .from(deferredDecision)
    .where(lte(deferredDecision.appliesAt, now))
    .orderBy(asc(deferredDecision.appliesAt), asc(deferredDecision.id))
    .limit(500);
}

/** The registrations that an approval protects as soon as it cannot be undone any more. */
export async function deferredApprovals(tx: Db): Promise<ReadonlySet<string>> {
  const rows = await tx
    .select({ id: deferredDecision.registrationId })
    .from(deferredDecision)
    .where(sql`${deferredDecision.move} in ('approve', 'overturn')`);
  return new Set(rows.map(({ id }) => id));
}
