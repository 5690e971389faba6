import { PassThrough } from 'node:stream';
import type { HttpRequest, HttpResponse } from 'jsforce';
import { Transport } from 'jsforce/lib/transport.js';
import { StreamPromise } from 'jsforce/lib/util/promise.js';
import type { CallGate, Limits } from '#connectors/contract/limits.ts';

/**
 * Requests that run 20 s and more share a pool of 25 places in the whole org: we hang up before we take one
 * of those.
 */
const timeoutMs = 19_000;

/** What all exchanges with one org share: who lets them leave, and what they have cost. */
export interface Wire {
  readonly gate: CallGate;
  /** Calls as Salesforce bills them. */
  calls: number;
  limits: Limits;
}

export interface ExchangeOptions {
  /** For bulk data, which does not count among the long requests. */
  readonly timeoutMs?: number;
  /** Takes an accepted answer's body as it arrives; the caller then gets an empty one. */
  readonly reader?: (body: ReadableStream<Uint8Array>, headers: Headers) => Promise<void>;
}

/**
 * One HTTP exchange for jsforce, by `fetch`. jsforce's own transport retries by itself, so calls could not be
 * counted, waits 30 minutes, and never settles when the connection breaks while an answer streams in.
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
    const init = {
      method,
      ...(headers ? { headers } : {}),
      ...(body === undefined || body === null ? {} : { body: body as string }),
    };
    const response = await fetch(url, {
      ...init,
      signal: AbortSignal.timeout(this.#options.timeoutMs ?? timeoutMs),
    });
    /** A refused session is not billed: jsforce signs in again and repeats the call. */
    if (response.status !== 401) this.#wire.calls += 1;
    await this.#learn(response.headers.get('sforce-limit-info') ?? '');
    const date = response.headers.get('date');
    this.answeredAt = date === null ? null : new Date(date).toISOString();
    const { reader } = this.#options;
    if (!reader || !response.ok || !response.body)
      return {
        statusCode: response.status,
        headers: Object.fromEntries(response.headers),
        body: await response.text(),
      };
    await reader(response.body, response.headers);
    return { statusCode: response.status, headers: {}, body: '' };
  }

  /** `api-usage=18/5000; per-app-api-usage=17/250(appName=…)`: the first is the org's. */
  async #learn(limitInfo: string): Promise<void> {
    const [, used, allowed] = /(?:^|[;,\s])api-usage=(\d+)\/(\d+)/.exec(limitInfo) ?? [];
    if (used === undefined || allowed === undefined) return;
    this.#wire.limits = { used: Number(used), allowed: Number(allowed) };
    await this.#wire.gate.learn([{ name: 'day', used: Number(used), allowed: Number(allowed) }]);
  }
}
