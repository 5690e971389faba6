import { z } from 'zod';
import { insertMails } from '#src/db/notices/mail-store.ts';
import { insertMessages, type NewWebhookDelivery } from '#src/db/notices/delivery-store.ts';
import { listEndpoints, type WebhookEndpoint } from '#src/db/notices/endpoint-store.ts';
import { lockWaitingNotices, markNoticesSent, type WaitingNotice } from '#src/db/notices/notice-store.ts';
import type { Deps } from '#src/deps.ts';
import { webhookBody } from '#src/domain/notices/webhook-body.ts';

const batchSize = 200;

/**
 * Adds the deliveries of notices to the endpoints that ask for them and the e-mails to their people, and marks the notices as sent, in one
 * transaction. Every worker calls this regularly. Returns how many notices it handled.
 */
export async function spreadNotices(deps: Deps): Promise<number> {
  let handled = 0;
  for (;;) {
    const count = await spreadBatch(deps);
    handled += count;
    if (count < batchSize) return handled;
  }
}

async function spreadBatch(deps: Deps): Promise<number> {
  return deps.db.transaction(async (tx) => {
    const notices = await lockWaitingNotices(tx, batchSize);
    if (notices.length === 0) return 0;
    const at = deps.sharedClock();
    const endpoints = await listEndpoints(tx);
    const messages = notices.flatMap((notice) => messageOf(deps, notice, endpoints, at));
    await insertMessages(
      tx,
      messages.map(({ message }) => message),
      messages.flatMap(({ deliveries }) => deliveries),
    );
    await insertMails(
      tx,
      notices.flatMap((notice) => mailsOf(deps, notice, at)),
    );
    await markNoticesSent(
      tx,
      notices.map(({ id }) => id),
      at,
    );
    return notices.length;
  });
}

/** Nothing for a notice that no endpoint asks for. */
function messageOf(
  deps: Deps,
  { facts, ...notice }: WaitingNotice,
  endpoints: readonly WebhookEndpoint[],
  at: Date,
) {
  if (facts === null) return [];
  const { type, body } = webhookBody({ ...notice, facts }, deps.config.publicUrl);
  const wanting = endpoints.filter(({ events }) => events.length === 0 || events.includes(type));
  if (wanting.length === 0) return [];
  const messageId = deps.ids();
  const deliveries = wanting.map(({ id: endpointId, isActive }): NewWebhookDelivery => ({
    id: deps.ids(),
    messageId,
    endpointId,
    // An event while the endpoint is disabled is not lost: it can be redelivered.
    status: isActive ? 'waiting' : 'failed',
    nextAttemptAt: isActive ? at : null,
    createdAt: at,
  }));
  return [{ message: { id: messageId, noticeId: notice.id, type, body, createdAt: at }, deliveries }];
}

/** Recipients are named by their e-mail addresses; a service or a name without one gets no e-mail. */
const address = z.email();

/** An e-mail that cannot be sent is stored, too, so that it is counted. */
function mailsOf(deps: Deps, { id: noticeId, recipients, facts }: WaitingNotice, at: Date) {
  if (facts === null) return [];
  return recipients.map((person) => {
    const reason = !address.safeParse(person).success
      ? 'no_address'
      : deps.mailer === null
        ? 'no_mail_server'
        : null;
    return {
      id: deps.ids(),
      noticeId,
      person,
      status: reason === null ? ('waiting' as const) : ('skipped' as const),
      reason,
      nextAttemptAt: reason === null ? at : null,
      createdAt: at,
    };
  });
}
