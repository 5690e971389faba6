import { insertMessages, restartDelivery, restartFailedDeliveries } from '#src/db/notices/delivery-store.ts';
import type { Db } from '#src/db/client.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { testEventType, testWebhookBody } from '#src/domain/notices/webhook-body.ts';
import { scheduleWebhooks } from './deliver-webhooks.ts';
import { lockKnown } from './endpoints.ts';

/** Sends a test event to one endpoint. Returns the id of its delivery. */
export async function sendTestEvent(deps: Deps, endpointId: string): Promise<string> {
  const deliveryId = deps.ids();
  await deps.db.transaction(async (tx) => {
    await lockActive(tx, endpointId);
    const at = deps.sharedClock();
    const message = {
      id: deps.ids(),
      noticeId: null,
      type: testEventType,
      body: testWebhookBody(endpointId, at),
      createdAt: at,
    };
    const delivery = {
      id: deliveryId,
      messageId: message.id,
      endpointId,
      status: 'waiting',
      nextAttemptAt: at,
      createdAt: at,
    } as const;
    await insertMessages(tx, [message], [delivery]);
  });
  await scheduleWebhooks(deps);
  return deliveryId;
}

/** One delivery in any state, or all failed ones since an instant. */
export type Redelivery = { readonly deliveryId: string } | { readonly since: Date };

/**
 * Sends deliveries again, with the same `webhook-id` and body. Returns their number.
 *
 * @throws AppError `conflict` for a disabled endpoint, `not_found` for an unknown delivery
 */
export async function redeliver(deps: Deps, endpointId: string, which: Redelivery): Promise<number> {
  const count = await deps.db.transaction(async (tx) => {
    await lockActive(tx, endpointId);
    const at = deps.sharedClock();
    if ('since' in which) return restartFailedDeliveries(tx, endpointId, which.since, at);
    if (await restartDelivery(tx, endpointId, which.deliveryId, at)) return 1;
    throw new AppError('not_found', 'The endpoint has no such delivery. Old ones are deleted after 90 days.');
  });
  await scheduleWebhooks(deps);
  return count;
}

async function lockActive(tx: Db, endpointId: string): Promise<void> {
  const { isActive } = await lockKnown(tx, endpointId);
  if (!isActive) throw new AppError('conflict', 'The endpoint is disabled. Enable it first.');
}
