import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiError, toErrorBody } from './api-error.ts';
import { userOf } from './oauth.ts';
import type { Org } from './org.ts';
import type { ObjectDef, Schema } from './schema.ts';
import { Writer } from './writer.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What a Salesforce API call was for, and who makes it. */
    salesforce: { summary: string; userId: string } | null;
  }
}

const dailyCalls = 100_000;

/** The data API of one org: every route under it is signed in, counted and written to the journal. */
export class Api {
  readonly org: Org;
  #used: number;

  constructor(org: Org) {
    this.org = org;
    this.#used = org.store.calls('salesforce').length;
  }

  /** A call that was refused for its session is not billed, so it is not counted either. */
  guard(app: FastifyInstance): void {
    app.decorateRequest('salesforce', null);
    app.addHook('onRequest', async (request) => {
      const { version = '' } = request.params as { version?: string };
      const userId = userOf(this.org, request);
      request.salesforce = { summary: '', userId };
      const number = /^v(\d\d)\.0$/.exec(version)?.[1];
      if (!number || Number(number) < 41 || Number(number) > 68)
        throw new ApiError(404, 'NOT_FOUND', 'The requested resource does not exist');
    });
    app.addHook('onSend', async (request, reply) => {
      if (!request.salesforce) return;
      this.#used += 1;
      void reply.header('Sforce-Limit-Info', `api-usage=${this.#used}/${dailyCalls}`);
      const { summary } = request.salesforce;
      const at = this.org.now().toISOString();
      this.org.store.recordCall({
        vendor: 'salesforce',
        at,
        method: request.method,
        path: request.url.slice(0, 500),
        status: reply.statusCode,
        summary,
      });
    });
  }

  limits(): object {
    return { DailyApiRequests: { Max: dailyCalls, Remaining: dailyCalls - this.#used } };
  }

  schema(request: FastifyRequest): Schema {
    return this.org.schemaFor(this.userId(request));
  }

  writer(request: FastifyRequest): Writer {
    return new Writer(this.org, this.schema(request), { userId: this.userId(request) });
  }

  userId(request: FastifyRequest): string {
    if (!request.salesforce) throw new ApiError(401, 'INVALID_SESSION_ID', 'Session expired or invalid');
    return request.salesforce.userId;
  }

  /** Notes for the journal what this call is for. */
  note(request: FastifyRequest, summary: string): void {
    if (request.salesforce) request.salesforce.summary = summary;
  }

  /** @throws ApiError 404 NOT_FOUND */
  object(request: FastifyRequest, name: string): ObjectDef {
    const object = this.schema(request).object(name);
    if (!object) throw new ApiError(404, 'NOT_FOUND', 'The requested resource does not exist');
    return object;
  }
}

/** Answers in the vendor's shape whatever goes wrong. */
export function errorAnswers(app: FastifyInstance): void {
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    if (error instanceof ApiError) return reply.status(error.status).send(toErrorBody(error));
    const status = error.statusCode ?? 500;
    return reply.status(status).send([{ message: error.message, errorCode: status < 500 ? 'JSON_PARSER_ERROR' : 'UNKNOWN_EXCEPTION' }]);
  });
  app.setNotFoundHandler((_request, reply) =>
    reply.status(404).send([{ message: 'The requested resource does not exist', errorCode: 'NOT_FOUND' }]),
  );
}
