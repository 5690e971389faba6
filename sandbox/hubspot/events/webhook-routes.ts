import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { findApp } from '#sandbox/hubspot/apps.ts';
import { invalid, notFound } from '#sandbox/hubspot/errors.ts';
import { parse } from '#sandbox/hubspot/input.ts';
import { resolveType } from '#sandbox/hubspot/schema/object-types.ts';
import { table, type Portal } from '#sandbox/hubspot/portal.ts';
import { propertyOf } from '#sandbox/hubspot/schema/properties.ts';
import {
  findSubscription,
  removeTarget,
  setActive,
  setTarget,
  subscribe,
  subscriptionsOf,
  targetOf,
  unsubscribe,
  webhookKinds,
  type Subscription,
} from './webhook-subscriptions.ts';

interface AppRoute {
  Params: { appId: string };
}
interface SubscriptionRoute {
  Params: { appId: string; id: string };
}

const targetSchema = z.object({
  targetUrl: z.url({ protocol: /^https?$/ }),
  throttling: z
    .object({ maxConcurrentRequests: z.number().int().min(1).max(10) })
    .default({ maxConcurrentRequests: 10 }),
});
const activeSchema = z.object({ active: z.boolean() });
const subscriptionSchema = z.object({
  eventType: z.templateLiteral([z.enum(['object', 'contact', 'company', 'deal']), '.', z.enum(webhookKinds)]),
  objectTypeId: z.string().optional(),
  propertyName: z.string().optional(),
  active: z.boolean().default(true),
});

/** `/app-webhooks/<version>/<appId>/{settings,subscriptions}`: where an app wants its events, and which. */
export function webhookRoutes(app: FastifyInstance, portal: Portal, prefix: string): void {
  const appOf = (request: { params: { appId: string } }): number => {
    const found = findApp(portal, Number(request.params.appId));
    if (!found || found.kind === 'service') throw notFound(`No app with ID ${request.params.appId} exists`);
    return found.appId;
  };

  app.get<AppRoute>(`${prefix}/:appId/settings`, (request) => {
    const target = targetOf(portal, appOf(request));
    if (!target) throw notFound('No webhook settings exist for this app');
    return target;
  });

  app.put<AppRoute>(`${prefix}/:appId/settings`, (request) =>
    setTarget(portal, appOf(request), parse(targetSchema, request.body)),
  );

  app.delete<AppRoute>(`${prefix}/:appId/settings`, (request, reply) => {
    removeTarget(portal, appOf(request));
    return reply.code(204).send();
  });

  app.get<AppRoute>(`${prefix}/:appId/subscriptions`, (request) => {
    const appId = appOf(request);
    return {
      results: subscriptionsOf(portal).flatMap((one) => (one.appId === appId ? [rendered(one)] : [])),
    };
  });

  app.post<AppRoute>(`${prefix}/:appId/subscriptions`, (request, reply) => {
    const appId = appOf(request);
    const wanted = checked(portal, parse(subscriptionSchema, request.body));
    return reply.code(201).send(rendered(subscribe(portal, appId, wanted)));
  });

  app.get<SubscriptionRoute>(`${prefix}/:appId/subscriptions/:id`, (request) =>
    rendered(findSubscription(portal, appOf(request), request.params.id)),
  );

  app.patch<SubscriptionRoute>(`${prefix}/:appId/subscriptions/:id`, (request) => {
    const { active } = parse(activeSchema, request.body);
    return rendered(setActive(portal, findSubscription(portal, appOf(request), request.params.id), active));
  });

  app.delete<SubscriptionRoute>(`${prefix}/:appId/subscriptions/:id`, (request, reply) => {
    const appId = appOf(request);
    if (table(portal, 'webhook-subscription').has(request.params.id))
      unsubscribe(portal, findSubscription(portal, appId, request.params.id));
    return reply.code(204).send();
  });
}

const rendered = ({ appId: _, ...subscription }: Subscription): object => subscription;

function checked(portal: Portal, asked: z.infer<typeof subscriptionSchema>): Parameters<typeof subscribe>[2] {
  const { eventType, objectTypeId, propertyName, active } = asked;
  const [object] = eventType.split('.');
  if (object === 'object' && objectTypeId === undefined)
    throw invalid('An objectTypeId is required to subscribe to object events.');
  const type = resolveType(portal, object === 'object' ? (objectTypeId ?? '') : (object ?? ''));
  if (propertyName !== undefined) propertyOf(portal, type, propertyName);
  return {
    eventType,
    active,
    ...(object === 'object' ? { objectTypeId: type.objectTypeId } : {}),
    ...(propertyName === undefined ? {} : { propertyName }),
  };
}
