import pRetry, { AbortError } from 'p-retry';
import type { z } from 'zod';
import { ConnectorError, type RemoteFailure } from '#connectors/contract/failures.ts';
import type { CallGate, Limits } from '#connectors/contract/limits.ts';
import type { Access } from './access.ts';
import { errorSchema, failureOf, unreadable } from './errors.ts';
import { numberIn, readingsIn, refusedWindow } from './limits.ts';
import type { Transport, WireAnswer } from './transport.ts';

export interface ApiCall {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: object;
}

export interface ApiAnswer<T> {
  readonly data: T;
  /** The vendor's clock when it answered, ISO 8601 to the second. Null without a Date header. */
  readonly serverTime: string | null;
}

export interface ApiInput {
  readonly transport: Transport;
  readonly access: Access;
  readonly gate: CallGate;
  /** Ends the waits between attempts. */
  readonly signal?: AbortSignal;
}

/** A longer wait is left to the caller's queue. */
const longestWaitMs = 11_000;

/**
 * Calls HubSpot over HTTP. Every attempt passes the gate, transient failures are retried, and answers are
 * parsed.
 */
export class HubspotApi {
  readonly #input: ApiInput;
  #calls = 0;
  #limits: Limits = { used: null, allowed: null };

  constructor(input: ApiInput) {
    this.#input = input;
  }

  /** The number of calls that HubSpot answered, errors included. */
  get calls(): number {
    return this.#calls;
  }

  get limits(): Limits {
    return this.#limits;
  }

  /** @throws ConnectorError with HubSpot's failure, after the last retry */
  async send<T extends z.ZodType>(call: ApiCall, schema: T): Promise<ApiAnswer<z.infer<T>>> {
    const { signal } = this.#input;
    return pRetry(() => this.#once(call, schema), {
      retries: 4,
      minTimeout: 300,
      factor: 2,
      shouldRetry: ({ error }) => error instanceof ConnectorError && isRetryable(error.failure),
      ...(signal ? { signal } : {}),
    });
  }

  async #once<T extends z.ZodType>(call: ApiCall, schema: T): Promise<ApiAnswer<z.infer<T>>> {
    const answer = await this.#exchange(call);
    if (answer.status >= 300) throw new ConnectorError(await this.#refusal(answer));
    const parsed = schema.safeParse(answer.body);
    if (!parsed.success) throw new ConnectorError(unreadable(call.path, parsed.error.message), parsed.error);
    const date = Date.parse(answer.headers.get('date') ?? '');
    return { data: parsed.data, serverTime: Number.isNaN(date) ? null : new Date(date).toISOString() };
  }

  /** Repeats the call with another access token when the first one was refused. */
  async #exchange(call: ApiCall): Promise<WireAnswer> {
    const { access } = this.#input;
    const token = await access.token();
    const answer = await this.#attempt(call, token);
    return answer.status === 401 && (await access.renew(token))
      ? this.#attempt(call, await access.token())
      : answer;
  }

  async #attempt(call: ApiCall, token: string): Promise<WireAnswer> {
    const { transport, gate } = this.#input;
    await gate.admit(call.path.endsWith('/search') ? 'search' : 'call').catch((error: unknown) => {
      // The gate refuses only waits that are too long, so a retry would be refused as well.
      throw error instanceof ConnectorError ? new AbortError(error) : error;
    });
    const answer = await transport(call, token);
    this.#calls += 1;
    await gate.noteClock(answer.headers.get('date'));
    const readings = readingsIn(answer.headers);
    const day = readings.find((reading) => reading.name === 'day');
    if (day) this.#limits = { used: day.used, allowed: day.allowed };
    if (readings.length > 0) await gate.learn(readings);
    return answer;
  }

  async #refusal({ status, headers, body }: WireAnswer): Promise<RemoteFailure> {
    const error = errorSchema.safeParse(body).data ?? {};
    const seconds = numberIn(headers, 'retry-after');
    const failure = failureOf(status, error, seconds === null ? null : seconds * 1_000);
    if (failure.class === 'throttle')
      await this.#input.gate.hold(refusedWindow(error.policyName), failure.retryAfterMs ?? 0);
    return failure;
  }
}

function isRetryable(failure: RemoteFailure): boolean {
  if (failure.class === 'throttle') return (failure.retryAfterMs ?? 0) <= longestWaitMs;
  return failure.class === 'retry' && failure.code !== 'UNREADABLE_ANSWER';
}
