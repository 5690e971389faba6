import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { listDeliveries } from '#src/db/notices/delivery-store.ts';
import { countOpenDeliveries, findEndpoint, listEndpoints } from '#src/db/notices/endpoint-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { webhookEventTypes } from '#src/domain/notices/webhook-body.ts';
import { personOf } from '#src/http/plugins/session.ts';
import { answers, idParams } from '#src/http/schema.ts';
import {
  changeEndpoint,
  createEndpoint,
  disableEndpoint,
  enableEndpoint,
  rotateSecret,
} from '#src/operations/notices/endpoints.ts';
import { redeliver, sendTestEvent } from '#src/operations/notices/redeliver.ts';
import {
  createdEndpoint,
  deliveries,
  deliverySearch,
  endpointBody,
  endpointChanges,
  endpoints,
  redeliverBody,
  redelivered,
  rotatedSecret,
  startedDelivery,
} from './schema.ts';

const done = z.object({});
const read = { config: { access: 'read_webhooks' } } as const;
const manage = { config: { access: 'manage_webhooks' } } as const;
const pageSize = 50;

/** Outbound webhooks: the endpoints, their secrets and the log of deliveries. */
export const webhookEndpointRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/webhook-endpoints', { ...read, schema: { response: answers(endpoints) } }, async () => ({
      endpoints: await endpointAnswers(deps),
      eventTypes: [...webhookEventTypes],
    }));

    app.post(
      '/webhook-endpoints',
      { ...manage, schema: { body: endpointBody, response: answers(createdEndpoint) } },
      async (request) => createEndpoint(deps, { ...request.body, actorId: personOf(request).id }),
    );

    app.patch(
      '/webhook-endpoints/:id',
      { ...manage, schema: { params: idParams, body: endpointChanges, response: answers(done) } },
      async (request) => {
        const act = { actorId: personOf(request).id, endpointId: request.params.id };
        const { isActive, ...changes } = request.body;
        if (Object.keys(changes).length > 0) await changeEndpoint(deps, { ...act, ...changes });
        if (isActive === true) await enableEndpoint(deps, act);
        if (isActive === false) await disableEndpoint(deps, act);
        return {};
      },
    );

    app.post(
      '/webhook-endpoints/:id/rotate',
      { ...manage, schema: { params: idParams, response: answers(rotatedSecret) } },
      async (request) => rotateSecret(deps, { actorId: personOf(request).id, endpointId: request.params.id }),
    );

    app.post(
      '/webhook-endpoints/:id/test',
      { ...manage, schema: { params: idParams, response: answers(startedDelivery) } },
      async (request) => ({ deliveryId: await sendTestEvent(deps, request.params.id) }),
    );

    app.post(
      '/webhook-endpoints/:id/redeliver',
      { ...manage, schema: { params: idParams, body: redeliverBody, response: answers(redelivered) } },
      async ({ body, params }) => {
        const which = 'since' in body ? { since: new Date(body.since) } : body;
        return { count: await redeliver(deps, params.id, which) };
      },
    );

    app.get(
      '/webhook-endpoints/:id/deliveries',
      {
        ...read,
        schema: { params: idParams, querystring: deliverySearch, response: answers(deliveries) },
      },
      async ({ params, query }) => deliveriesAnswer(deps, params.id, query),
    );
  };

async function endpointAnswers(deps: Deps) {
  const counts = await countOpenDeliveries(deps.db);
  const now = deps.sharedClock();
  const later = (at: Date | null): Date | null => (at !== null && at > now ? at : null);
  return (await listEndpoints(deps.db)).map((row) => ({
    id: row.id,
    url: row.url,
    description: row.description,
    events: [...row.events],
    isActive: row.isActive,
    disabledBecause: row.disabledBecause,
    failingSince: row.failingSince,
    pausedUntil: later(row.pausedUntil),
    previousSecretUntil: later(row.previousUntil),
    ...(counts.get(row.id) ?? { waiting: 0, failed: 0 }),
    createdAt: row.createdAt,
  }));
}

async function deliveriesAnswer(
  deps: Deps,
  endpointId: string,
  {
    status = null,
    before = null,
  }: { status?: 'waiting' | 'delivered' | 'failed' | null | undefined; before?: string | null | undefined },
) {
  if ((await findEndpoint(deps.db, endpointId)) === null)
    throw new AppError('not_found', 'There is no such webhook endpoint.');
  const page = await listDeliveries(deps.db, endpointId, { status, before, limit: pageSize + 1 });
  const rows = page.slice(0, pageSize);
  return {
    deliveries: rows.map(({ delivery, type, body, attempts }) => ({
      id: delivery.id,
      messageId: delivery.messageId,
      type,
      body,
      status: delivery.status,
      createdAt: delivery.createdAt,
      nextAttemptAt: delivery.nextAttemptAt,
      attempts: attempts.map(({ at, durationMs, statusCode, error }) => ({
        at,
        durationMs,
        statusCode,
        error,
      })),
    })),
    next: page.length > pageSize ? (rows.at(-1)?.delivery.id ?? null) : null,
  };
}
