import { and, desc, eq, lt, notInArray, sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { alert, connection } from '#src/db/schema/connection.ts';

export type Alert = typeof alert.$inferSelect;
/** Alerts about the records, their fields, the clocks of the run and competing deals. */
const otherStates = [
  'mass_deletion',
  'drift',
  'clock',
  'rival_deal',
  'webhook',
  'automatic_approval',
] as const satisfies readonly Alert['state'][];
/** The states of a connection's health. */
export type HealthState = Exclude<Alert['state'], (typeof otherStates)[number]>;
const isAboutHealth = notInArray(alert.state, [...otherStates]);

export async function insertAlert(db: Db, row: typeof alert.$inferInsert): Promise<void> {
  await db.insert(alert).values(row);
}

/** The last alert about a connection's health; null when there was none. */
export async function lastReportedHealth(db: Db, connectionId: string): Promise<HealthState | null> {
  const [last] = await db
    .select({ state: alert.state })
    .from(alert)
    .where(and(eq(alert.connectionId, connectionId), isAboutHealth))
    .orderBy(desc(alert.at), desc(alert.id))
    .limit(1);
  return (last?.state ?? null) as HealthState | null;
}

/**
 * Locks an alert to the end of the transaction, so that one process sends it. Null when it was sent or
 * deleted.
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

/**
 * Deletes alerts from before `before`, except the last one about each connection's health, which is its
 * present state. Returns the number of deleted rows.
 */
export async function deleteOldAlerts(db: Db, before: Date): Promise<number> {
  const deleted = await db
    .delete(alert)
    .where(
      and(
        lt(alert.at, before),
        sql`exists (select 1 from alert newer where newer.connection_id = ${alert.connectionId} and newer.at > ${alert.at} and newer.state not in (${sql.join(
          otherStates.map((state) => sql`${state}`),
          sql`, `,
        )}))`,
      ),
    )
    .returning({ id: alert.id });
  return deleted.length;
}
