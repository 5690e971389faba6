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
  /** The vendor's clock when it answered, ISO 8601 to the second; null when it did not say. */
  readonly serverTime: string | null;
}

export interface ApiInput {
  readonly transport: Transport;
  readonly access: Access;
  readonly gate: CallGate;
  /** Ends the waits between attempts. */
  readonly signal?: AbortSignal;
}

/** Waits longer than this are left to the caller's queue. */
const longestWaitMs = 11_000;

/**
 * HubSpot over HTTP: every attempt passes the gate, transient failures are tried again, answers are parsed.
 */
export class HubspotApi {
  readonly #input: ApiInput;
  #calls = 0;
  #limits: Limits = { used: null, allowed: null };

  constructor(input: ApiInput) {
    this.#input = input;
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
    const { signal } = this.#input;
    return pRetry(() => this.#once(call, schema), {
      retries: 4,
      minTimeout: 300,
      factor: 2,
      shouldRetry: ({ error }) => error instanceof ConnectorError && isWorthAnother(error.failure),
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

  /** With another access token at once, when the first was refused and there is one. */
  async #exchange(call: ApiCall): Promise<WireAnswer> {
    const { access } = this.#input;
    const token = await access.token();
    const answer = await this.#attempt(call, token);
    return answer.status === 401 && (await access.renewed(token))
      ? this.#attempt(call, await access.token())
      : answer;
  }

  async #attempt(call: ApiCall, token: string): Promise<WireAnswer> {
    const { transport, gate } = this.#input;
    await gate.admit(call.path.endsWith('/search') ? 'search' : 'call').catch((error: unknown) => {
      // The gate has weighed the wait already: asking it again at once would only be refused again.
      throw error instanceof ConnectorError ? new AbortError(error) : error;
    });
    const answer = await transport(call, token);
    this.#calls += 1;
    const readings = readingsIn(answer.headers);
    const day = readings.find((reading) => reading.name === 'day');
    if (day) this.#limits = { used: day.used, allowed: day.allowed };
    if (readings.length > 0) await gate.learn(readings);
    return answer;
  }

  async #refusal({ status, headers, body }: WireAnswer): Promise<RemoteFailure> {
    const said = errorSchema.safeParse(body).data ?? {};
    const seconds = numberIn(headers, 'retry-after');
    const failure = failureOf(status, said, seconds === null ? null : seconds * 1_000);
    if (failure.class === 'throttle')
      await this.#input.gate.hold(refusedWindow(said.policyName), failure.retryAfterMs ?? 0);
    return failure;
  }
}

function isWorthAnother(failure: RemoteFailure): boolean {
  if (failure.class === 'throttle') return (failure.retryAfterMs ?? 0) <= longestWaitMs;
  return failure.class === 'retry' && failure.code !== 'UNREADABLE_ANSWER';
}
