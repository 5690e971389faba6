import { asc, eq, sql } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { webhookDelivery, webhookEndpoint } from '#src/db/schema/notices.ts';

export type WebhookEndpoint = typeof webhookEndpoint.$inferSelect;

export async function insertEndpoint(tx: Db, row: typeof webhookEndpoint.$inferInsert): Promise<void> {
  await tx.insert(webhookEndpoint).values(row);
}

export async function listEndpoints(db: Db): Promise<readonly WebhookEndpoint[]> {
  return db.select().from(webhookEndpoint).orderBy(asc(webhookEndpoint.createdAt), asc(webhookEndpoint.id));
}

export async function findEndpoint(db: Db, id: string): Promise<WebhookEndpoint | null> {
  const [found] = await db.select().from(webhookEndpoint).where(eq(webhookEndpoint.id, id));
  return found ?? null;
}

/** Locks it to the end of the transaction. */
export async function lockEndpoint(tx: Db, id: string): Promise<WebhookEndpoint | null> {
  const [found] = await tx.select().from(webhookEndpoint).where(eq(webhookEndpoint.id, id)).for('update');
  return found ?? null;
}

export async function updateEndpoint(
  tx: Db,
  id: string,
  changes: Partial<Omit<typeof webhookEndpoint.$inferInsert, 'id'>>,
): Promise<void> {
  await tx.update(webhookEndpoint).set(changes).where(eq(webhookEndpoint.id, id));
}

/** The number of deliveries of each endpoint that wait or have failed. */
export async function countOpenDeliveries(
  db: Db,
): Promise<ReadonlyMap<string, { readonly waiting: number; readonly failed: number }>> {
  const rows = await db
    .select({
      endpointId: webhookDelivery.endpointId,
      waiting: sql<number>`(count(*) filter (where ${webhookDelivery.status} = 'waiting'))::int`,
      failed: sql<number>`(count(*) filter (where ${webhookDelivery.status} = 'failed'))::int`,
    })
    .from(webhookDelivery)
    .groupBy(webhookDelivery.endpointId);
  return new Map(rows.map(({ endpointId, ...counts }) => [endpointId, counts]));
}
