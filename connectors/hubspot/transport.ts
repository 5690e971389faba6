import { ConnectorError } from '#connectors/contract/failures.ts';
import type { Outbound } from '#connectors/contract/outbound.ts';
import { unreachable } from './errors.ts';

/** A call has a JSON body, except for the token endpoint, which takes a form. */
export interface WireCall {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: object;
  readonly form?: Readonly<Record<string, string>>;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** HubSpot takes seconds for a batch of a hundred records. After this time no answer will come. */
const timeoutMs = 30_000;

/**
 * Makes one HTTP request and returns the answer, errors included.
 * @param signal cancels the wait
 * @throws ConnectorError (retry) when no answer came
 */
export type Transport = (
  call: WireCall,
  accessToken: string | null,
  signal?: AbortSignal,
) => Promise<WireAnswer>;

export function openTransport(basePath: string, outbound: Outbound): Transport {
  return async ({ method, path, body, form }, accessToken, signal) => {
    const content = form
      ? { body: new URLSearchParams(form) }
      : body
        ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
        : {};
    const authorization: Record<string, string> =
      accessToken === null ? {} : { authorization: `Bearer ${accessToken}` };
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const response = await outbound(`${basePath}${path}`, {
        method,
        ...content,
        headers: { accept: 'application/json', ...content.headers, ...authorization },
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, body: readJson(text) };
    } catch (error) {
      signal?.throwIfAborted();
      throw error instanceof ConnectorError ? error : new ConnectorError(unreachable(error), error);
    }
  };
}

/** A proxy may answer with HTML. Then only the status is meaningful. */
export function readJson(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return { message: text.slice(0, 200) };
  }
}
