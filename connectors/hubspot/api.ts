import { Client } from '@hubspot/api-client';
import pRetry from 'p-retry';
import type { z } from 'zod';
import { ConnectorError, type Limits, type RemoteFailure } from '#connectors/connector.ts';
import { errorSchema, failureOf, unreachable, unreadable } from './errors.ts';
import { numberIn, paceOf, type Pace } from './pace.ts';

export interface ApiCall {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: object;
}

export interface ApiAnswer<T> {
  readonly data: T;
  /** The vendor's clock when it answered, ISO 8601 to the second; null when it did not say. */
  readonly serverTime: string | null;
}

/** Waits longer than this are left to the caller's queue. */
const longestWaitMs = 11_000;

/**
 * HubSpot over HTTP: one call at a time goes out in its turn, transient failures are tried again, answers are parsed.
 * The client's own limiter and retries stay off, because they are one per process, whoever configured them last.
 */
export class HubspotApi {
  readonly #client: Client;
  readonly #pace: Pace;
  #calls = 0;
  #limits: Limits = { used: null, allowed: null };

  constructor(basePath: string, accessToken: string) {
    this.#client = new Client({ basePath, accessToken });
    this.#pace = paceOf(basePath, accessToken);
  }

  /** Calls HubSpot answered, whatever the answer. */
  get calls(): number {
    return this.#calls;
  }

  get limits(): Limits {
    return this.#limits;
  }

  /** @throws ConnectorError with what HubSpot said, once trying again no longer helps */
  async send<T extends z.ZodType>(call: ApiCall, schema: T): Promise<ApiAnswer<z.infer<T>>> {
    return pRetry(() => this.#once(call, schema), {
      retries: 4,
      minTimeout: 300,
      factor: 2,
      shouldRetry: ({ error }) => error instanceof ConnectorError && isWorthAnother(error.failure),
    });
  }

  async #once<T extends z.ZodType>(call: ApiCall, schema: T): Promise<ApiAnswer<z.infer<T>>> {
    await this.#pace.turn(call.path.endsWith('/search'));
    const { response, body } = await this.#exchange(call);
    this.#note(response.headers);
    if (!response.ok) throw new ConnectorError(this.#refusal(response, body));
    const parsed = schema.safeParse(body);
    if (!parsed.success) throw new ConnectorError(unreadable(call.path, parsed.error.message), parsed.error);
    const date = Date.parse(response.headers.get('date') ?? '');
    return { data: parsed.data, serverTime: Number.isNaN(date) ? null : new Date(date).toISOString() };
  }

  async #exchange(call: ApiCall): Promise<{ readonly response: Response; readonly body: unknown }> {
    try {
      const response = await this.#client.apiRequest({ method: call.method, path: call.path, ...(call.body ? { body: call.body } : {}) });
      this.#calls += 1;
      return { response, body: readJson(await response.text()) };
    } catch (error) {
      throw new ConnectorError(unreachable(error), error);
    }
  }

  #note(headers: Headers): void {
    this.#pace.learn(headers);
    const allowed = numberIn(headers, 'x-hubspot-ratelimit-daily');
    const remaining = numberIn(headers, 'x-hubspot-ratelimit-daily-remaining');
    if (allowed !== null && remaining !== null) this.#limits = { used: allowed - remaining, allowed };
  }

  #refusal(response: Response, body: unknown): RemoteFailure {
    const seconds = numberIn(response.headers, 'retry-after');
    const failure = failureOf(response.status, errorSchema.safeParse(body).data ?? {}, seconds === null ? null : seconds * 1_000);
    const waitMs = failure.retryAfterMs ?? (seconds === null ? 0 : seconds * 1_000);
    if (waitMs > 0 && waitMs <= longestWaitMs) this.#pace.hold(waitMs);
    return failure;
  }
}

function isWorthAnother(failure: RemoteFailure): boolean {
  if (failure.class === 'throttle') return (failure.retryAfterMs ?? 0) <= longestWaitMs;
  return failure.class === 'retry' && failure.code !== 'UNREADABLE_ANSWER';
}

/** A proxy in between may answer in HTML: then the status alone speaks. */
function readJson(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return { message: text.slice(0, 200) };
  }
}
