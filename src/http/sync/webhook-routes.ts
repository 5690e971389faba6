import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { asCrm } from '#connectors/contract/connector.ts';
import type { WebhookRequest } from '#connectors/contract/crm.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { relaySoon } from '#src/operations/jobs/relay-jobs.ts';
import { recordHints } from '#src/operations/hints/record-hints.ts';
import { isWebhookToken } from '#src/operations/connections/webhook-address.ts';
import { knownConnections } from './webhook-connections.ts';
import { limitRefusals } from './webhook-refusals.ts';

const bodyLimit = 1024 * 1024;
const params = z.object({ connectionId: z.string(), token: z.string().optional() });
type Address = z.infer<typeof params>;

const addressUnknown =
  'FAIRWAY_PUBLIC_URL is not set, so Fairway cannot check whether this request was signed for its address. Set it to the address the CRM calls.';

type WebhookCall = FastifyRequest<{ Params: Address }>;

/**
 * Webhooks of the CRMs. A request is trusted for its signature or, if the vendor signs nothing, for the secret
 * in its address; even then it only names records to read again. The answer is sent as soon as the hints are
 * stored, because vendors wait a few seconds at most and then send the request again.
 */
export const webhookRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    const find = knownConnections(deps);
    const refusals = limitRefusals(app, deps);
    // A signature covers the bytes as they were sent.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (_, body, done) => done(null, body));

    /** Null when the address belongs to no connection. The answer does not show which part of it is wrong. */
    const connectionAt = async ({ connectionId, token }: Address): Promise<Connection | null> => {
      const connection = await find(connectionId);
      switch (connection && asCrm(deps.connectorFor(connection))?.webhookProof) {
        case 'signature':
          return token === undefined ? connection : null;
        case 'address':
          return connection && isWebhookToken(connection, token ?? '') ? connection : null;
        default:
          return null;
      }
    };
    const requireConnectionAt = async (request: WebhookCall): Promise<Connection> => {
      const connection = await connectionAt(request.params);
      if (connection) return connection;
      await refusals.count(request);
      throw new AppError('not_found', 'There is nothing here.');
    };
    /** Refuses a wrong address before its body is read. */
    const onRequest = async (request: WebhookCall, reply: FastifyReply) => {
      if (deps.config.publicUrl === null)
        return reply.status(503).send({ error: { code: 'setting_invalid', message: addressUnknown } });
      await requireConnectionAt(request);
      return undefined;
    };
    const receive = async (request: WebhookCall, reply: FastifyReply) => {
      const connection = await requireConnectionAt(request);
      const connector = asCrm(deps.connectorFor(connection));
      const delivery = connector?.verifyWebhook(asSent(request, deps.config.publicUrl ?? '', deps.clock()));
      if (!delivery) {
        await refusals.count(request);
        throw new AppError('not_signed_in', 'This request was not accepted.', {
          connection: connection.name,
        });
      }
      refusals.trust(request);
      const added = await deps.db.transaction((tx) =>
        recordHints(deps, tx, { connection, hints: delivery.hints, via: 'webhook' }),
      );
      // It never throws, and the vendor need not wait for the queue.
      if (added) void relaySoon(deps);
      if (delivery.reply === null) return reply.status(204).send();
      return reply.type(delivery.reply.contentType).send(delivery.reply.body);
    };
    const config = { calledByVendors: true } as const;
    const options = { bodyLimit, onRequest, config, schema: { hide: true, params } };
    app.post('/webhooks/:connectionId', options, receive);
    app.post('/webhooks/:connectionId/:token', options, receive);
  };

function asSent(request: FastifyRequest, publicUrl: string, receivedAt: Date): WebhookRequest {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : value,
    ]),
  );
  const rawBody = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  return { method: request.method, url: `${publicUrl}${request.url}`, headers, rawBody, receivedAt };
}
