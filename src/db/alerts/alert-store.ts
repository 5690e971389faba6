import { and, desc, eq, lt, notInArray, sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { alert, connection } from '#src/db/schema/connection.ts';

export type Alert = typeof alert.$inferSelect;
/**
 * What a connection's health can be said to be. `vanishing` is about its records, `drift` about their fields.
 */
export type HealthState = Exclude<Alert['state'], 'vanishing' | 'drift'>;
const ofHealth = notInArray(alert.state, ['vanishing', 'drift']);

export async function insertAlert(db: Db, row: typeof alert.$inferInsert): Promise<void> {
  await db.insert(alert).values(row);
}

/** What was last said of a connection's health; null when nothing ever was. */
export async function lastReportedHealth(db: Db, connectionId: string): Promise<HealthState | null> {
  const [last] = await db
    .select({ state: alert.state })
    .from(alert)
    .where(and(eq(alert.connectionId, connectionId), ofHealth))
    .orderBy(desc(alert.at), desc(alert.id))
    .limit(1);
  return (last?.state ?? null) as HealthState | null;
}

/**
 * Locked to the end of the transaction, so that one process tells it; null when it was told or is no more.
 */
export async function lockUnsentAlert(
  tx: Db,
  id: string,
): Promise<(Alert & { readonly connection: string }) | null> {
  const [found] = await tx
    .select({ alert, connection: connection.name })
    .from(alert)
    .innerJoin(connection, eq(connection.id, alert.connectionId))
    .where(eq(alert.id, id))
    .for('update', { of: alert });
  return found && found.alert.sentAt === null ? { ...found.alert, connection: found.connection } : null;
}

export async function markSent(tx: Db, id: string, at: Date): Promise<void> {
  await tx.update(alert).set({ sentAt: at }).where(eq(alert.id, id));
}

/** The last of each connection stays: it says how things stand. Returns how many went. */
export async function deleteOldAlerts(db: Db, before: Date): Promise<number> {
  const gone = await db
    .delete(alert)
    .where(
      and(
        lt(alert.at, before),
        sql`exists (select 1 from alert newer where newer.connection_id = ${alert.connectionId} and newer.at > ${alert.at} and newer.state not in ('vanishing', 'drift'))`,
      ),
    )
    .returning({ id: alert.id });
  return gone.length;
}
