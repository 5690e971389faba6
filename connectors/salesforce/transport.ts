import { PassThrough } from 'node:stream';
import type { HttpRequest, HttpResponse } from 'jsforce';
import { Transport } from 'jsforce/lib/transport.js';
import { StreamPromise } from 'jsforce/lib/util/promise.js';
import type { CallGate, Limits } from '#connectors/contract/limits.ts';
import type { Outbound, OutboundRequest } from '#connectors/contract/outbound.ts';

/** An org allows 25 concurrent requests that take 20 seconds or longer. We cancel earlier. */
const timeoutMs = 19_000;

/** A page of a bulk read is parsed while it arrives, so it does not have to fit into memory. */
const bulkAnswerBytes = 1024 * 1024 * 1024;

/** The state that all requests to one org share: the gate and the counts. */
export interface Wire {
  readonly gate: CallGate;
  readonly outbound: Outbound;
  /** The number of calls that Salesforce bills. */
  calls: number;
  limits: Limits;
}

export interface ExchangeOptions {
  /** For bulk data, which does not count towards the limit of long requests. */
  readonly timeoutMs?: number;
  /** Receives the body of an accepted answer as it arrives. The caller then gets an empty body. */
  readonly reader?: (body: ReadableStream<Uint8Array>, headers: Headers) => Promise<void>;
}

/**
 * Makes one HTTP request for jsforce with `fetch`. jsforce's transport retries, so calls could not be
 * counted; it waits 30 minutes; and it never settles when the connection breaks in the middle of an answer.
 */
export class FetchTransport extends Transport {
  readonly #wire: Wire;
  readonly #options: ExchangeOptions;
  /** The vendor's clock when it answered. */
  answeredAt: string | null = null;

  constructor(wire: Wire, options: ExchangeOptions = {}) {
    super();
    this.#wire = wire;
    this.#options = options;
  }

  override httpRequest(request: HttpRequest): StreamPromise<HttpResponse> {
    return StreamPromise.create(() => ({ stream: new PassThrough(), promise: this.#exchange(request) }));
  }

  async #exchange({ url, method, headers, body }: HttpRequest): Promise<HttpResponse> {
    await this.#wire.gate.admit('call');
    const { reader } = this.#options;
    const response = await this.#wire.outbound(url, {
      method,
      ...(headers ? { headers: headers as Record<string, string> } : {}),
      ...(body === undefined || body === null ? {} : { body: body as OutboundRequest['body'] }),
      ...(reader ? { maxBytes: bulkAnswerBytes } : {}),
      signal: AbortSignal.timeout(this.#options.timeoutMs ?? timeoutMs),
    });
    /** A refused session is not billed. jsforce then signs in again and repeats the call. */
    if (response.status !== 401) this.#wire.calls += 1;
    await this.#learn(response.headers.get('sforce-limit-info') ?? '');
    const date = response.headers.get('date');
    await this.#wire.gate.noteClock(date);
    this.answeredAt = date === null ? null : new Date(date).toISOString();
    if (!reader || !response.ok || !response.body)
      return {
        statusCode: response.status,
        headers: Object.fromEntries(response.headers),
        body: await response.text(),
      };
    await reader(response.body, response.headers);
    return { statusCode: response.status, headers: {}, body: '' };
  }

  /** `api-usage=18/5000; per-app-api-usage=17/250(appName=…)`: the first one is the org's. */
  async #learn(limitInfo: string): Promise<void> {
    const [, used, allowed] = /(?:^|[;,\s])api-usage=(\d+)\/(\d+)/.exec(limitInfo) ?? [];
    if (used === undefined || allowed === undefined) return;
    this.#wire.limits = { used: Number(used), allowed: Number(allowed) };
    await this.#wire.gate.learn([{ name: 'day', used: Number(used), allowed: Number(allowed) }]);
  }
}
