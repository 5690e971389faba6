import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { authenticate, findApp, type App } from '#sandbox/hubspot/apps.ts';
import {
  fileEndingAt,
  journalActions,
  journalSubscriptions,
  journalSubscriptionTypes,
  latestFile,
  nextFile,
  signFile,
  type JournalFile,
  type JournalSubscription,
} from './change-journal.ts';
import { HubspotError, notFound } from '#sandbox/hubspot/errors.ts';
import { parse } from '#sandbox/hubspot/input.ts';
import { resolveType } from '#sandbox/hubspot/schema/object-types.ts';
import { removeRow, nextId, save, stamp, type Portal } from '#sandbox/hubspot/portal.ts';

/**
 * An empty list selects everything.
 * Source: https://developers.hubspot.com/docs/api-reference/latest/webhooks/webhooks-journal/create-subscription
 */
const subscriptionSchema = z
  .object({
    subscriptionType: z.enum(journalSubscriptionTypes),
    objectTypeId: z.string(),
    portalId: z.number().int(),
    actions: z.array(z.enum(journalActions)).min(1),
    objectIds: z.array(z.number().int()),
    properties: z.array(z.string()).nullable().default(null),
    associatedObjectTypeIds: z.array(z.string()).nullable().default(null),
  })
  .refine(({ subscriptionType, properties }) => subscriptionType !== 'OBJECT' || properties !== null, {
    path: ['properties'],
    message: 'properties is required for OBJECT subscriptions',
  });
const fileSchema = z.object({ expires: z.string(), signature: z.string() });

/** The life of the address of a journal file. */
const addressMs = 5 * 60_000;

/**
 * `/webhooks-journal/{journal,journal-local}/<version>` returns the address of a file of changes,
 * `/webhooks-journal/subscriptions` what goes into it. With a client-credentials token; the files themselves
 * need none.
 */
export function journalRoutes(app: FastifyInstance, portal: Portal, version: string): void {
  const clientOf = (request: FastifyRequest): App =>
    authenticate(portal, request.headers.authorization, 'client');

  for (const variant of ['journal', 'journal-local']) {
    const prefix = `/webhooks-journal/${variant}/${version}`;
    const answer = (
      request: FastifyRequest,
      reply: FastifyReply,
      find: (appId: number) => ReturnType<typeof nextFile>,
    ): FastifyReply => {
      const client = clientOf(request);
      const file = find(client.appId);
      if (file === 'expired')
        throw new HubspotError(404, 'OBJECT_NOT_FOUND', 'The offset has expired or does not exist.');
      return file === null ? reply.code(204).send() : reply.send(pointer(portal, client, file, request));
    };
    app.get(`${prefix}/earliest`, (request, reply) =>
      answer(request, reply, (appId) => nextFile(portal, appId, null)),
    );
    app.get(`${prefix}/latest`, (request, reply) =>
      answer(request, reply, (appId) => latestFile(portal, appId)),
    );
    app.get<{ Params: { offset: string } }>(`${prefix}/offset/:offset/next`, (request, reply) =>
      answer(request, reply, (appId) => nextFile(portal, appId, request.params.offset)),
    );
  }

  const subscriptions = `/webhooks-journal/subscriptions/${version}`;
  app.get(subscriptions, (request) => {
    const { appId } = clientOf(request);
    return { results: journalSubscriptions(portal).filter((one) => one.appId === appId) };
  });
  app.post(subscriptions, (request) => {
    const { appId } = clientOf(request);
    const wanted = parse(subscriptionSchema, request.body);
    const id = nextId(portal, 'subscription');
    const { objectTypeId } = resolveType(portal, wanted.objectTypeId);
    const subscription: JournalSubscription = {
      ...wanted,
      objectTypeId,
      id,
      appId,
      createdAt: stamp(portal),
      updatedAt: stamp(portal),
    };
    save(portal, 'journal-subscription', String(id), subscription);
    return subscription;
  });
  app.delete<{ Params: { id: string } }>(`${subscriptions}/:id`, (request, reply) => {
    const { appId } = clientOf(request);
    const known = journalSubscriptions(portal).find(
      (one) => one.appId === appId && String(one.id) === request.params.id,
    );
    if (!known) throw notFound(`No subscription ${request.params.id} exists`);
    removeRow(portal, 'journal-subscription', request.params.id);
    return reply.code(204).send();
  });
}

/** `/journal-files/<app>/<offset>/<length>`: what HubSpot keeps at its storage provider. */
export function journalFiles(app: FastifyInstance, portal: Portal): void {
  app.get<{ Params: { appId: string; offset: string; length: string } }>(
    '/journal-files/:appId/:offset/:length',
    (request) => {
      const { expires, signature } = parse(fileSchema, request.query);
      const { appId, offset, length } = request.params;
      const owner = findApp(portal, Number(appId));
      const good =
        owner &&
        signFile(owner.clientSecret, pathOf(request), expires) === signature &&
        expires > stamp(portal);
      if (!owner || !good)
        throw new HubspotError(403, 'FORBIDDEN', 'The address of this file has expired or was not signed.');
      const file = fileEndingAt(portal, owner.appId, offset, Number(length));
      if (!file) throw notFound('The file has expired.');
      return file;
    },
  );
}

const pathOf = (request: FastifyRequest): string => request.url.split('?')[0] ?? '';

function pointer(portal: Portal, client: App, file: JournalFile, request: FastifyRequest): object {
  const expiresAt = new Date(portal.now().getTime() + addressMs).toISOString();
  const path = `/journal-files/${client.appId}/${file.offset}/${file.journalEvents.length}`;
  const query = new URLSearchParams({
    expires: expiresAt,
    signature: signFile(client.clientSecret, path, expiresAt),
  });
  return {
    url: `${request.protocol}://${request.host}${path}?${query.toString()}`,
    expiresAt,
    currentOffset: file.offset,
  };
}
