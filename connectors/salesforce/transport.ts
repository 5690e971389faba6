import { PassThrough } from 'node:stream';
import type { HttpRequest, HttpResponse } from 'jsforce';
import { Transport } from 'jsforce/lib/transport.js';
import { StreamPromise } from 'jsforce/lib/util/promise.js';

const timeoutMs = 120_000;

/** Counts calls as Salesforce bills them. */
export interface Meter {
  calls: number;
}

/**
 * One HTTP exchange for jsforce, by `fetch`. jsforce's own transport retries by itself, so calls could not be counted,
 * waits 30 minutes, and never settles when the connection breaks while an answer streams in.
 */
export class FetchTransport extends Transport {
  readonly #meter: Meter;
  /** The vendor's clock when it answered. */
  answeredAt: string | null = null;

  constructor(meter: Meter) {
    super();
    this.#meter = meter;
  }

  override httpRequest(request: HttpRequest): StreamPromise<HttpResponse> {
    return StreamPromise.create(() => ({ stream: new PassThrough(), promise: this.#exchange(request) }));
  }

  async #exchange({ url, method, headers, body }: HttpRequest): Promise<HttpResponse> {
    const init = { method, ...(headers ? { headers } : {}), ...(body === undefined || body === null ? {} : { body: body as string }) };
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(timeoutMs) });
    /** A refused session is not billed: jsforce signs in again and repeats the call. */
    if (response.status !== 401) this.#meter.calls += 1;
    const date = response.headers.get('date');
    this.answeredAt = date === null ? null : new Date(date).toISOString();
    return { statusCode: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
  }
}
