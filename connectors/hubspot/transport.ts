import { Client } from '@hubspot/api-client';
import { ConnectorError } from '#connectors/contract/failures.ts';
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

/** The client's limiter and retries stay off, because all clients of a process would share them. */
export function openTransport(basePath: string): Transport {
  const client = new Client({ basePath });
  return async ({ method, path, body, form }, accessToken, signal) => {
    const content = form ? { body: new URLSearchParams(form), defaultJson: false } : body ? { body } : {};
    const headers: Record<string, string> =
      accessToken === null ? {} : { Authorization: `Bearer ${accessToken}` };
    const answer = client.apiRequest({ method, path, headers, ...content }).then(async (response) => {
      return { status: response.status, headers: response.headers, body: readJson(await response.text()) };
    });
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      return await unlessAborted(answer, signal ? AbortSignal.any([signal, timeout]) : timeout);
    } catch (error) {
      signal?.throwIfAborted();
      throw new ConnectorError(unreachable(error), error);
    }
  };
}

/** The client cannot cancel a request, so a late answer is ignored. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
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
