import { and, asc, desc, eq, gte, lt, sql } from 'drizzle-orm';
import { bulkInsert } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import { isIn } from '#src/db/is-in.ts';
import { webhookAttempt, webhookDelivery, webhookMessage } from '#src/db/schema/notices.ts';

export type NewWebhookMessage = typeof webhookMessage.$inferInsert;
export type NewWebhookDelivery = typeof webhookDelivery.$inferInsert;
export type WebhookDelivery = typeof webhookDelivery.$inferSelect;

export async function insertMessages(
  tx: Db,
  messages: readonly NewWebhookMessage[],
  deliveries: readonly NewWebhookDelivery[],
): Promise<void> {
  await bulkInsert(tx, webhookMessage, messages);
  await bulkInsert(tx, webhookDelivery, deliveries);
}

/** The active endpoints with a delivery that is due and no pause. */
export async function endpointsWithDueDeliveries(db: Db, at: Date): Promise<readonly string[]> {
  const now = sql`${at.toISOString()}::timestamptz`;
  const rows = await db.execute<{ id: string }>(sql`
    select e.id from webhook_endpoint e
    where e.is_active and (e.paused_until is null or e.paused_until <= ${now})
      and exists (select from webhook_delivery d
        where d.endpoint_id = e.id and d.status = 'waiting' and d.next_attempt_at <= ${now})`);
  return rows.map(({ id }) => id);
}

export interface DueDelivery {
  readonly id: string;
  readonly messageId: string;
  readonly body: string;
}

/** The deliveries of one endpoint that are due, oldest first. */
export async function dueDeliveries(
  db: Db,
  endpointId: string,
  at: Date,
  limit: number,
): Promise<readonly DueDelivery[]> {
  return db
    .select({ id: webhookDelivery.id, messageId: webhookMessage.id, body: webhookMessage.body })
    .from(webhookDelivery)
    .innerJoin(webhookMessage, eq(webhookMessage.id, webhookDelivery.messageId))
    .where(
      and(
        eq(webhookDelivery.endpointId, endpointId),
        eq(webhookDelivery.status, 'waiting'),
        sql`${webhookDelivery.nextAttemptAt} <= ${at.toISOString()}::timestamptz`,
      ),
    )
    .orderBy(asc(webhookDelivery.nextAttemptAt), asc(webhookDelivery.id))
    .limit(limit);
}

export async function lockDelivery(tx: Db, id: string): Promise<WebhookDelivery | null> {
  const [found] = await tx.select().from(webhookDelivery).where(eq(webhookDelivery.id, id)).for('update');
  return found ?? null;
}

export async function updateDelivery(
  tx: Db,
  id: string,
  changes: Pick<WebhookDelivery, 'status' | 'attempts' | 'nextAttemptAt'>,
): Promise<void> {
  await tx.update(webhookDelivery).set(changes).where(eq(webhookDelivery.id, id));
}

export async function insertAttempt(tx: Db, attempt: typeof webhookAttempt.$inferInsert): Promise<void> {
  await tx.insert(webhookAttempt).values(attempt);
}

/** The deliveries of an endpoint that wait fail, because it is disabled. */
export async function failWaitingDeliveries(tx: Db, endpointId: string): Promise<void> {
  await tx
    .update(webhookDelivery)
    .set({ status: 'failed', nextAttemptAt: null })
    .where(and(eq(webhookDelivery.endpointId, endpointId), eq(webhookDelivery.status, 'waiting')));
}

/** Starts the schedule of one delivery from the beginning. False when the endpoint has no such delivery. */
export async function restartDelivery(
  tx: Db,
  endpointId: string,
  deliveryId: string,
  at: Date,
): Promise<boolean> {
  const restarted = await tx
    .update(webhookDelivery)
    .set({ status: 'waiting', attempts: 0, nextAttemptAt: at })
    .where(and(eq(webhookDelivery.endpointId, endpointId), eq(webhookDelivery.id, deliveryId)))
    .returning({ id: webhookDelivery.id });
  return restarted.length > 0;
}

/** Starts the schedule of the failed deliveries that were added since an instant. Returns their number. */
export async function restartFailedDeliveries(
  tx: Db,
  endpointId: string,
  since: Date,
  at: Date,
): Promise<number> {
  const restarted = await tx
    .update(webhookDelivery)
    .set({ status: 'waiting', attempts: 0, nextAttemptAt: at })
    .where(
      and(
        eq(webhookDelivery.endpointId, endpointId),
        eq(webhookDelivery.status, 'failed'),
        gte(webhookDelivery.createdAt, since),
      ),
    )
    .returning({ id: webhookDelivery.id });
  return restarted.length;
}

/** The deliveries of an endpoint, newest first, with the attempts of each, oldest first. */
export async function listDeliveries(
  db: Db,
  endpointId: string,
  {
    status,
    before,
    limit,
  }: {
    readonly status: WebhookDelivery['status'] | null;
    readonly before: string | null;
    readonly limit: number;
  },
) {
  const deliveries = await db
    .select({ delivery: webhookDelivery, type: webhookMessage.type, body: webhookMessage.body })
    .from(webhookDelivery)
    .innerJoin(webhookMessage, eq(webhookMessage.id, webhookDelivery.messageId))
    .where(
      and(
        eq(webhookDelivery.endpointId, endpointId),
        status === null ? undefined : eq(webhookDelivery.status, status),
        before === null ? undefined : lt(webhookDelivery.id, before),
      ),
    )
    .orderBy(desc(webhookDelivery.id))
    .limit(limit);
  const attempts = await db
    .select()
    .from(webhookAttempt)
    .where(
      isIn(
        webhookAttempt.deliveryId,
        deliveries.map(({ delivery }) => delivery.id),
      ),
    )
    .orderBy(asc(webhookAttempt.id));
  const byDelivery = Map.groupBy(attempts, (attempt) => attempt.deliveryId);
  return deliveries.map((one) => ({ ...one, attempts: byDelivery.get(one.delivery.id) ?? [] }));
}

/** Deletes messages from before `before` that do not wait, with their deliveries. Returns their number. */
export async function deleteOldMessages(db: Db, before: Date): Promise<number> {
  const deleted = await db
    .delete(webhookMessage)
    .where(
      and(
        lt(webhookMessage.createdAt, before),
        sql`not exists (select from webhook_delivery d where d.message_id = ${webhookMessage.id} and d.status = 'waiting')`,
      ),
    )
    .returning({ id: webhookMessage.id });
  return deleted.length;
}
