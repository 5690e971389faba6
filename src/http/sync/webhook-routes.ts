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
import { limitRefusals, tooManyRefused } from './webhook-refusals.ts';

const bodyLimit = 1024 * 1024;
const params = z.object({ connectionId: z.string(), token: z.string().optional() });
type Address = z.infer<typeof params>;

const unset =
  'FAIRWAY_PUBLIC_URL is not set, so nobody can tell whether this request was signed for this address. Set it to the address the CRM calls.';

/**
 * Where CRMs knock. What they send is believed only as far as its signature goes or, where a vendor signs
 * nothing, the secret in its address, and even then only names records to look at. Answered once that is
 * kept, which takes milliseconds: vendors wait for seconds at most and then tell it again.
 */
export const webhookRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    const find = knownConnections(deps);
    const refusals = limitRefusals(deps);
    // Signatures cover the bytes as sent.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (_, body, done) => done(null, body));
    /** Whose door an address is; null when there is none. Nobody learns which part of it was wrong. */
    const doorAt = async ({ connectionId, token }: Address): Promise<Connection | null> => {
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
    // Behind one proxy the vendor shares an address with whoever forges: what it signs, or the address only
    // it knows, tells them apart at little cost.
    const onRequest = async (request: FastifyRequest<{ Params: Address }>): Promise<void> => {
      if (refusals.isOver(request) && (await doorAt(request.params)) === null) throw tooManyRefused();
    };
    const options = { bodyLimit, onRequest, schema: { hide: true, params } };
    const take = async (request: FastifyRequest<{ Params: Address }>, reply: FastifyReply) => {
      const { publicUrl } = deps.config;
      if (publicUrl === null)
        return reply.status(503).send({ error: { code: 'setting_invalid', message: unset } });
      const connection = await doorAt(request.params);
      if (!connection) {
        refusals.count(request);
        throw new AppError('not_found', 'There is nothing here.');
      }
      const connector = asCrm(deps.connectorFor(connection));
      const verdict = connector?.verifyWebhook(asSent(request, publicUrl, deps.clock()));
      if (!verdict) {
        if (refusals.isOver(request)) throw tooManyRefused();
        refusals.count(request);
        throw new AppError('not_signed_in', 'This request was not accepted.', {
          connection: connection.name,
        });
      }
      refusals.clear(request);
      const added = await deps.db.transaction((tx) =>
        recordHints(deps, tx, { connection, hints: verdict.hints, via: 'webhook' }),
      );
      if (added) void relaySoon(deps); // never throws, and the vendor need not wait for the queue
      if (verdict.reply === null) return reply.status(204).send();
      return reply.type(verdict.reply.contentType).send(verdict.reply.body);
    };
    app.post('/webhooks/:connectionId', options, take);
    app.post('/webhooks/:connectionId/:token', options, take);
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
