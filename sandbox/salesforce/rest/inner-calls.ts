import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';

const header = 'x-sandbox-inner-call';

export interface InnerCall {
  readonly method: string;
  /** From `/services/data/` on. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface InnerAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/**
 * Calls that are parts of one call: they share its session, its faults, its place in the journal and its
 * transaction.
 */
export class InnerCalls {
  readonly #outer = new Map<string, FastifyRequest>();

  /** The call this one is a part of; null when it came from outside. */
  outerOf(request: FastifyRequest): FastifyRequest | null {
    return this.#outer.get(String(request.headers[header])) ?? null;
  }

  async run(
    app: FastifyInstance,
    outer: FastifyRequest,
    { method, url, headers, body }: InnerCall,
  ): Promise<InnerAnswer> {
    const id = randomUUID();
    this.#outer.set(id, outer);
    try {
      const payload = body === undefined || body === null ? {} : { payload: JSON.stringify(body) };
      const type = 'payload' in payload ? { 'content-type': 'application/json' } : {};
      const answer = await app.inject({
        method: method as 'GET',
        url,
        headers: { ...headers, ...type, host: outer.headers.host ?? '', [header]: id },
        ...payload,
      });
      return {
        status: answer.statusCode,
        headers: answer.headers,
        body: answer.payload === '' ? null : answer.json(),
      };
    } finally {
      this.#outer.delete(id);
    }
  }
}
